/*
 * The order after a refusal. Each delivery that was refused has its own next try, spread by chance;
 * so by the time that the notifier takes something again, any of them might come first, or one that
 * is new.
 *
 * Therefore, while it refuses, one goes at a time, and whatever comes due or is new, the oldest of
 * all goes before it. What was refused for the first time is tried once more before anything else:
 * a notifier that was away for a moment is not overtaken by it. Refused again, it lets one other
 * pass; when that is refused, too, all rest until something comes due or is new. Once one is taken,
 * all that wait are due, oldest first. A delivery that is refused while another is taken right
 * after it holds nobody up: it is odd, and keeps to its own tries.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "deliver/inside.h"

void order_init(struct outbox *outbox)
{
    outbox->odd = map_new();
    outbox->refusing = true; /* until it is known: an earlier run may have been refused */
}

void order_deinit(struct outbox *outbox)
{
    map_free(&outbox->odd, NULL);
}

void order_known(struct outbox *outbox, bool was_refused)
{
    outbox->is_asked = true;
    outbox->refusing = was_refused;
}

void order_begin(struct outbox *outbox, const struct hash *probe)
{
    if (hash_equal(&outbox->probe, probe))
        return;
    outbox->probe = *probe;
    outbox->probe_failed = outbox->lets_pass = false;
}

void order_stir(struct outbox *outbox)
{
    outbox->rest_until_ms = 0;
    outbox->lets_pass = false;
}

static bool is_busy(const struct outbox *outbox)
{
    list_each (link, &outbox->carriers) {
        const struct item *item = LIST_ITEM(link, struct carrier, link)->item;
        if (item && !item->is_test)
            return true;
    }
    return false;
}

bool order_others_wait(const struct outbox *outbox)
{
    list_each (link, &outbox->due) {
        const struct item *item = LIST_ITEM(link, struct item, link);
        if (!outbox->refusing || !hash_equal(&outbox->probe, &item->due->id))
            return true;
    }
    return false;
}

bool order_may_go(const struct outbox *outbox, const struct item *item)
{
    if (!outbox->refusing)
        return true;
    if (is_busy(outbox))
        return false;
    bool is_probe = hash_equal(&outbox->probe, &item->due->id);
    if (outbox->lets_pass)
        return !is_probe;
    return is_probe && loop_wall_ms(outbox->deliver->loop) >= outbox->rest_until_ms;
}

void order_goes(struct outbox *outbox, const struct item *item)
{
    if (!item->is_test)
        outbox->lets_pass = false;
}

/* ---- it takes something again ---- */

#define WAKE_BATCH 500 /* an operation's share: what else is to be written waits no longer */

static const char *const waiting_states[] = {"deferred", "unknown"};

struct wake {
    struct outbox *outbox;
    char *notifier;
    size_t at; /* which state */
    struct store_place after, reached;
    int n; /* answer of an operation */
};

static int run_wake(struct store_txn *txn, void *arg, struct err *err)
{
    struct wake *wake = arg;
    wake->reached = wake->after;
    wake->n = store_delivery_wake(txn, wake->notifier, waiting_states[wake->at], WAKE_BATCH,
                                  &wake->reached, err);
    return wake->n < 0 ? -1 : 0;
}

static void wake_end(struct wake *wake, const char *error)
{
    struct outbox *outbox = wake->outbox;
    if (error)
        log_error("notifier \"%s\": what was refused waits for its next try: %s", wake->notifier,
                  error);
    outbox->n_store--;
    outbox->waking = false;
    outbox_load(outbox);
    free(wake->notifier);
    free(wake);
    deliver_sweep(outbox->deliver);
}

static void woken(void *arg, const char *error)
{
    struct wake *wake = arg;
    wake->after = wake->reached;
    if (!error && wake->n < WAKE_BATCH) {
        wake->at++;
        wake->after = (struct store_place){0};
    }
    if (error || wake->at == ARRAY_LEN(waiting_states))
        wake_end(wake, error);
    else
        store_write(wake->outbox->deliver->store, run_wake, woken, wake);
}

/* What is at hand to be sent may be younger than what waits: it is loaded again with that. */
void order_put_back(struct outbox *outbox)
{
    list_each_safe (link, &outbox->due) {
        struct item *item = LIST_ITEM(link, struct item, link);
        if (item->is_test)
            continue;
        list_remove(&item->link);
        map_remove(outbox->known, item->due->id.bytes, HASH_BYTES);
        item_free(&item);
    }
    outbox->drained = false;
}

static void wake(struct outbox *outbox)
{
    struct wake *wake = NEW(struct wake);
    *wake = (struct wake){.outbox = outbox, .notifier = mem_strdup(outbox_name(outbox))};
    order_put_back(outbox);
    outbox->waking = true;
    outbox->n_wakes++;
    outbox->n_store++;
    store_write(outbox->deliver->store, run_wake, woken, wake);
}

static void taken(struct outbox *outbox, const struct hash *id)
{
    if (!outbox->refusing)
        return;
    outbox->refusing = false;
    if (outbox->probe_failed && !hash_equal(&outbox->probe, id))
        map_set(outbox->odd, outbox->probe.bytes, HASH_BYTES, outbox);
    outbox->probe_failed = false;
    order_stir(outbox);
    wake(outbox);
}

/* It is given up; the next that is loaded is the oldest then. */
static void gone(struct outbox *outbox)
{
    order_stir(outbox);
    if (outbox->refusing)
        outbox_load(outbox);
}

static void refused(struct outbox *outbox, const struct order_try *try)
{
    if (map_get(outbox->odd, try->id.bytes, HASH_BYTES))
        return;
    if (!outbox->refusing)
        order_begin(outbox, &try->id);
    outbox->refusing = true;
    if (hash_equal(&outbox->probe, &try->id)) {
        outbox->probe_failed = true;
        outbox->lets_pass = !try->is_first;
        outbox->rest_until_ms = try->next_ms;
    } else if (try->next_ms < outbox->rest_until_ms) {
        outbox->rest_until_ms = try->next_ms;
    }
}

void order_result(struct outbox *outbox, const struct order_try *try, enum attempt attempt)
{
    if (!try->next_ms)
        map_remove(outbox->odd, try->id.bytes, HASH_BYTES);
    if (outbox->removed)
        return;
    if (attempt == ATTEMPT_OK)
        taken(outbox, &try->id);
    else if (try->next_ms)
        refused(outbox, try);
    else
        gone(outbox);
}
