/*
 * Messages that wait until a host's channel takes them; see outbox.h. In order, each with its own
 * duplicate of the descriptor it carries, because the owner may close its own at once.
 */
#include "hosts/outbox.h"

#include <fcntl.h>
#include <stdlib.h>

struct parcel {
    struct list link;
    struct buf message;
    int fd;
};

void outbox_init(struct outbox *outbox, int channel)
{
    list_init(&outbox->waiting);
    outbox->channel = channel;
}

static void parcel_free(struct parcel *parcel)
{
    buf_deinit(&parcel->message);
    fd_close(&parcel->fd);
    free(parcel);
}

void outbox_deinit(struct outbox *outbox)
{
    struct list *link;
    while ((link = list_pop(&outbox->waiting)))
        parcel_free(LIST_ITEM(link, struct parcel, link));
}

static enum ipc_status outbox_keep(struct outbox *outbox, const struct buf *message, int fd,
                                   struct err *err)
{
    int own = -1;
    if (fd >= 0 && (own = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0) {
        err_errno(err, "a descriptor for a host");
        return IPC_ERROR;
    }
    struct parcel *parcel = NEW(struct parcel);
    buf_append(&parcel->message, message->data, message->len);
    parcel->fd = own;
    list_append(&outbox->waiting, &parcel->link);
    return IPC_OK;
}

enum ipc_status outbox_push(struct outbox *outbox, const struct buf *message, int fd,
                            struct err *err)
{
    enum ipc_status status = IPC_AGAIN;
    if (outbox_empty(outbox))
        status = ipc_send(outbox->channel, message, fd, err);
    return status == IPC_AGAIN ? outbox_keep(outbox, message, fd, err) : status;
}

enum ipc_status outbox_flush(struct outbox *outbox, struct err *err)
{
    list_each_safe (link, &outbox->waiting) {
        struct parcel *parcel = LIST_ITEM(link, struct parcel, link);
        enum ipc_status status = ipc_send(outbox->channel, &parcel->message, parcel->fd, err);
        if (status != IPC_OK)
            return status;
        list_remove(&parcel->link);
        parcel_free(parcel);
    }
    return IPC_OK;
}

bool outbox_empty(const struct outbox *outbox)
{
    return list_empty(&outbox->waiting);
}
