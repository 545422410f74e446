/*
 * One host of a notifier and the item it has at hand. Whatever happens to the host while it carries
 * something, the outcome is unknown: it may have been told.
 *
 * A host that tells in no time is sent the next items before it has answered: else both sides would
 * mostly wake each other. It begins an item when it has answered the one before, and none behind
 * one that it refused: what it has not begun is loaded again, in its order.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "deliver/backoff.h"
#include "deliver/inside.h"

#define RESPAWN_FIRST_MS    INT64_C(1000)
#define RESPAWN_MAX_MS      INT64_C(300000)
#define CRASHES_ARE_TROUBLE 3
#define QUICK_US            1000
#define BEHIND_MAX          15

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

/* The item at hand, the caller's; the next one is at hand now. */
static struct item *next_at_hand(struct carrier *carrier)
{
    struct item *item = carrier->item;
    struct list *link = list_pop(&carrier->behind);
    carrier->item = link ? LIST_ITEM(link, struct item, link) : NULL;
    carrier->n_behind -= link != NULL;
    return item;
}

/* Nothing was done about it: what the store says of it by now, counts. It knows nothing of tests.
 */
static void comes_back(struct carrier *carrier, struct item *item)
{
    struct outbox *outbox = carrier->outbox;
    carrier->came_back = true;
    if (item->is_test && outbox->removed) {
        outbox_result(outbox, item, ATTEMPT_LATER, 0, "the notifier was removed", NULL);
    } else if (item->is_test) {
        list_insert(outbox->due.next, &item->link);
    } else {
        map_remove(outbox->known, item->due->id.bytes, HASH_BYTES);
        item_free(&item);
    }
}

/* All have that will. */
static void load_again(struct carrier *carrier)
{
    if (!carrier->came_back)
        return;
    carrier->came_back = false;
    order_put_back(carrier->outbox);
    outbox_load(carrier->outbox);
}

static int check_outcome(const struct carrier *carrier, const struct ipc_outcome *outcome,
                         enum attempt *attempt, struct err *err)
{
    bool known;
    *attempt = attempt_of(outcome->result, &known);
    if (!carrier->item)
        return err_set(err, "an outcome of nothing");
    if (!known)
        return err_set(err, "an outcome of a kind that there is not");
    if (outcome->untried && !carrier->item->follows)
        return err_set(err, "nothing was before what it has not tried");
    return 0;
}

static int take_outcome(struct carrier *carrier, const struct ipc_outcome *outcome, struct err *err)
{
    enum attempt attempt;
    if (check_outcome(carrier, outcome, &attempt, err) < 0)
        return -1;
    struct outbox *outbox = carrier->outbox;
    struct item *item = next_at_hand(carrier);
    /* What waits at the host goes without the token that this one brings. */
    carrier->quick = attempt == ATTEMPT_OK && outcome->took_us <= QUICK_US && !outcome->tokens.n;
    outbox->failures = 0;
    outbox_trouble_over(outbox);
    if (outcome->spent)
        carrier_retire(carrier);
    if (outcome->spent || outcome->untried)
        comes_back(carrier, item);
    else
        outbox_result(outbox, item, attempt, outcome->delay_ms, outcome->reason, &outcome->tokens);
    if (!carrier->item)
        load_again(carrier);
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
    struct item *item = next_at_hand(carrier);
    carrier->host = NULL;
    while (carrier->item)
        comes_back(carrier, next_at_hand(carrier));
    load_again(carrier);
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
                             .deadline_ms = plugin->deadline_ms};
    struct carrier *carrier = NEW(struct carrier);
    carrier->outbox = outbox;
    list_init(&carrier->link);
    list_init(&carrier->behind);
    list_append(&outbox->carriers, &carrier->link);
    carrier->host = host_spawn(outbox->deliver->hosts, &spec, &ops, carrier);
    return carrier;
}

bool carrier_takes_more(const struct carrier *carrier)
{
    return carrier->quick && carrier->n_behind < BEHIND_MAX &&
           carrier->outbox->notifier->concurrency <= 1;
}

void carrier_send(struct carrier *carrier, struct item *item)
{
    item->follows = carrier->item != NULL;
    if (item->follows) {
        list_append(&carrier->behind, &item->link);
        carrier->n_behind++;
    } else {
        carrier->item = item;
    }
    message_send(carrier->host, item->due, item->follows);
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
    while ((*carrier)->item) {
        struct item *item = next_at_hand(*carrier);
        item_free(&item);
    }
    free(*carrier);
    *carrier = NULL;
}
