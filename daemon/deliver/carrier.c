/*
 * One host of a notifier and the item it has at hand. Whatever happens to the host while it carries
 * something, the outcome is unknown: it may have been told.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "deliver/backoff.h"
#include "deliver/inside.h"

#define RESPAWN_FIRST_MS    INT64_C(1000)
#define RESPAWN_MAX_MS      INT64_C(300000)
#define CRASHES_ARE_TROUBLE 3

static void host_is_ready(void *arg)
{
    struct carrier *carrier = arg;
    struct outbox *outbox = carrier->outbox;
    carrier->ready = true;
    outbox->state = OUTBOX_UP;
    /* One that crashes at work has to work once, before its trouble is over. */
    if (outbox->failed_to_start)
        outbox->failures = 0;
    if (!outbox->failures)
        outbox_trouble_over(outbox);
    outbox_pump(outbox);
}

static enum attempt attempt_of(uint32_t result, bool *known)
{
    *known = true;
    switch (result) {
    case TOCSIN_OK:
        return ATTEMPT_OK;
    case TOCSIN_LATER:
        return ATTEMPT_LATER;
    case TOCSIN_NEVER:
        return ATTEMPT_NEVER;
    default:
        *known = false;
        return ATTEMPT_UNKNOWN;
    }
}

static int take_outcome(struct carrier *carrier, const struct ipc_outcome *outcome, struct err *err)
{
    bool known;
    enum attempt attempt = attempt_of(outcome->result, &known);
    if (!carrier->item)
        return err_set(err, "an outcome of nothing");
    if (!known)
        return err_set(err, "an outcome of a kind that there is not");
    struct outbox *outbox = carrier->outbox;
    struct item *item = carrier->item;
    carrier->item = NULL;
    outbox->failures = 0;
    outbox_trouble_over(outbox);
    if (outcome->spent && !outbox->removed) {
        carrier_retire(carrier);
        list_insert(outbox->due.next, &item->link);
    } else {
        outbox_result(outbox, item, attempt, outcome->delay_ms, outcome->reason, &outcome->tokens);
    }
    outbox_pump(outbox);
    return 0;
}

static int host_says(void *arg, const struct ipc_message *message, int fd, struct err *err)
{
    struct carrier *carrier = arg;
    struct deliver *deliver = carrier->outbox->deliver;
    fd_close(&fd);
    if (message->type == IPC_OUTCOME)
        return take_outcome(carrier, &message->outcome, err);
    if (message->type != IPC_ACTION)
        return err_set(err, "a notifier sends no %s", ipc_type_name(message->type));
    deliver->ops.action(deliver->arg, message->action.alert_id, message->action.verb);
    return 0;
}

static void after_failure(struct outbox *outbox, enum host_end end, bool was_ready, const char *why)
{
    outbox->failures++;
    outbox->failed_to_start = !was_ready;
    outbox->spawn_ms =
        loop_now_ms(outbox->deliver->loop) +
        backoff_delay_ms(RESPAWN_FIRST_MS, RESPAWN_MAX_MS, outbox->failures, randombytes_random());
    if (!was_ready || end == HOST_UNUSABLE || outbox->failures >= CRASHES_ARE_TROUBLE)
        outbox_trouble(outbox, why);
    else
        log_warning("notifier \"%s\": %s", outbox_name(outbox), why);
}

static void host_has_ended(void *arg, enum host_end end, int running, const char *why)
{
    (void)running;
    struct carrier *carrier = arg;
    struct outbox *outbox = carrier->outbox;
    struct item *item = carrier->item;
    carrier->host = NULL;
    carrier->item = NULL;
    if (end != HOST_ENDED && !carrier->retired)
        after_failure(outbox, end, carrier->ready, why);
    if (item) {
        item->end = end;
        outbox_result(outbox, item, ATTEMPT_UNKNOWN, 0, why, NULL);
    }
    deliver_sweep(outbox->deliver);
}

struct carrier *carrier_spawn(struct outbox *outbox)
{
    static const struct host_ops ops = {
        .ready = host_is_ready, .message = host_says, .ended = host_has_ended};
    const struct config_plugin *plugin = &outbox->notifier->plugin;
    const struct host_plugin host_plugin = host_plugin_of(plugin);
    AUTO_FREE char *name = mem_printf("notify-%s", plugin->name);
    struct host_spec spec = {.name = name,
                             .role = HOST_NOTIFIER,
                             .plugins = &host_plugin,
                             .n_plugins = 1,
                             .deadline_ms = plugin->deadline_ms,
                             .memory_bytes = plugin->memory_bytes};
    struct carrier *carrier = NEW(struct carrier);
    carrier->outbox = outbox;
    list_init(&carrier->link);
    list_append(&outbox->carriers, &carrier->link);
    carrier->host = host_spawn(outbox->deliver->hosts, &spec, &ops, carrier);
    return carrier;
}

void carrier_send(struct carrier *carrier, struct item *item)
{
    carrier->item = item;
    message_send(carrier->host, item->due);
}

void carrier_retire(struct carrier *carrier)
{
    if (carrier->retired)
        return;
    carrier->retired = true;
    if (!carrier->host)
        return;
    if (carrier->ready)
        host_quit(carrier->host);
    else
        host_kill(carrier->host);
}

void carrier_free(struct carrier **carrier)
{
    if (!*carrier)
        return;
    list_remove(&(*carrier)->link);
    if ((*carrier)->host)
        host_abandon(&(*carrier)->host);
    item_free(&(*carrier)->item);
    free(*carrier);
    *carrier = NULL;
}
