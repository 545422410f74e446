/* What a host is told: messages are put together to packets, and wait in the outbox while its end
 * of the channel is full. */
#include "hosts/host.h"

int host_post_bundle(struct host *host, int fd, struct err *err)
{
    if (!host->bundle.len)
        return 0;
    enum ipc_status status = outbox_push(&host->outbox, &host->bundle, fd, err);
    buf_clear(&host->bundle);
    switch (status) {
    case IPC_OK:
        if (!outbox_empty(&host->outbox))
            loop_io_mask(host->io, LOOP_READ | LOOP_WRITE);
        return 0;
    case IPC_AGAIN:
    case IPC_CLOSED: /* its end is on the way */
        return 0;
    case IPC_ERROR:
        return -1;
    }
    return -1;
}

int host_bundle(struct host *host, const struct ipc_message *message, struct err *err)
{
    if (ipc_encode(message, &host->bundle, err) == 0)
        return 0;
    if (!host->bundle.len || host_post_bundle(host, -1, err) < 0)
        return -1;
    return ipc_encode(message, &host->bundle, err);
}

int host_post(struct host *host, const struct ipc_message *message, int fd, struct err *err)
{
    if ((fd >= 0 && host_post_bundle(host, -1, err) < 0) || host_bundle(host, message, err) < 0)
        return -1;
    return host_post_bundle(host, fd, err);
}

static bool is_job(enum ipc_type type)
{
    return type == IPC_READ || type == IPC_TEXT || type == IPC_EXPLAIN || type == IPC_TOPICS ||
           type == IPC_DELIVER || type == IPC_PAGE;
}

static void count_job(struct host *host, enum ipc_type type)
{
    if (!is_job(type))
        return;
    host->jobs++;
    if (!host->jobs_open++)
        deadline_renew(host);
}

static void host_unsendable(struct host *host, const struct err *err)
{
    host_decide(host, HOST_UNUSABLE, "%s: a message to it cannot be sent: %s", host->spec.name,
                err->text);
    host_slay(host);
}

void host_send(struct host *host, const struct ipc_message *message, int fd)
{
    struct err err;
    if (host->state != HOST_READY)
        return; /* dying: its owner is about to hear of it */
    count_job(host, message->type);
    if (host_post(host, message, fd, &err) < 0)
        host_unsendable(host, &err);
}

void host_send_with_next(struct host *host, const struct ipc_message *message)
{
    struct err err;
    if (host->state != HOST_READY)
        return;
    count_job(host, message->type);
    if (host_bundle(host, message, &err) < 0)
        host_unsendable(host, &err);
}

void host_quit(struct host *host)
{
    struct err err;
    if (host->state == HOST_SETTING_UP)
        host_kill(host);
    if (host->state != HOST_READY)
        return;
    struct ipc_message quit = {.type = IPC_QUIT};
    if (host_post(host, &quit, -1, &err) < 0) {
        host_kill(host);
        return;
    }
    host->state = HOST_QUITTING;
    deadline_renew(host);
}

void host_flush(struct host *host)
{
    struct err err;
    switch (outbox_flush(&host->outbox, &err)) {
    case IPC_OK:
        loop_io_mask(host->io, LOOP_READ);
        return;
    case IPC_AGAIN:
        return;
    case IPC_CLOSED: /* its end is on the way */
        outbox_deinit(&host->outbox);
        loop_io_mask(host->io, LOOP_READ);
        return;
    case IPC_ERROR:
        host_decide(host, HOST_UNUSABLE, "%s: %s", host->spec.name, err.text);
        host_slay(host);
        return;
    }
}
