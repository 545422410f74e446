/* Packets taken apart; see inbox.h. */
#include "ipc/inbox.h"

#include <string.h>

#include "base/mem.h"

void ipc_inbox_deinit(struct ipc_inbox *inbox)
{
    fd_close(&inbox->fd);
    buf_deinit(&inbox->packet);
}

bool ipc_inbox_empty(const struct ipc_inbox *inbox)
{
    return inbox->at >= inbox->packet.len;
}

void ipc_inbox_clear(struct ipc_inbox *inbox)
{
    fd_close(&inbox->fd);
    inbox->at = inbox->packet.len;
}

enum ipc_status ipc_inbox_fill(struct ipc_inbox *inbox, int channel, struct err *err)
{
    fd_close(&inbox->fd);
    inbox->at = 0;
    return ipc_receive(channel, &inbox->packet, &inbox->fd, err);
}

int ipc_inbox_take(struct ipc_inbox *inbox, enum ipc_direction direction,
                   struct ipc_message *message, int *fd, struct err *err)
{
    *fd = fd_take(&inbox->fd);
    ssize_t took = ipc_decode(inbox->packet.data + inbox->at, inbox->packet.len - inbox->at,
                              direction, message, err);
    if (took < 0) {
        fd_close(fd);
        ipc_inbox_clear(inbox);
        return -1;
    }
    inbox->at += (size_t)took;
    return 0;
}

enum ipc_status ipc_inbox_next(struct ipc_inbox *inbox, int channel, enum ipc_direction direction,
                               struct ipc_message *message, int *fd, struct err *err)
{
    memset(message, 0, sizeof(*message));
    *fd = -1;
    if (ipc_inbox_empty(inbox)) {
        enum ipc_status status = ipc_inbox_fill(inbox, channel, err);
        if (status != IPC_OK)
            return status;
    }
    return ipc_inbox_take(inbox, direction, message, fd, err) < 0 ? IPC_ERROR : IPC_OK;
}
