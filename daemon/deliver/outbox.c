/* The queue of one notifier: loads what is due, gives it to carriers, tells trouble. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "deliver/inside.h"

#define LOAD_BATCH 512
#define PUSH_MAX   4096 /* then the rest waits in the store */
#define MAX_TOLD   64   /* revisions of one summary that are sent along */

void item_free(struct item **item)
{
    if (!*item)
        return;
    store_due_free(&(*item)->due);
    free(*item);
    *item = NULL;
}

const char *outbox_name(const struct outbox *outbox)
{
    return outbox->notifier->plugin.name;
}

struct outbox *outbox_new(struct deliver *deliver)
{
    struct outbox *outbox = NEW(struct outbox);
    outbox->deliver = deliver;
    outbox->known = map_new();
    outbox->settled = map_new();
    order_init(outbox);
    list_init(&outbox->link);
    list_init(&outbox->carriers);
    list_init(&outbox->due);
    return outbox;
}

void outbox_free(struct outbox **outbox)
{
    struct outbox *o = *outbox;
    *outbox = NULL;
    if (!o)
        return;
    list_remove(&o->link);
    list_each_safe (link, &o->carriers) {
        struct carrier *carrier = LIST_ITEM(link, struct carrier, link);
        carrier_free(&carrier);
    }
    for (struct list *link; (link = list_pop(&o->due));) {
        struct item *item = LIST_ITEM(link, struct item, link);
        item_free(&item);
    }
    map_free(&o->known, NULL);
    map_free(&o->settled, NULL);
    order_deinit(o);
    config_unref(&o->config);
    free(o->why);
    free(o);
}

/* ---- trouble ---- */

void outbox_trouble(struct outbox *outbox, const char *text)
{
    struct deliver *deliver = outbox->deliver;
    AUTO_FREE char *subject = mem_printf("notifier:%s", outbox_name(outbox));
    AUTO_FREE char *sentence =
        mem_printf("The notifier \"%s\" does not work: %s", outbox_name(outbox), text);
    outbox->state = OUTBOX_DOWN;
    free(outbox->why);
    outbox->why = mem_strdup(text);
    /* Once, although each try to start may fail for a reason of its own. */
    if (outbox->trouble_said == SAID_YES)
        return;
    outbox->trouble_said = SAID_YES;
    deliver->ops.trouble(deliver->arg, subject, sentence);
}

void outbox_trouble_over(struct outbox *outbox)
{
    struct deliver *deliver = outbox->deliver;
    outbox->state = OUTBOX_UP;
    if (outbox->trouble_said == SAID_NO)
        return;
    AUTO_FREE char *subject = mem_printf("notifier:%s", outbox_name(outbox));
    outbox->trouble_said = SAID_NO;
    deliver->ops.trouble_over(deliver->arg, subject);
}

/* ---- configuration ---- */

void outbox_configure(struct outbox *outbox, struct config *config,
                      const struct config_notifier *notifier)
{
    bool same =
        outbox->notifier && hash_equal(&outbox->notifier->plugin.hash, &notifier->plugin.hash);
    struct config *old = outbox->config;
    outbox->config = config_ref(config);
    outbox->notifier = notifier;
    config_unref(&old);
    outbox_load(outbox);
    if (same)
        return;
    order_stir(outbox);
    list_each (link, &outbox->carriers)
        carrier_retire(LIST_ITEM(link, struct carrier, link));
    outbox->state = OUTBOX_STARTING;
    outbox->failures = 0;
    outbox->spawn_ms = 0;
    outbox_pump(outbox);
}

/* ---- loading ---- */

struct load {
    struct outbox *outbox;
    char *notifier;
    int64_t now_ms, next_ms;
    int limit;
    struct map *known; /* not to be loaded again */
    bool paused, has_held, has_notices;
    bool oldest_first; /* it refuses: the oldest of all goes before what is due */
    struct hash probe; /* what was the oldest */
    bool probe_gone;   /* it is not to be sent any more */
    bool is_first;     /* of this run: was something refused in an earlier one? */
    bool was_refused;
    uint64_t n_wakes;   /* of the outbox, when it was asked for */
    struct map *no_use; /* for that: ids that it refuses in any case */
    struct hash *ids;   /* of what is due */
    size_t n_ids, cap_ids;
    struct list items;
};

static struct item *item_new(struct store_due *due)
{
    struct item *item = NEW(struct item);
    item->due = due;
    list_init(&item->link);
    return item;
}

static void take_due(void *arg, const struct hash *id)
{
    struct load *load = arg;
    load->ids = mem_grow(load->ids, &load->cap_ids, load->n_ids + 1, sizeof(*load->ids));
    load->ids[load->n_ids++] = *id;
}

static void take_held(void *arg, const struct hash *delivery, const struct hash *revision,
                      const char *reason, int64_t follow_up)
{
    (void)delivery;
    (void)revision;
    (void)reason;
    (void)follow_up;
    ((struct load *)arg)->has_held = true;
}

static bool take_oldest(void *arg, const struct hash *id)
{
    struct load *load = arg;
    if (map_get(load->no_use, id->bytes, HASH_BYTES))
        return false;
    take_due(load, id);
    return true;
}

/* Before the others of the list. */
static int add_oldest(struct store_txn *txn, struct load *load, struct err *err)
{
    size_t n = load->n_ids;
    if (store_delivery_oldest(txn, load->notifier, take_oldest, load, err) < 0)
        return -1;
    if (load->n_ids == n)
        return 0;
    const struct hash oldest = load->ids[n];
    size_t at = 0;
    while (!hash_equal(&load->ids[at], &oldest))
        at++;
    memmove(load->ids + 1, load->ids, at * sizeof(*load->ids));
    load->ids[0] = oldest;
    load->n_ids = at < n ? n : n + 1;
    return 0;
}

static int look_at_probe(struct store_txn *txn, struct load *load, struct err *err)
{
    struct store_delivery_row row = {0};
    int got = store_delivery_get(txn, &load->probe, &row, err);
    load->probe_gone =
        got == 0 || (got > 0 && !str_equal(row.state, "queued") &&
                     !str_equal(row.state, "deferred") && !str_equal(row.state, "unknown"));
    store_delivery_row_deinit(&row);
    return got < 0 ? -1 : 0;
}

/* At most a batch of those that are not known. */
static int load_items(struct store_txn *txn, struct load *load, struct err *err)
{
    if (load->is_first) {
        int refused = store_delivery_is_deferred(txn, load->notifier, err);
        if (refused < 0)
            return -1;
        load->oldest_first = load->was_refused = refused > 0;
    }
    if (store_delivery_due(txn, load->notifier, load->now_ms, load->limit, take_due, load, err) < 0)
        return -1;
    if (load->oldest_first && load->n_ids &&
        (add_oldest(txn, load, err) < 0 || look_at_probe(txn, load, err) < 0))
        return -1;
    for (size_t i = 0; i < load->n_ids; i++) {
        struct store_due *due;
        if (map_get(load->known, load->ids[i].bytes, HASH_BYTES))
            continue;
        int got = store_delivery_load(txn, &load->ids[i], MAX_TOLD, &due, err);
        if (got < 0)
            return -1;
        if (got > 0)
            list_append(&load->items, &item_new(due)->link);
    }
    return 0;
}

static int run_load(struct store_txn *txn, void *arg, struct err *err)
{
    struct load *load = arg;
    AUTO_FREE char *paused = NULL;
    /* A pause outlives the daemon: what is in the store decides. */
    int got = store_setting_get(txn, "paused", &paused, err);
    load->paused = got > 0 && strcmp(paused, "true") == 0;
    if (got < 0 || load->paused)
        return got < 0 ? -1 : 0;
    if (load_items(txn, load, err) < 0 ||
        (got = store_delivery_has_notices(txn, load->notifier, err)) < 0 ||
        store_delivery_held_due(txn, load->notifier, load->now_ms, take_held, load, err) < 0)
        return -1;
    load->has_notices = got > 0;
    return store_delivery_next(txn, load->notifier, load->now_ms, &load->next_ms, err);
}

static void add_item(struct outbox *outbox, struct item *item)
{
    const uint8_t *id = item->due->id.bytes;
    if (outbox->removed || map_get(outbox->known, id, HASH_BYTES) ||
        map_get(outbox->settled, id, HASH_BYTES) ||
        map_get(outbox->deliver->withheld, id, HASH_BYTES)) {
        item_free(&item);
        return;
    }
    map_set(outbox->known, id, HASH_BYTES, item);
    list_append(&outbox->due, &item->link);
}

static void take_items(struct outbox *outbox, struct load *load, bool is_stale)
{
    for (struct list *link; (link = list_pop(&load->items));) {
        struct item *item = LIST_ITEM(link, struct item, link);
        if (is_stale)
            item_free(&item);
        else
            add_item(outbox, item);
    }
}

/* The item of this id that no carrier has yet. */
static struct item *find_due(const struct outbox *outbox, const struct hash *id)
{
    if (!map_get(outbox->known, id->bytes, HASH_BYTES))
        return NULL;
    list_each (link, &outbox->due) {
        struct item *item = LIST_ITEM(link, struct item, link);
        if (!item->is_test && hash_equal(&item->due->id, id))
            return item;
    }
    return NULL;
}

static void put_first(struct outbox *outbox, const struct hash *id)
{
    struct item *item = find_due(outbox, id);
    if (!item)
        return;
    list_remove(&item->link);
    list_insert(outbox->due.next, &item->link);
}

static void loaded(void *arg, const char *error)
{
    struct load *load = arg;
    struct outbox *outbox = load->outbox;
    outbox->loading = false;
    outbox->n_store--;
    if (error)
        log_error("notifier \"%s\": the queue cannot be read: %s", load->notifier, error);
    if (load->is_first && !error && !load->paused)
        order_known(outbox, load->was_refused);
    bool is_stale = load->n_wakes != outbox->n_wakes; /* not in the order that holds now */
    take_items(outbox, load, is_stale);
    if (load->oldest_first && load->n_ids && !is_stale) {
        if (load->probe_gone && hash_equal(&outbox->probe, &load->probe))
            order_stir(outbox);
        order_begin(outbox, &load->ids[0]);
        put_first(outbox, &load->ids[0]);
    }
    /* What was marked meanwhile, the answer may not know of: nor of when it is next. */
    bool again = outbox->load_again || map_count(outbox->settled) || is_stale;
    map_free(&outbox->settled, NULL);
    outbox->settled = map_new();
    outbox->next_ms = load->next_ms;
    outbox->load_again = false;
    outbox->has_notices = load->has_notices;
    outbox->drained = !error && !again && !load->paused && load->n_ids < (size_t)load->limit;
    if (load->has_held && !outbox->removed)
        release_held(outbox);
    map_free(&load->known, NULL);
    map_free(&load->no_use, NULL);
    free(load->ids);
    free(load->notifier);
    free(load);
    if (again)
        outbox_load(outbox);
    outbox_pump(outbox);
    deliver_arm(outbox->deliver);
    deliver_sweep(outbox->deliver);
}

static struct map *copy_ids(const struct map *ids)
{
    struct map *copy = map_new();
    const void *key;
    void *value;
    size_t at = 0, len;
    while (map_next(ids, &at, &key, &len, &value))
        map_set(copy, key, len, value);
    return copy;
}

static size_t at_hand(const struct outbox *outbox)
{
    size_t n = 0;
    list_each (link, &outbox->due)
        n += !LIST_ITEM(link, struct item, link)->is_test;
    return n;
}

void outbox_load(struct outbox *outbox)
{
    if (outbox->removed || outbox->waking)
        return;
    outbox->load_again = outbox->loading;
    if (outbox->loading)
        return;
    struct load *load = NEW(struct load);
    load->outbox = outbox;
    load->notifier = mem_strdup(outbox_name(outbox));
    load->now_ms = loop_wall_ms(outbox->deliver->loop);
    /* Those that are out come on top; those at hand are a part of it. */
    load->limit = LOAD_BATCH + (int)(map_count(outbox->known) - at_hand(outbox));
    load->known = copy_ids(outbox->known);
    load->oldest_first = outbox->refusing;
    load->probe = outbox->probe;
    load->is_first = !outbox->is_asked;
    load->n_wakes = outbox->n_wakes;
    load->no_use = copy_ids(outbox->odd);
    list_init(&load->items);
    outbox->loading = true;
    outbox->n_store++;
    store_read(outbox->deliver->store, run_load, loaded, load);
}

void outbox_accept(struct outbox *outbox, struct store_due *due)
{
    bool is_next = outbox->drained && !outbox->loading && !outbox->refusing;
    if (is_next && map_count(outbox->known) < PUSH_MAX) {
        add_item(outbox, item_new(due));
        outbox_pump(outbox);
        return;
    }
    store_due_free(&due);
    outbox->drained = false;
    /* Else it is loaded when those have gone. */
    if (!order_others_wait(outbox))
        outbox_arrived(outbox);
}

void outbox_arrived(struct outbox *outbox)
{
    if (!order_others_wait(outbox))
        order_stir(outbox);
    outbox_load(outbox);
}

/* ---- taking back ---- */

bool outbox_has_at_hand(const struct outbox *outbox, const struct hash *id)
{
    return map_get(outbox->known, id->bytes, HASH_BYTES) && !find_due(outbox, id);
}

void outbox_withdraw(struct outbox *outbox, const struct hash *id)
{
    struct item *item = find_due(outbox, id);
    if (item) {
        list_remove(&item->link);
        map_remove(outbox->known, id->bytes, HASH_BYTES);
        item_free(&item);
    }
    if (outbox->loading)
        map_set(outbox->settled, id->bytes, HASH_BYTES, outbox);
}

/* ---- giving out ---- */

void outbox_take_token(struct outbox *outbox, const struct hash *alert, const char *token)
{
    list_each (link, &outbox->due) {
        struct item *item = LIST_ITEM(link, struct item, link);
        for (size_t i = 0; !item->is_test && i < item->due->n_told; i++) {
            struct store_told *told = &item->due->told[i];
            if (!hash_equal(&told->alert, alert))
                continue;
            free(told->token);
            told->token = mem_strdup(token);
        }
    }
}

/* One that has nothing at hand, else one that takes more. */
static struct carrier *free_carrier(struct outbox *outbox, size_t *n_carriers)
{
    struct carrier *free = NULL, *next = NULL;
    *n_carriers = 0;
    list_each (link, &outbox->carriers) {
        struct carrier *carrier = LIST_ITEM(link, struct carrier, link);
        if (carrier->retired || !carrier->host)
            continue;
        ++*n_carriers;
        if (carrier->ready && !carrier->item && !free)
            free = carrier;
        else if (carrier->item && carrier_takes_more(carrier) && !next)
            next = carrier;
    }
    return free ? free : next;
}

/* The first that may go now: while paused, only tests do. */
static struct item *next_item(struct outbox *outbox)
{
    list_each (link, &outbox->due) {
        struct item *item = LIST_ITEM(link, struct item, link);
        if (item->is_test || (!outbox->deliver->paused && order_may_go(outbox, item)))
            return item;
    }
    return NULL;
}

static bool may_spawn(const struct outbox *outbox, size_t n_carriers)
{
    size_t most = outbox->notifier->concurrency > 0 ? (size_t)outbox->notifier->concurrency : 1;
    return n_carriers < most && loop_now_ms(outbox->deliver->loop) >= outbox->spawn_ms;
}

void outbox_pump(struct outbox *outbox)
{
    size_t n_carriers;
    struct carrier *carrier = free_carrier(outbox, &n_carriers);
    struct item *item = next_item(outbox);
    if (outbox->removed)
        return;
    for (; item && carrier; item = next_item(outbox)) {
        list_remove(&item->link);
        order_goes(outbox, item);
        carrier_send(carrier, item);
        carrier = free_carrier(outbox, &n_carriers);
    }
    /* One is kept warm. More, when there is more to carry than those that start will take. */
    if ((item || !n_carriers) && may_spawn(outbox, n_carriers))
        carrier_spawn(outbox);
    deliver_arm(outbox->deliver);
}

void outbox_result(struct outbox *outbox, struct item *item, enum attempt attempt, int64_t delay_ms,
                   const char *reason, const struct ipc_texts *tokens)
{
    if (!item->is_test) {
        struct order_try try = {.id = item->due->id, .is_first = item->due->attempts == 0};
        try.next_ms = mark_result(outbox, item, attempt, delay_ms, reason, tokens);
        order_result(outbox, &try, attempt);
        if (list_empty(&outbox->due) && !outbox->drained)
            outbox_load(outbox);
        return;
    }
    const char *error = *reason ? reason : "the notifier gave no reason";
    item->tested(item->arg, attempt == ATTEMPT_OK ? NULL : error);
    item_free(&item);
}

bool outbox_under_way(const struct outbox *outbox)
{
    if (outbox->n_store)
        return true;
    list_each (link, &outbox->carriers) {
        if (LIST_ITEM(link, struct carrier, link)->item)
            return true;
    }
    return false;
}

bool outbox_idle(const struct outbox *outbox)
{
    return !outbox_under_way(outbox) && list_empty(&outbox->due);
}
