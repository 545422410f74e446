/*
 * The life of one host: spawned, set up, ready, quitting, dead.
 *
 * Everything that the host says comes through hear.c; what makes no sense costs the host its life.
 * While a job is open the deadline runs (deadline.c). However the host comes to its end, host_ended
 * takes what is still in the channel, so that results that were sent before a crash count, and then
 * tells the owner, once. The room never waits for a host, and never starts it again: that is its
 * owner's decision.
 */
#include "hosts/host.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "hosts/death.h"
#include "hosts/spawn.h"
#include "hosts/spec.h"
#include "ipc/channel.h"

#define DESTROY_MS 1000 /* how long host_destroy waits for the kernel to carry out a kill */

static const char *const state_names[] = {"setting up", "ready", "quitting", "dying"};
static const char *const role_names[HOST_N_ROLES] = {"probe", "detector", "notifier", "exporter",
                                                     "builder"};
static const char *const end_names[HOST_N_ENDS] = {"ended", "crashed", "hung", "lied", "unusable"};

struct host *host_of_link(struct list *link)
{
    return LIST_ITEM(link, struct host, link);
}

bool host_is_throw_away(const struct host *host)
{
    return host->spec.role == HOST_PROBE || host->spec.role == HOST_BUILDER;
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

const char *host_subject(const struct host *host)
{
    int plugin = host_at_work(host);
    return plugin < 0 ? host->spec.name : host->spec.plugins[plugin].instance;
}

void host_decide(struct host *host, enum host_end end, const char *fmt, ...)
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
void host_slay(struct host *host)
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

void host_tell_end(struct host *host)
{
    struct hosts_counts *counts = &host->hosts->counts;
    log_debug("host %s (pid %d): %s", host->spec.name, host->pid, host->why);
    counts->ended[host->spec.role][host->end]++;
    counts->running[host->spec.role] -= host->pid > 0;
    if (!host->abandoned)
        host->ops.ended(host->arg, host->end, host_at_work(host), host->why);
    host_free(host);
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
    bool asked = host->state == HOST_QUITTING || (host_is_throw_away(host) && !host->problems.n);
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
    deadline_begin(host);
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
    deadline_init(host);
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

bool host_is_late(const struct host *host)
{
    return host->late;
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
