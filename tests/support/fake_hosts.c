/* Hosts that are no processes; see fake_hosts.h. */
#include "fake_hosts.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/plugin.h>

#include "base/buf.h"
#include "base/list.h"
#include "base/mem.h"

#define MAX_NAMES 32

/* What outlives the rooms. */
static struct {
    char names[MAX_NAMES][64];
    enum fake_behaviour behaviours[MAX_NAMES];
    size_t n;
    void (*attempted)(void *arg, const struct fake_attempt *attempt);
    void *arg;
} world;

struct hosts {
    struct loop *loop;
    struct list hosts;
};

struct host {
    struct list link;
    struct hosts *hosts;
    struct host_ops ops;
    void *arg;
    char *instance, *name;
    int64_t deadline_ms;
    struct loop_timer *next; /* the next thing that happens to it */
    bool ready, quits, killed, refused;
    struct list jobs; /* the first is at work */
};

struct job {
    struct list link;
    char *id, *summary, *headline, *change, *alert_id, *token;
    struct buf told;
    unsigned attempt, count, n_sources, n_seen;
    bool follows, untried;
    enum tocsin_notice notice;
    int64_t until_ms;
    enum fake_behaviour behaviour; /* when it was begun */
};

static size_t index_of(const char *name)
{
    for (size_t i = 0; i < world.n; i++) {
        if (strcmp(world.names[i], name) == 0)
            return i;
    }
    if (world.n == MAX_NAMES)
        abort();
    strncpy(world.names[world.n], name, sizeof(world.names[0]) - 1);
    return world.n++;
}

void fake_hosts_reset(void (*attempted)(void *arg, const struct fake_attempt *attempt), void *arg)
{
    memset(&world, 0, sizeof(world));
    world.attempted = attempted;
    world.arg = arg;
}

void fake_hosts_behave(const char *notifier, enum fake_behaviour behaviour)
{
    world.behaviours[index_of(notifier)] = behaviour;
}

struct hosts *hosts_new(struct loop *loop, const struct hosts_paths *paths)
{
    (void)paths;
    struct hosts *hosts = NEW(struct hosts);
    hosts->loop = loop;
    list_init(&hosts->hosts);
    return hosts;
}

static struct job *job_at(struct list *link)
{
    return LIST_ITEM(link, struct job, link);
}

static void job_free(struct job *job)
{
    char *texts[] = {job->id, job->summary, job->headline, job->change, job->alert_id, job->token};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        free(texts[i]);
    list_remove(&job->link);
    buf_deinit(&job->told);
    free(job);
}

static void host_free(struct host *host)
{
    list_remove(&host->link);
    loop_timer_free(&host->next);
    while (!list_empty(&host->jobs))
        job_free(job_at(host->jobs.next));
    free(host->instance);
    free(host->name);
    free(host);
}

void hosts_free(struct hosts **hosts)
{
    if (!*hosts)
        return;
    list_each_safe (link, &(*hosts)->hosts)
        host_free(LIST_ITEM(link, struct host, link));
    free(*hosts);
    *hosts = NULL;
}

static void end(struct host *host, enum host_end how, const char *why)
{
    host->ops.ended(host->arg, how, list_empty(&host->jobs) ? -1 : 0, why);
    host_free(host);
}

/* Is it complete? */
static bool is_whole(const struct job *job)
{
    return job->n_seen == job->count;
}

static enum fake_behaviour next_behaviour(const struct host *host)
{
    enum fake_behaviour behaviour = world.behaviours[index_of(host->instance)];
    if (behaviour == FAKE_ONCE)
        fake_hosts_behave(host->instance, FAKE_LATER);
    if (behaviour == FAKE_LAST)
        fake_hosts_behave(host->instance, FAKE_HANGS);
    return behaviour;
}

/* The job behind the one that was answered, if any. */
static void begin(struct host *host)
{
    if (list_empty(&host->jobs) || !is_whole(job_at(host->jobs.next)))
        return;
    struct job *job = job_at(host->jobs.next);
    loop_timer_set(host->next, 0);
    job->untried = job->follows && host->refused;
    if (job->untried)
        return;
    job->behaviour = next_behaviour(host);
    bool ok = job->behaviour == FAKE_OK || job->behaviour == FAKE_SLOW ||
              job->behaviour == FAKE_ONCE || job->behaviour == FAKE_LAST;
    struct fake_attempt attempt = {host->instance, job->id,
                                   job->summary,   job->headline,
                                   job->change,    job->alert_id,
                                   job->token,     buf_text(&job->told),
                                   job->attempt,   job->count,
                                   job->n_sources, job->notice,
                                   job->until_ms,  ok};
    world.attempted(world.arg, &attempt);
    if (job->behaviour == FAKE_HANGS)
        loop_timer_set(host->next, host->deadline_ms);
    if (job->behaviour == FAKE_SLOW)
        loop_timer_set(host->next, host->deadline_ms / 2);
}

static void answer(struct host *host, struct ipc_outcome outcome)
{
    struct ipc_message message = {.type = IPC_OUTCOME, .outcome = outcome};
    job_free(job_at(host->jobs.next));
    begin(host);
    struct err err;
    if (host->ops.message(host->arg, &message, -1, &err) < 0)
        abort();
}

/* One on a screen says in whose place it shows things, and one that sends mail takes its time. */
static void answer_ok(struct host *host)
{
    AUTO_BUF struct buf tokens = {0};
    const char *token = "token-1";
    size_t n = strncmp(host->instance, "desk", 4) == 0;
    answer(host, (struct ipc_outcome){.reason = "",
                                      .tokens = ipc_texts_pack(&token, n, &tokens),
                                      .took_us = strcmp(host->instance, "mail") ? 10 : 10000});
}

static void answer_later(struct host *host, int64_t delay_ms, const char *reason)
{
    host->refused = true;
    answer(host,
           (struct ipc_outcome){.result = TOCSIN_LATER, .delay_ms = delay_ms, .reason = reason});
}

static void work(struct host *host)
{
    if (job_at(host->jobs.next)->untried) {
        answer(host, (struct ipc_outcome){.result = TOCSIN_LATER, .reason = "", .untried = true});
        return;
    }
    host->refused = false;
    switch (job_at(host->jobs.next)->behaviour) {
    case FAKE_OK:
    case FAKE_SLOW:
        answer_ok(host);
        return;
    case FAKE_LATER:
        answer_later(host, 0, "not now");
        return;
    case FAKE_ENDLESS:
        answer_later(host, INT64_MAX, "not in this life");
        return;
    case FAKE_NEVER:
        answer(host, (struct ipc_outcome){.result = TOCSIN_NEVER, .reason = "refused"});
        return;
    case FAKE_SPENT:
        fake_hosts_behave(host->instance, FAKE_OK);
        answer(host, (struct ipc_outcome){.result = TOCSIN_LATER, .reason = "", .spent = true});
        return;
    case FAKE_ONCE:
    case FAKE_LAST:
        answer_ok(host);
        return;
    case FAKE_HANGS:
        end(host, HOST_HUNG, "no answer before its deadline");
        return;
    case FAKE_CRASHES:
    case FAKE_UNUSABLE:
        end(host, HOST_CRASHED, "it crashed");
        return;
    }
}

static void next(void *arg)
{
    struct host *host = arg;
    if (host->killed) {
        end(host, HOST_ENDED, "killed");
    } else if (!host->ready && world.behaviours[index_of(host->instance)] == FAKE_UNUSABLE) {
        end(host, HOST_UNUSABLE, "it cannot start");
    } else if (!host->ready) {
        host->ready = true;
        host->ops.ready(host->arg);
    } else if (!list_empty(&host->jobs)) {
        if (host->quits)
            loop_timer_set(host->next, 0);
        work(host); /* may be its end */
    } else if (host->quits) {
        end(host, HOST_ENDED, "asked to");
    }
}

struct host *host_spawn(struct hosts *hosts, const struct host_spec *spec,
                        const struct host_ops *ops, void *arg)
{
    struct host *host = NEW(struct host);
    host->hosts = hosts;
    host->ops = *ops;
    host->arg = arg;
    host->instance = mem_strdup(spec->plugins[0].instance);
    host->name = mem_strdup(spec->name);
    host->deadline_ms = spec->deadline_ms;
    list_init(&host->link);
    list_init(&host->jobs);
    list_append(&hosts->hosts, &host->link);
    host->next = loop_timer_new(hosts->loop, next, host);
    loop_timer_set(host->next, 0);
    return host;
}

static void take_delivery(struct host *host, const struct ipc_deliver *deliver)
{
    struct job *job = NEW(struct job);
    *job = (struct job){.id = mem_strdup(deliver->id),
                        .summary = mem_strdup(deliver->summary),
                        .attempt = deliver->attempt,
                        .count = deliver->count,
                        .follows = deliver->follows};
    list_init(&job->link);
    list_append(&host->jobs, &job->link);
}

static void take_revision(struct host *host, const struct ipc_revision *revision)
{
    struct job *job = job_at(host->jobs.prev);
    if (job->n_seen++ == 0) {
        job->headline = mem_strdup(revision->headline);
        job->change = mem_strdup(revision->change);
        job->alert_id = mem_strdup(revision->alert_id);
        job->token = mem_strdup(revision->token);
        job->n_sources = revision->n_sources;
        job->notice = (enum tocsin_notice)revision->notice;
        job->until_ms = revision->until_ms;
    }
    buf_printf(&job->told, "%s %s\n", revision->alert_id, revision->revision_id);
    if (is_whole(job) && job == job_at(host->jobs.next))
        begin(host);
}

void host_send(struct host *host, const struct ipc_message *message, int fd)
{
    (void)fd;
    /* Through the wire's form and back, as it would go. */
    AUTO_BUF struct buf wire = {0};
    struct ipc_message copy;
    struct err err;
    if (!host->ready || host->quits || ipc_encode(message, &wire, &err) < 0 ||
        ipc_decode(wire.data, wire.len, IPC_TO_HOST, &copy, &err) < 0)
        abort();
    if (copy.type == IPC_DELIVER) {
        if (!list_empty(&host->jobs) && !copy.deliver.follows)
            abort();
        take_delivery(host, &copy.deliver);
    } else if (copy.type == IPC_REVISION) {
        take_revision(host, &copy.revision);
    }
    ipc_message_deinit(&copy);
}

void host_send_with_next(struct host *host, const struct ipc_message *message)
{
    host_send(host, message, -1);
}

void host_quit(struct host *host)
{
    host->quits = true;
    if (list_empty(&host->jobs))
        loop_timer_set(host->next, 0);
}

void host_kill(struct host *host)
{
    host->killed = true;
    loop_timer_set(host->next, 0);
}

void host_abandon(struct host **host)
{
    host_free(*host);
    *host = NULL;
}

struct host_plugin host_plugin_of(const struct config_plugin *plugin)
{
    return (struct host_plugin){.instance = plugin->name, .plugin = plugin->plugin};
}

bool fake_hosts_press(struct hosts *hosts, const char *notifier, const char *alert_id,
                      const char *verb)
{
    list_each (link, &hosts->hosts) {
        struct host *host = LIST_ITEM(link, struct host, link);
        struct ipc_message message = {.type = IPC_ACTION,
                                      .action = {.alert_id = alert_id, .verb = verb}};
        struct err err;
        if (strcmp(host->instance, notifier) == 0 && host->ready)
            return host->ops.message(host->arg, &message, -1, &err) == 0;
    }
    return false;
}

int fake_hosts_running(const struct hosts *hosts)
{
    int n = 0;
    list_each (link, &hosts->hosts)
        n++;
    return n;
}
