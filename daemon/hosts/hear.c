/*
 * What a host says. A packet that is no valid message, or one that makes no sense at this point of
 * its life, costs the host its life. What is not the room's own business goes to the owner.
 */
#include "base/log.h"
#include "hosts/host.h"
#include "ipc/channel.h"

#define FAREWELL_MS    2000 /* between the end of the channel and the end of the process */
#define PACKETS_A_TURN 64   /* then other watchers of the loop have their turn */
/* A plugin; tocsin-host passes on a tenth of it, so that more is not from there. */
#define LINES_MAX 1000

static int plugin_known(const struct host *host, uint32_t plugin, struct err *err)
{
    if (plugin >= host->spec.n_plugins)
        return err_set(err, "there is no plugin %u", plugin);
    return 0;
}

static int only_in_setup(const struct host *host, struct err *err)
{
    if (host->state != HOST_SETTING_UP)
        return err_set(err, "set-up is over");
    return 0;
}

static int take_problem(struct host *host, const struct ipc_message *message, int *fd,
                        struct err *err)
{
    (void)fd;
    const struct ipc_problem *problem = &message->problem;
    if (only_in_setup(host, err) < 0 || plugin_known(host, problem->plugin, err) < 0)
        return -1;
    problems_add(&host->problems, &host->spec, problem);
    if (!host->abandoned && host->ops.problem)
        host->ops.problem(host->arg, problem);
    return 0;
}

static int take_ready(struct host *host, const struct ipc_message *message, int *fd,
                      struct err *err)
{
    (void)fd;
    if (only_in_setup(host, err) < 0)
        return -1;
    if (host_is_throw_away(host))
        return err_set(err, "it has no jobs");
    host->state = HOST_READY;
    host->running = -1;
    host->layers = mem_strdup(message->ready.layers);
    host->program_layers = mem_strdup(message->ready.program_layers);
    loop_timer_stop(host->deadline);
    if (host->ops.ready)
        host->ops.ready(host->arg);
    return 0;
}

/* To the owner, with the descriptor. */
static int hand_on(struct host *host, const struct ipc_message *message, int *fd, struct err *err)
{
    return host->ops.message(host->arg, message, fd_take(fd), err);
}

static int take_describe(struct host *host, const struct ipc_message *message, int *fd,
                         struct err *err)
{
    if (only_in_setup(host, err) < 0)
        return -1;
    if (host->spec.role != HOST_PROBE)
        return err_set(err, "only a probe describes its plugin");
    return hand_on(host, message, fd, err);
}

static int take_prepared(struct host *host, const struct ipc_message *message, int *fd,
                         struct err *err)
{
    if (only_in_setup(host, err) < 0)
        return -1;
    if (host->spec.role != HOST_BUILDER)
        return err_set(err, "only a builder prepares");
    return hand_on(host, message, fd, err);
}

static int take_facts(struct host *host, const struct ipc_message *message, int *fd,
                      struct err *err)
{
    (void)fd;
    const struct ipc_facts *facts = &message->facts;
    if (only_in_setup(host, err) < 0 || plugin_known(host, facts->plugin, err) < 0)
        return -1;
    if (host->spec.role != HOST_DETECTOR || !facts->key_fields.n || !facts->statuses.n)
        return err_set(err, "facts without a key or statuses");
    if (!host->abandoned && host->ops.facts)
        host->ops.facts(host->arg, facts);
    return 0;
}

static int take_log(struct host *host, const struct ipc_message *message, int *fd, struct err *err)
{
    (void)fd;
    const struct ipc_log *line = &message->log;
    /* One without plugins, which reads and decodes only, has but itself to speak for. */
    bool own = host->spec.n_plugins == 0 && line->plugin == 0;
    if (!own && plugin_known(host, line->plugin, err) < 0)
        return -1;
    if (line->level > LOG_LEVEL_DEBUG)
        return err_set(err, "there is no log level %u", line->level);
    if (host->n_lines++ >= LINES_MAX * (own ? 1 : host->spec.n_plugins))
        return err_set(err, "more than %d lines for one job", LINES_MAX);
    log_at((enum log_level)line->level, "%s: %s",
           own ? host->spec.name : host->spec.plugins[line->plugin].instance, line->text);
    return 0;
}

/* During set-up too: the plugin whose init is at work. */
static int take_running(struct host *host, const struct ipc_message *message, int *fd,
                        struct err *err)
{
    if (plugin_known(host, message->running.plugin, err) < 0)
        return -1;
    host->running = (int)message->running.plugin;
    if (host->state == HOST_SETTING_UP)
        return 0;
    if (!host->jobs_open)
        return err_set(err, "it has no job");
    deadline_renew(host);
    return hand_on(host, message, fd, err);
}

static int take_progress(struct host *host, const struct ipc_message *message, int *fd,
                         struct err *err)
{
    if (!host->jobs_open)
        return err_set(err, "it has no job");
    if (message->type != IPC_VERSION)
        host->running = -1;
    if (message->type == IPC_DONE || message->type == IPC_OUTCOME)
        host->jobs_open--;
    host->n_lines = 0;
    deadline_renew(host);
    return hand_on(host, message, fd, err);
}

/* The room's own business, and what moves the deadline. Anything else goes to the owner. */
static int (*const takers[IPC_N_TYPES])(struct host *host, const struct ipc_message *message,
                                        int *fd, struct err *err) = {
    [IPC_PROBLEM] = take_problem,  [IPC_READY] = take_ready,       [IPC_DESCRIBE] = take_describe,
    [IPC_FACTS] = take_facts,      [IPC_LOG] = take_log,           [IPC_RUNNING] = take_running,
    [IPC_VERSION] = take_progress, [IPC_DETECTED] = take_progress, [IPC_DONE] = take_progress,
    [IPC_OUTCOME] = take_progress, [IPC_PREPARED] = take_prepared,
};

static int host_take(struct host *host, const struct ipc_message *message, int *fd, struct err *err)
{
    if (*fd >= 0 && message->type != IPC_VERSION && message->type != IPC_PREPARED &&
        message->type != IPC_LEARNT)
        return err_set(err, "a descriptor that does not belong to it");
    if (takers[message->type])
        return takers[message->type](host, message, fd, err);
    if (host->state == HOST_SETTING_UP)
        return err_set(err, "set-up is not over");
    return hand_on(host, message, fd, err);
}

/* One message of the packet at hand. */
static void host_handle(struct host *host)
{
    struct err err;
    struct ipc_message message;
    int fd;
    int taken = ipc_inbox_take(&host->hosts->inbox, IPC_TO_DAEMON, &message, &fd, &err);
    if (taken == 0 && (taken = host_take(host, &message, &fd, &err)) < 0)
        err_prefix(&err, "%s", ipc_type_name(message.type));
    ipc_message_deinit(&message);
    fd_close(&fd);
    if (taken < 0) {
        host_decide(host, HOST_LIED, "%s sent a bad message: %s", host_subject(host), err.text);
        host_slay(host);
    }
}

bool host_receive(struct host *host)
{
    struct err err;
    struct ipc_inbox *inbox = &host->hosts->inbox;
    switch (ipc_inbox_fill(inbox, host->channel, &err)) {
    case IPC_OK:
        while (!ipc_inbox_empty(inbox) && host->state != HOST_DYING)
            host_handle(host);
        ipc_inbox_clear(inbox);
        return host->state != HOST_DYING;
    case IPC_AGAIN:
        return false;
    case IPC_CLOSED:
        host->closed = true;
        loop_io_mask(host->io, 0);
        loop_timer_set(host->deadline, FAREWELL_MS);
        return false;
    case IPC_ERROR:
        host_decide(host, HOST_LIED, "%s sent a bad message: %s", host_subject(host), err.text);
        host_slay(host);
        return false;
    }
    return false;
}

void host_hear(struct host *host)
{
    for (int n = 0; n < PACKETS_A_TURN && host->state != HOST_DYING; n++)
        if (!host_receive(host))
            return;
}

void host_readable(void *arg, unsigned events)
{
    struct host *host = arg;
    if (events & LOOP_WRITE)
        host_flush(host);
    if (events & LOOP_READ)
        host_hear(host);
}
