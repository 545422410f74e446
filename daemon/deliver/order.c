/*
 * The order after a refusal. Each delivery that was refused has its own next try, spread by chance;
 * so by the time that the notifier takes something again, any of them might come first, or one that
 * is new.
 *
 * Therefore, while it refuses, one goes at a time, and whatever comes due, the oldest of all goes
 * before it. Once one is taken, all that wait are due, oldest first. A delivery that is refused
 * while another is taken right after it holds nobody up: it is odd, and keeps to its own tries.
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
    outbox->probe = *probe;
    outbox->probe_failed = false;
}

bool order_waits(const struct outbox *outbox)
{
    if (!outbox->refusing)
        return false;
    list_each (link, &outbox->carriers) {
        const struct item *item = LIST_ITEM(link, struct carrier, link)->item;
        if (item && !item->is_test)
            return true;
    }
    return false;
}

/* ---- it takes something again ---- */

struct wake {
    struct outbox *outbox;
    char *notifier;
};

static int run_wake(struct store_txn *txn, void *arg, struct err *err)
{
    const struct wake *wake = arg;
    return store_delivery_wake(txn, wake->notifier, err);
}

static void woken(void *arg, const char *error)
{
    struct wake *wake = arg;
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

/* What is at hand to be sent may be younger than what waits: it is loaded again with that. */
static void put_back(struct outbox *outbox)
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
    put_back(outbox);
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
    wake(outbox);
}

static void refused(struct outbox *outbox, const struct hash *id)
{
    if (map_get(outbox->odd, id->bytes, HASH_BYTES))
        return;
    outbox->probe_failed |= hash_equal(&outbox->probe, id);
    outbox->refusing = true;
}

void order_result(struct outbox *outbox, const struct hash *id, enum attempt attempt)
{
    switch (attempt) {
    case ATTEMPT_OK:
        map_remove(outbox->odd, id->bytes, HASH_BYTES);
        if (!outbox->removed)
            taken(outbox, id);
        break;
    case ATTEMPT_NEVER:
        map_remove(outbox->odd, id->bytes, HASH_BYTES);
        break;
    case ATTEMPT_LATER:
    case ATTEMPT_UNKNOWN:
        refused(outbox, id);
        break;
    }
}
