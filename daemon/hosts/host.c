/*
 * The life of one host: spawned, set up, ready, quitting, dead.
 *
 * Everything that the host says comes through host_readable; a packet that is no valid message, or
 * one that makes no sense at this point of its life, costs the host its life (host_condemn). While
 * a job is open the deadline runs, and every sign of progress starts it again. However the host
 * comes to its end, host_ended takes what is still in the channel, so that results that were sent
 * before a crash count, and then tells the owner, once. The room never waits for a host, and never
 * starts it again: that is its owner's decision.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "hosts/death.h"
#include "hosts/inside.h"
#include "hosts/outbox.h"
#include "hosts/setup.h"
#include "hosts/spawn.h"
#include "hosts/spec.h"
#include "ipc/channel.h"

#define SETUP_LEAST_MS 10000 /* whatever the deadline of a job is */
#define FAREWELL_MS    2000  /* between the end of the channel and the end of the process */
#define DESTROY_MS     1000  /* how long host_destroy waits for the kernel to carry out a kill */
#define PACKETS_A_TURN 64    /* then other watchers of the loop have their turn */
/* A plugin; tocsin-host passes on a tenth of it, so that more is not from there. */
#define LINES_MAX 1000

enum host_state { HOST_SETTING_UP, HOST_READY, HOST_QUITTING, HOST_DYING };

static const char *const state_names[] = {"setting up", "ready", "quitting", "dying"};
static const char *const role_names[HOST_N_ROLES] = {"probe", "detector", "notifier", "exporter",
                                                     "builder"};
static const char *const end_names[HOST_N_ENDS] = {"ended", "crashed", "hung", "lied", "unusable"};

struct host {
    struct list link;
    struct hosts *hosts;
    struct host_spec spec;
    struct host_ops ops;
    void *arg;

    enum host_state state;
    int pid; /* -1: never started */
    int channel;
    struct loop_io *io;
    struct loop_child *child;
    struct loop_timer *deadline;
    struct buf bundle; /* of messages that are sent with the next */
    struct outbox outbox;

    bool closed;    /* its end of the channel */
    bool abandoned; /* nobody to tell */
    bool decided;   /* `end` and `why` stand already */
    bool killed;    /* by somebody else */
    enum host_end end;
    char *why;
    struct problems problems;

    char *layers, *program_layers;
    int running;        /* plugin at work, -1 none */
    uint64_t jobs;      /* sent */
    uint64_t jobs_open; /* of those, not finished */
    size_t n_lines;     /* of log, since it last got on with one */
    int64_t started_ms;
};

static void host_readable(void *arg, unsigned events);
static void host_ended(void *arg, int status);
static void host_overdue(void *arg);

struct host *host_of_link(struct list *link)
{
    return LIST_ITEM(link, struct host, link);
}

/* ---- the end ---- */

/* The plugin whose work it is: a notifier's or exporter's host has but one. */
static int host_at_work(const struct host *host)
{
    bool has_one = host->spec.role == HOST_NOTIFIER || host->spec.role == HOST_EXPORTER;
    if (host->running < 0 && has_one && host->jobs_open)
        return 0;
    return host->running;
}

static const char *host_subject(const struct host *host)
{
    int plugin = host_at_work(host);
    return plugin < 0 ? host->spec.name : host->spec.plugins[plugin].instance;
}

/* The reason why it ends; the first one stands. */
static void host_decide(struct host *host, enum host_end end, const char *fmt, ...) PRINTF(3, 4);
static void host_decide(struct host *host, enum host_end end, const char *fmt, ...)
{
    if (host->decided)
        return;
    va_list va;
    va_start(va, fmt);
    host->why = mem_vprintf(fmt, va);
    va_end(va);
    host->end = end;
    host->decided = true;
}

/* The host leads its session: what it has started dies with it. */
static void host_slay(struct host *host)
{
    if (host->state == HOST_DYING)
        return;
    host->state = HOST_DYING;
    loop_timer_stop(host->deadline);
    if (host->io)
        loop_io_mask(host->io, 0);
    if (host->pid > 0) {
        kill(-host->pid, SIGKILL);
        kill(host->pid, SIGKILL);
    }
}

static void host_free(struct host *host)
{
    list_remove(&host->link);
    loop_io_free(&host->io);
    loop_child_free(&host->child);
    loop_timer_free(&host->deadline);
    outbox_deinit(&host->outbox);
    buf_deinit(&host->bundle);
    fd_close(&host->channel);
    problems_deinit(&host->problems);
    spec_deinit(&host->spec);
    free(host->why);
    free(host->layers);
    free(host->program_layers);
    free(host);
}

static void host_tell_end(struct host *host)
{
    struct hosts_counts *counts = &host->hosts->counts;
    log_debug("host %s (pid %d): %s", host->spec.name, host->pid, host->why);
    counts->ended[host->spec.role][host->end]++;
    counts->running[host->spec.role] -= host->pid > 0;
    if (!host->abandoned)
        host->ops.ended(host->arg, host->end, host_at_work(host), host->why);
    host_free(host);
}

/* ---- the deadline ---- */

static int64_t deadline_of_plugin(const struct host *host, int plugin)
{
    int64_t own = plugin < 0 ? 0 : host->spec.plugins[plugin].deadline_ms;
    return own ? own : host->spec.deadline_ms;
}

static int64_t setup_deadline(const struct host *host)
{
    return host->spec.deadline_ms > SETUP_LEAST_MS ? host->spec.deadline_ms : SETUP_LEAST_MS;
}

/* Starts it again after progress; an idle host has none and wakes nobody. */
static void deadline_renew(struct host *host)
{
    if (host->state == HOST_DYING || host->state == HOST_SETTING_UP)
        return;
    if (host->jobs_open || host->state == HOST_QUITTING)
        loop_timer_set(host->deadline, deadline_of_plugin(host, host->running));
    else
        loop_timer_stop(host->deadline);
}

static void decide_overdue(struct host *host)
{
    char time[48];
    bool setting_up = host->state == HOST_SETTING_UP;
    str_duration_format(setting_up ? setup_deadline(host) : deadline_of_plugin(host, host->running),
                        time, sizeof(time));
    if (setting_up && host->problems.n)
        host_decide(host, HOST_UNUSABLE, "%s", buf_text(&host->problems.text));
    else if (host->closed)
        host_decide(host, HOST_CRASHED, "%s closed its channel and would not end",
                    host_subject(host));
    else if (setting_up)
        host_decide(host, HOST_UNUSABLE, "%s: setting it up took longer than %s",
                    host_subject(host), time);
    else if (host->jobs_open)
        host_decide(host, HOST_HUNG, "%s took longer than %s", host_subject(host), time);
    else
        host_decide(host, HOST_ENDED, "%s did not end when asked to and was killed",
                    host_subject(host));
}

static void host_overdue(void *arg)
{
    struct host *host = arg;
    if (host->pid < 0) { /* never started; said on a turn of its own */
        host_tell_end(host);
        return;
    }
    decide_overdue(host);
    host_slay(host);
}

/* ---- what it says ---- */

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

/* It has no jobs: it says one thing, and ends. */
static bool is_throw_away(const struct host *host)
{
    return host->spec.role == HOST_PROBE || host->spec.role == HOST_BUILDER;
}

static int take_ready(struct host *host, const struct ipc_message *message, int *fd,
                      struct err *err)
{
    (void)fd;
    if (only_in_setup(host, err) < 0)
        return -1;
    if (is_throw_away(host))
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
    if (*fd >= 0 && message->type != IPC_VERSION && message->type != IPC_PREPARED)
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

/* One packet. False: there is none now, or never again. */
static bool host_receive(struct host *host)
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

static void host_flush(struct host *host)
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

static void host_readable(void *arg, unsigned events)
{
    struct host *host = arg;
    if (events & LOOP_WRITE)
        host_flush(host);
    if (!(events & LOOP_READ))
        return;
    for (int n = 0; n < PACKETS_A_TURN && host->state != HOST_DYING; n++)
        if (!host_receive(host))
            return;
}

/* ---- what it is told ---- */

static int host_post_bundle(struct host *host, int fd, struct err *err)
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

/* To the packet that is sent next. */
static int host_bundle(struct host *host, const struct ipc_message *message, struct err *err)
{
    if (ipc_encode(message, &host->bundle, err) == 0)
        return 0;
    if (!host->bundle.len || host_post_bundle(host, -1, err) < 0)
        return -1;
    return ipc_encode(message, &host->bundle, err);
}

/* A descriptor belongs to the first message of its packet. */
static int host_post(struct host *host, const struct ipc_message *message, int fd, struct err *err)
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

void host_kill(struct host *host)
{
    host_decide(host, HOST_ENDED, "%s was stopped", host->spec.name);
    host_slay(host);
    if (host->pid < 0)
        loop_timer_set(host->deadline, 0);
}

void host_abandon(struct host **host)
{
    if (!*host)
        return;
    (*host)->abandoned = true;
    host_kill(*host);
    *host = NULL;
}

/* ---- the process has ended ---- */

static void decide_by_status(struct host *host, int status)
{
    AUTO_FREE char *death = death_in_words(status);
    bool in_peace = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    bool asked = host->state == HOST_QUITTING || (is_throw_away(host) && !host->problems.n);
    if (host->state == HOST_SETTING_UP && host->problems.n) {
        host->running = host->problems.plugin;
        host_decide(host, HOST_UNUSABLE, "%s", buf_text(&host->problems.text));
    } else if (in_peace && asked && !host->jobs_open) {
        host_decide(host, HOST_ENDED, "%s %s", host->spec.name, death);
    } else if (host->state == HOST_SETTING_UP) {
        host_decide(host, HOST_UNUSABLE, "%s %s while it was set up", host_subject(host), death);
    } else {
        host_decide(host, HOST_CRASHED, "%s %s", host_subject(host), death);
    }
}

static void host_ended(void *arg, int status)
{
    struct host *host = arg;
    while (host->state != HOST_DYING && host_receive(host))
        ;
    host->killed = !host->decided && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    decide_by_status(host, status);
    kill(-host->pid, SIGKILL); /* what it left behind in its session */
    host->state = HOST_DYING;
    host_tell_end(host);
}

/* ---- the beginning ---- */

static int send_setup(void *arg, const struct ipc_message *message, int fd, struct err *err)
{
    return fd < 0 ? host_bundle(arg, message, err) : host_post(arg, message, fd, err);
}

static int host_start(struct host *host, struct err *err)
{
    AUTO_FD int theirs = -1;
    if (ipc_pair(&host->channel, &theirs, err) < 0)
        return -1;
    host->io = loop_io_new(host->hosts->loop, host->channel, LOOP_READ, host_readable, host);
    outbox_init(&host->outbox, host->channel);
    if (setup_send(host->hosts, &host->spec, send_setup, host, &host->running, err) < 0 ||
        host_post_bundle(host, -1, err) < 0)
        return -1;
    struct spawn spawn = {.program = host->hosts->host_program,
                          .name = host->spec.name,
                          .channel = theirs,
                          .lock_fd = host->hosts->lock_fd,
                          .notifier = host->spec.role == HOST_NOTIFIER};
    host->pid = spawn_host(&spawn, err);
    if (host->pid < 0)
        return -1;
    host->hosts->counts.started[host->spec.role]++;
    host->hosts->counts.running[host->spec.role]++;
    host->child = loop_child_new(host->hosts->loop, host->pid, host_ended, host);
    loop_timer_set(host->deadline, setup_deadline(host));
    return 0;
}

struct host *host_spawn(struct hosts *hosts, const struct host_spec *spec,
                        const struct host_ops *ops, void *arg)
{
    struct host *host = NEW(struct host);
    host->hosts = hosts;
    spec_copy(&host->spec, spec);
    host->ops = *ops;
    host->arg = arg;
    host->pid = host->channel = host->running = host->problems.plugin = -1;
    host->started_ms = loop_wall_ms(hosts->loop);
    outbox_init(&host->outbox, -1);
    list_append(&hosts->all, &host->link);
    host->deadline = loop_timer_new(hosts->loop, host_overdue, host);
    struct err err;
    if (host_start(host, &err) < 0) {
        host_decide(host, HOST_UNUSABLE, "%s", err.text);
        host_slay(host);
        loop_timer_set(host->deadline, 0);
    }
    return host;
}

void host_destroy(struct host *host)
{
    host_slay(host);
    loop_child_free(&host->child);
    struct timespec pause = {.tv_nsec = 1000000};
    for (int ms = 0; host->pid > 0 && ms < DESTROY_MS; ms++) {
        if (waitpid(host->pid, NULL, WNOHANG) != 0)
            break;
        nanosleep(&pause, NULL);
    }
    host_free(host);
}

/* ---- for people ---- */

const char *host_role_name(enum host_role role)
{
    return role_names[role];
}

const char *host_end_name(enum host_end end)
{
    return end_names[end];
}

const char *host_name(const struct host *host)
{
    return host->spec.name;
}

int host_pid(const struct host *host)
{
    return host->pid;
}

bool host_was_killed(const struct host *host)
{
    return host->killed;
}

const char *host_layers(const struct host *host)
{
    return host->layers ? host->layers : "";
}

json_t *host_status(const struct host *host)
{
    json_t *status = json_pack("{s:s, s:s, s:i, s:s, s:s, s:I, s:I}", "name", host->spec.name,
                               "role", role_names[host->spec.role], "pid", host->pid, "state",
                               state_names[host->state], "layers", host_layers(host), "started_ms",
                               (json_int_t)host->started_ms, "jobs", (json_int_t)host->jobs);
    if (host->program_layers && *host->program_layers)
        json_object_set_new(status, "program_layers", json_string(host->program_layers));
    return status;
}
