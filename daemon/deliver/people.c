/*
 * What people do to deliveries: another try, or none. The store's writer decides, by what stands
 * there at that moment, and this room sees to it that its queues agree: one that is to be dropped
 * is withheld first, so that no carrier is given it while the writer is at it; one that a carrier
 * has at hand, or whose result is on its way to the store, is left alone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "deliver/inside.h"
#include "store/views.h"

#define RETRY_BATCH 500 /* an operation's share */

/* Why not, by the state that the delivery has; NULL: it may be done. */
static const struct refusal {
    const char *state, *retry, *drop;
} refusals[] = {
    {"queued", "is queued already", NULL},
    {"held", "is held back and goes by itself when that ends (tocsinctl resume, or the time)",
     NULL},
    {"deferred", NULL, NULL},
    {"unknown", NULL, NULL},
    {"dead", NULL, NULL},
    {"cancelled", NULL, "is cancelled already"},
    {"sent", "was sent: nothing is told twice", "was sent already"},
    {"superseded", "was told in another one", "was told in another one"},
};

/* One delivery. */
struct act {
    struct deliver *deliver;
    bool drop;
    char *what; /* the id as it was given */
    int64_t now_ms;
    struct hash id;
    struct store_delivery_row row;
    struct store_withdrawn withdrawn;
    char *notifier; /* as the look-up found it */
    deliver_acted_fn *done;
    void *arg;
};

static void act_end(struct act *act, int64_t n, bool busy, const char *error)
{
    act->deliver->n_store--;
    act->done(act->arg, n, busy, error);
    store_delivery_row_deinit(&act->row);
    store_withdrawn_deinit(&act->withdrawn);
    free(act->notifier);
    free(act->what);
    free(act);
}

/* ---- on the writer's thread ---- */

static int judge(const struct act *act, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        const char *why = act->drop ? refusals[i].drop : refusals[i].retry;
        if (why && str_equal(refusals[i].state, act->row.state))
            return err_set(err, "delivery %s %s", act->what, why);
    }
    if (!act->drop && !act->row.tells)
        return err_set(err, "delivery %s has nothing left to tell", act->what);
    return 0;
}

static int get_row(struct store_txn *txn, struct act *act, struct err *err)
{
    store_delivery_row_deinit(&act->row);
    int got = store_delivery_get(txn, &act->id, &act->row, err);
    return got ? (got < 0 ? -1 : 0) : err_set(err, "there is no delivery %s", act->what);
}

static int run_act(struct store_txn *txn, void *arg, struct err *err)
{
    struct act *act = arg;
    act->withdrawn.n = 0;
    if (get_row(txn, act, err) < 0 || judge(act, err) < 0)
        return -1;
    if (!act->drop)
        return store_delivery_retry(txn, &act->id, act->now_ms, err);
    struct store_delivery row = {.id = act->id,
                                 .state = "cancelled",
                                 .attempts = act->row.attempts,
                                 .next_ms = act->now_ms,
                                 .updated_ms = act->now_ms,
                                 .reason = "dropped by a person"};
    return store_delivery_mark(txn, &row, err) < 0
               ? -1
               : store_delivery_unheard(txn, act->row.notifier, NULL, act->now_ms, &act->withdrawn,
                                        err);
}

/* ---- on the loop ---- */

static void each_outbox(struct deliver *deliver, void (*each)(struct outbox *, const struct hash *),
                        const struct hash *id)
{
    list_each (link, &deliver->outboxes)
        each(LIST_ITEM(link, struct outbox, link), id);
    list_each (link, &deliver->old_outboxes)
        each(LIST_ITEM(link, struct outbox, link), id);
}

/* What a person has changed is looked at now, whatever rests. */
static void look_again(struct deliver *deliver, const char *notifier)
{
    struct outbox *outbox = deliver_find(deliver, notifier);
    if (!outbox)
        return;
    order_stir(outbox);
    outbox_load(outbox);
}

static bool is_at_hand(const struct deliver *deliver, const struct hash *id)
{
    list_each (link, &deliver->outboxes) {
        if (outbox_has_at_hand(LIST_ITEM(link, struct outbox, link), id))
            return true;
    }
    list_each (link, &deliver->old_outboxes) {
        if (outbox_has_at_hand(LIST_ITEM(link, struct outbox, link), id))
            return true;
    }
    return map_get(deliver->withheld, id->bytes, HASH_BYTES) != NULL;
}

static void acted(void *arg, const char *error)
{
    struct act *act = arg;
    struct deliver *deliver = act->deliver;
    if (act->drop) {
        map_remove(deliver->withheld, act->id.bytes, HASH_BYTES);
        each_outbox(deliver, outbox_withdraw, &act->id);
    }
    if (!error)
        deliver_tell(deliver, act->notifier, &act->id, act->drop ? "cancelled" : "queued",
                     act->row.attempts, act->drop ? "dropped by a person" : "");
    deliver_reread(deliver, act->withdrawn.ids, act->withdrawn.n);
    look_again(deliver, act->notifier);
    act_end(act, 1, false, error);
}

static void found(void *arg, const char *error)
{
    struct act *act = arg;
    struct deliver *deliver = act->deliver;
    act->notifier = mem_strdup(act->row.notifier);
    if (error) {
        act_end(act, 0, false, error);
        return;
    }
    AUTO_FREE char *why = NULL;
    if (is_at_hand(deliver, &act->id))
        why = mem_printf("delivery %s is at hand just now", act->what);
    else if (!act->drop && !deliver_find(deliver, act->notifier))
        why = mem_printf("the notifier \"%s\" of delivery %s is not configured any more",
                         act->notifier, act->what);
    if (why) {
        act_end(act, 0, is_at_hand(deliver, &act->id), why);
        return;
    }
    if (act->drop) {
        map_set(deliver->withheld, act->id.bytes, HASH_BYTES, act);
        each_outbox(deliver, outbox_withdraw, &act->id);
    }
    store_write(deliver->store, run_act, acted, act);
}

static int run_find(struct store_txn *txn, void *arg, struct err *err)
{
    struct act *act = arg;
    if (store_find_delivery(txn, act->what, &act->id, err) < 0)
        return -1;
    return get_row(txn, act, err);
}

static void act_begin(struct deliver *deliver, const char *what, bool drop, deliver_acted_fn *done,
                      void *arg)
{
    struct act *act = NEW(struct act);
    *act = (struct act){.deliver = deliver,
                        .drop = drop,
                        .what = mem_strdup(what),
                        .now_ms = loop_wall_ms(deliver->loop),
                        .done = done,
                        .arg = arg};
    deliver->n_store++;
    store_read(deliver->store, run_find, found, act);
}

void deliver_drop(struct deliver *deliver, const char *id, deliver_acted_fn *done, void *arg)
{
    act_begin(deliver, id, true, done, arg);
}

void deliver_reread(struct deliver *deliver, const struct hash *ids, size_t n_ids)
{
    if (!n_ids)
        return;
    for (size_t i = 0; i < n_ids; i++)
        each_outbox(deliver, outbox_withdraw, &ids[i]);
    list_each (link, &deliver->outboxes)
        outbox_load(LIST_ITEM(link, struct outbox, link));
}

/* ---- many at once ---- */

static const char *const retried_states[] = {"dead", "deferred", "unknown"}; /* of a notifier */

struct retry {
    struct deliver *deliver;
    char **notifiers;
    size_t n_notifiers, n_states;
    size_t at; /* which state of which notifier */
    int64_t now_ms, n_queued;
    int n_step; /* answer of an operation */
    deliver_acted_fn *done;
    void *arg;
};

static int run_retry(struct store_txn *txn, void *arg, struct err *err)
{
    struct retry *retry = arg;
    const char *notifier = retry->notifiers[retry->at / retry->n_states];
    const char *state = retried_states[retry->at % retry->n_states];
    retry->n_step =
        store_delivery_retry_some(txn, notifier, state, retry->now_ms, RETRY_BATCH, err);
    return retry->n_step < 0 ? -1 : 0;
}

static void retry_end(struct retry *retry, const char *error)
{
    retry->deliver->n_store--;
    for (size_t i = 0; i < retry->n_notifiers; i++) {
        look_again(retry->deliver, retry->notifiers[i]);
        free(retry->notifiers[i]);
    }
    retry->done(retry->arg, retry->n_queued, false, error);
    free(retry->notifiers);
    free(retry);
}

/* A delivery that has become at hand meanwhile is no harm: its result is written over this. */
static void retried(void *arg, const char *error)
{
    struct retry *retry = arg;
    if (!error) {
        retry->n_queued += retry->n_step;
        retry->at += retry->n_step < RETRY_BATCH;
    }
    if (error || retry->at == retry->n_notifiers * retry->n_states)
        retry_end(retry, error);
    else
        store_write(retry->deliver->store, run_retry, retried, retry);
}

/* `notifier` NULL: the dead ones of all. */
static void retry_many(struct deliver *deliver, const char *notifier, deliver_acted_fn *done,
                       void *arg)
{
    struct retry *retry = NEW(struct retry);
    size_t cap = 0;
    *retry = (struct retry){.deliver = deliver,
                            .n_states = notifier ? ARRAY_LEN(retried_states) : 1,
                            .now_ms = loop_wall_ms(deliver->loop),
                            .done = done,
                            .arg = arg};
    list_each (link, &deliver->outboxes) {
        const char *name = outbox_name(LIST_ITEM(link, struct outbox, link));
        if (notifier && !str_equal(name, notifier))
            continue;
        retry->notifiers =
            mem_grow(retry->notifiers, &cap, retry->n_notifiers + 1, sizeof(*retry->notifiers));
        retry->notifiers[retry->n_notifiers++] = mem_strdup(name);
    }
    deliver->n_store++;
    if (retry->n_notifiers)
        store_write(deliver->store, run_retry, retried, retry);
    else
        retry_end(retry, NULL);
}

void deliver_retry(struct deliver *deliver, const char *what, deliver_acted_fn *done, void *arg)
{
    if (str_equal(what, "dead"))
        retry_many(deliver, NULL, done, arg);
    else if (deliver_find(deliver, what))
        retry_many(deliver, what, done, arg);
    else
        act_begin(deliver, what, false, done, arg);
}
