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
    bool ready, quits, killed;
    struct {
        char *id, *summary, *headline, *change, *alert_id, *token;
        struct buf told;
        unsigned attempt, count, n_sources, n_seen;
        bool running;
        enum tocsin_notice notice;
        int64_t until_ms;
        enum fake_behaviour behaviour; /* when it was given */
    } job;
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

static void job_clear(struct host *host)
{
    char **texts[] = {&host->job.id,     &host->job.summary,  &host->job.headline,
                      &host->job.change, &host->job.alert_id, &host->job.token};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        free(*texts[i]);
    buf_deinit(&host->job.told);
    memset(&host->job, 0, sizeof(host->job));
}

static void host_free(struct host *host)
{
    list_remove(&host->link);
    loop_timer_free(&host->next);
    job_clear(host);
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
    host->ops.ended(host->arg, how, host->job.running ? 0 : -1, why);
    host_free(host);
}

static void answer(struct host *host, uint32_t result, int64_t delay_ms, const char *reason,
                   bool spent)
{
    AUTO_BUF struct buf tokens = {0};
    const char *token = "token-1";
    struct ipc_message message = {
        .type = IPC_OUTCOME,
        .outcome = {
            .job = 1, .result = result, .delay_ms = delay_ms, .reason = reason, .spent = spent}};
    message.outcome.tokens = ipc_texts_pack(&token, result == TOCSIN_OK ? 1 : 0, &tokens);
    job_clear(host);
    struct err err;
    if (host->ops.message(host->arg, &message, -1, &err) < 0)
        abort();
}

static void work(struct host *host)
{
    switch (host->job.behaviour) {
    case FAKE_OK:
    case FAKE_SLOW:
        answer(host, TOCSIN_OK, 0, "", false);
        return;
    case FAKE_LATER:
        answer(host, TOCSIN_LATER, 0, "not now", false);
        return;
    case FAKE_ENDLESS:
        answer(host, TOCSIN_LATER, INT64_MAX, "not in this life", false);
        return;
    case FAKE_NEVER:
        answer(host, TOCSIN_NEVER, 0, "refused", false);
        return;
    case FAKE_SPENT:
        fake_hosts_behave(host->instance, FAKE_OK);
        answer(host, TOCSIN_LATER, 0, "", true);
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
    } else if (host->job.running) {
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
    list_append(&hosts->hosts, &host->link);
    host->next = loop_timer_new(hosts->loop, next, host);
    loop_timer_set(host->next, 0);
    return host;
}

static void take_revision(struct host *host, const struct ipc_revision *revision)
{
    if (host->job.n_seen++ == 0) {
        host->job.headline = mem_strdup(revision->headline);
        host->job.change = mem_strdup(revision->change);
        host->job.alert_id = mem_strdup(revision->alert_id);
        host->job.token = mem_strdup(revision->token);
        host->job.n_sources = revision->n_sources;
        host->job.notice = (enum tocsin_notice)revision->notice;
        host->job.until_ms = revision->until_ms;
    }
    buf_printf(&host->job.told, "%s %s\n", revision->alert_id, revision->revision_id);
    if (host->job.n_seen < host->job.count)
        return;
    enum fake_behaviour behaviour = world.behaviours[index_of(host->instance)];
    host->job.running = true;
    host->job.behaviour = behaviour;
    struct fake_attempt attempt = {
        host->instance,      host->job.id,
        host->job.summary,   host->job.headline,
        host->job.change,    host->job.alert_id,
        host->job.token,     buf_text(&host->job.told),
        host->job.attempt,   host->job.count,
        host->job.n_sources, host->job.notice,
        host->job.until_ms,  behaviour == FAKE_OK || behaviour == FAKE_SLOW};
    world.attempted(world.arg, &attempt);
    loop_timer_set(host->next, behaviour == FAKE_HANGS  ? host->deadline_ms
                               : behaviour == FAKE_SLOW ? host->deadline_ms / 2
                                                        : 0);
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
        if (host->job.id)
            abort();
        host->job.id = mem_strdup(copy.deliver.id);
        host->job.summary = mem_strdup(copy.deliver.summary);
        host->job.attempt = copy.deliver.attempt;
        host->job.count = copy.deliver.count;
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
    if (!host->job.running)
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
