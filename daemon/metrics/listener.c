/* The life of the exporter's host, and its questions; see listener.h. */
#include "metrics/listener.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/memfd.h"
#include "base/str.h"
#include "deliver/backoff.h"

#define SUBJECT             "metrics:listener"
#define RESPAWN_FIRST_MS    INT64_C(1000)
#define RESPAWN_MAX_MS      INT64_C(300000)
#define CRASHES_ARE_TROUBLE 3
#define ASKS_MAX            64  /* further ones are answered with nothing at once */
#define UNHEARD_MAX         256 /* pages that wait for a host, each with a descriptor */

enum state { STATE_OFF, STATE_STARTING, STATE_UP, STATE_DOWN };

struct listener {
    struct loop *loop;
    struct hosts *hosts;
    struct listener_ops ops;
    void *arg;
    struct config *config; /* holds the exporter; NULL before the first */
    enum state state;
    char *why; /* of STATE_DOWN */
    struct host *host;
    bool retired; /* the host is not the one that is wanted now */
    bool ready;
    int64_t failures;     /* of hosts, in a row */
    bool failed_to_start; /* the last of them */
    bool said;            /* that it does not work */
    bool calm;            /* that nothing is wrong; before this start it may have been */
    struct loop_timer *respawn;
    struct list asks;
    size_t n_asks;
    size_t n_unheard; /* pages sent that the host has not been done with */
};

struct listener_ask {
    struct list link;
    struct listener *listener; /* NULL once its host is gone */
    uint64_t job;
};

/* ---- trouble ---- */

static void have_trouble(struct listener *listener, const char *why)
{
    listener->state = STATE_DOWN;
    free(listener->why);
    listener->why = mem_strdup(why);
    listener->calm = false;
    if (listener->said)
        return;
    listener->said = true;
    AUTO_FREE char *text = mem_printf("The listener for metrics does not work: %s", why);
    listener->ops.trouble(listener->arg, SUBJECT, text);
}

static void is_well(struct listener *listener)
{
    listener->said = false;
    if (listener->calm)
        return;
    listener->calm = true;
    listener->ops.trouble_over(listener->arg, SUBJECT);
}

/* ---- questions ---- */

static void answer(struct listener *listener, uint64_t job, const char *text)
{
    struct err err;
    AUTO_FD int fd = text ? memfd_from("page", text, strlen(text), &err) : -1;
    if (text && fd < 0)
        log_error("a page for the listener for metrics: %s", err.text);
    struct ipc_message page = {.type = IPC_PAGE, .page = {.job = job, .is_known = fd >= 0}};
    listener->n_unheard++;
    host_send(listener->host, &page, fd);
}

void listener_answer(struct listener_ask *ask, const char *text)
{
    struct listener *listener = ask->listener;
    list_remove(&ask->link);
    if (listener) {
        listener->n_asks--;
        answer(listener, ask->job, text);
    }
    free(ask);
}

/* Whoever answers them later speaks to nobody. */
static void forget_asks(struct listener *listener)
{
    list_each_safe (link, &listener->asks) {
        struct listener_ask *ask = LIST_ITEM(link, struct listener_ask, link);
        list_remove(&ask->link);
        ask->listener = NULL;
    }
    listener->n_asks = 0;
}

static int take_ask(struct listener *listener, const struct ipc_ask *asked, struct err *err)
{
    if (listener->n_unheard >= UNHEARD_MAX)
        return err_set(err, "it asks and does not listen");
    if (listener->n_asks == ASKS_MAX) {
        answer(listener, asked->job, NULL);
        return 0;
    }
    struct listener_ask *ask = NEW(struct listener_ask);
    *ask = (struct listener_ask){.listener = listener, .job = asked->job};
    list_init(&ask->link);
    list_append(&listener->asks, &ask->link);
    listener->n_asks++;
    listener->ops.ask(listener->arg, asked->page, ask);
    return 0;
}

/* ---- the host ---- */

static void host_is_ready(void *arg)
{
    struct listener *listener = arg;
    listener->ready = true;
    if (listener->retired)
        return;
    listener->state = STATE_UP;
    /* One that dies at work has to work once, before its trouble is over. */
    if (listener->failed_to_start)
        listener->failures = 0;
    if (!listener->failures)
        is_well(listener);
}

static int host_says(void *arg, const struct ipc_message *message, int fd, struct err *err)
{
    struct listener *listener = arg;
    fd_close(&fd);
    if (message->type == IPC_ASK)
        return take_ask(listener, &message->ask, err);
    if (message->type != IPC_DONE)
        return err_set(err, "an exporter sends no %s", ipc_type_name(message->type));
    listener->n_unheard -= listener->n_unheard > 0;
    listener->failures = 0;
    if (!listener->retired)
        is_well(listener);
    return 0;
}

static void start(void *arg);

static void after_failure(struct listener *listener, enum host_end end, const char *why)
{
    listener->failures++;
    listener->failed_to_start = !listener->ready;
    listener->state = STATE_STARTING;
    if (!listener->ready || end == HOST_UNUSABLE || listener->failures >= CRASHES_ARE_TROUBLE)
        have_trouble(listener, why);
    else
        log_warning("the listener for metrics: %s", why);
    loop_timer_set(listener->respawn, backoff_delay_ms(RESPAWN_FIRST_MS, RESPAWN_MAX_MS,
                                                       listener->failures, randombytes_random()));
}

static void host_has_ended(void *arg, enum host_end end, int running, const char *why)
{
    (void)running;
    struct listener *listener = arg;
    listener->host = NULL;
    forget_asks(listener);
    if (listener->retired)
        start(listener); /* its address may be the one that is wanted next */
    else
        after_failure(listener, end, why);
}

static void start(void *arg)
{
    static const struct host_ops ops = {
        .ready = host_is_ready, .message = host_says, .ended = host_has_ended};
    struct listener *listener = arg;
    const struct config_plugin *exporter = listener->config->exporter;
    if (!exporter)
        return;
    const struct host_plugin plugin = host_plugin_of(exporter);
    const struct host_spec spec = {.name = exporter->name,
                                   .role = HOST_EXPORTER,
                                   .plugins = &plugin,
                                   .n_plugins = 1,
                                   .deadline_ms = exporter->deadline_ms};
    listener->ready = listener->retired = false;
    listener->n_unheard = 0;
    listener->host = host_spawn(listener->hosts, &spec, &ops, listener);
}

static void retire(struct listener *listener)
{
    loop_timer_stop(listener->respawn);
    if (!listener->host || listener->retired)
        return;
    listener->retired = true;
    if (listener->ready)
        host_quit(listener->host);
    else
        host_kill(listener->host);
}

/* ---- the room ---- */

static bool is_same(const struct config_plugin *a, const struct config_plugin *b)
{
    return a && b ? hash_equal(&a->hash, &b->hash) : a == b;
}

void listener_configure(struct listener *listener, struct config *config)
{
    struct config *old = listener->config;
    listener->config = config_ref(config);
    bool same = old && is_same(old->exporter, config->exporter);
    config_unref(&old);
    if (same)
        return;
    retire(listener);
    listener->failures = 0;
    listener->state = config->exporter ? STATE_STARTING : STATE_OFF;
    if (!config->exporter)
        is_well(listener);
    if (!listener->host)
        start(listener);
}

struct listener *listener_new(struct loop *loop, struct hosts *hosts,
                              const struct listener_ops *ops, void *arg)
{
    struct listener *listener = NEW(struct listener);
    *listener = (struct listener){.loop = loop, .hosts = hosts, .ops = *ops, .arg = arg};
    list_init(&listener->asks);
    listener->respawn = loop_timer_new(loop, start, listener);
    return listener;
}

void listener_free(struct listener **listener)
{
    struct listener *own = *listener;
    *listener = NULL;
    if (!own)
        return;
    host_abandon(&own->host);
    forget_asks(own);
    loop_timer_free(&own->respawn);
    config_unref(&own->config);
    free(own->why);
    free(own);
}

json_t *listener_status(const struct listener *listener)
{
    static const char *const words[] = {[STATE_OFF] = "off",
                                        [STATE_STARTING] = "starting",
                                        [STATE_UP] = "up",
                                        [STATE_DOWN] = "down"};
    const struct config *config = listener->config;
    return json_pack("{s:s, s:s, s:s}", "listen", config ? config->metrics_listen : "none", "state",
                     words[listener->state], "why",
                     listener->state == STATE_DOWN ? listener->why : "");
}
