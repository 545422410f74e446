/* Which message is which job; see serve.h. */
#include "host/serve.h"

#include "host/jobs.h"

static int (*const jobs[IPC_N_TYPES])(struct host *host, const struct ipc_message *message, int fd,
                                      struct err *err) = {
    [IPC_BEFORE] = job_before,   [IPC_READ] = job_read,     [IPC_TEXT] = job_text,
    [IPC_EXPLAIN] = job_explain, [IPC_TOPICS] = job_topics, [IPC_DELIVER] = job_deliver,
    [IPC_PAGE] = job_page,
};

static int do_job(struct host *host, const struct ipc_message *message, int fd, struct err *err)
{
    if (!jobs[message->type])
        return err_set(err, "%s out of turn", ipc_type_name(message->type));
    if (jobs[message->type](host, message, fd, err) < 0)
        return err_prefix(err, "%s", ipc_type_name(message->type));
    return 0;
}

static void end_plugins(struct host *host)
{
    for (size_t i = 0; i < host->n_plugins; i++) {
        struct plugin_life life = plugin_life(host->plugins[i].table, host->role);
        if (life.fini)
            life.fini(host->plugins[i].state);
    }
}

int serve(struct host *host, struct err *err)
{
    for (;;) {
        AUTO_FD int fd = -1;
        struct ipc_message message;
        enum ipc_status status =
            ipc_inbox_next(&host->inbox, host->channel, IPC_TO_HOST, &message, &fd, err);
        bool quit = status == IPC_OK && message.type == IPC_QUIT;
        int result = status == IPC_OK || status == IPC_CLOSED ? 0 : -1;
        if (quit)
            end_plugins(host);
        else if (status == IPC_OK)
            result = do_job(host, &message, fd, err);
        ipc_message_deinit(&message);
        if (quit || status != IPC_OK || result < 0)
            return result;
    }
}
