/* The room: the outboxes of the configuration, their one timer, and what people ask. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/powers.h"
#include "base/str.h"
#include "deliver/inside.h"

static void time_has_come(void *arg);
static void sweep(void *arg);

struct deliver *deliver_new(struct loop *loop, struct hosts *hosts, struct store *store,
                            const struct deliver_ops *ops, void *arg)
{
    struct deliver *deliver = NEW(struct deliver);
    *deliver =
        (struct deliver){.loop = loop, .hosts = hosts, .store = store, .ops = *ops, .arg = arg};
    deliver->awake_ms = loop_wall_ms(loop);
    list_init(&deliver->outboxes);
    list_init(&deliver->old_outboxes);
    deliver->withheld = map_new();
    deliver->timer = loop_timer_new(loop, time_has_come, deliver);
    deliver->sweep = loop_timer_new(loop, sweep, deliver);
    return deliver;
}

static void free_outboxes(struct list *outboxes)
{
    list_each_safe (link, outboxes) {
        struct outbox *outbox = LIST_ITEM(link, struct outbox, link);
        outbox_free(&outbox);
    }
}

void deliver_free(struct deliver **deliver)
{
    if (!*deliver)
        return;
    free_outboxes(&(*deliver)->outboxes);
    free_outboxes(&(*deliver)->old_outboxes);
    loop_timer_free(&(*deliver)->timer);
    loop_timer_free(&(*deliver)->sweep);
    map_free(&(*deliver)->withheld, NULL);
    config_unref(&(*deliver)->config);
    free(*deliver);
    *deliver = NULL;
}

struct outbox *deliver_find(const struct deliver *deliver, const char *notifier)
{
    list_each (link, &deliver->outboxes) {
        struct outbox *outbox = LIST_ITEM(link, struct outbox, link);
        if (strcmp(outbox_name(outbox), notifier) == 0)
            return outbox;
    }
    return NULL;
}

/* ---- time ---- */

/* Until when nothing of this outbox happens by itself; -1: for good. */
static int64_t wait_of(const struct outbox *outbox)
{
    struct loop *loop = outbox->deliver->loop;
    int64_t wait_ms = -1;
    if (outbox->next_ms)
        wait_ms = outbox->next_ms - loop_wall_ms(loop);
    int64_t spawn_ms = outbox->spawn_ms - loop_now_ms(loop);
    if (outbox->spawn_ms && (wait_ms < 0 || spawn_ms < wait_ms))
        wait_ms = spawn_ms;
    return outbox->next_ms || outbox->spawn_ms ? (wait_ms > 0 ? wait_ms : 0) : -1;
}

void deliver_arm(struct deliver *deliver)
{
    int64_t earliest_ms = -1;
    list_each (link, &deliver->outboxes) {
        int64_t wait_ms = wait_of(LIST_ITEM(link, struct outbox, link));
        if (wait_ms >= 0 && (earliest_ms < 0 || wait_ms < earliest_ms))
            earliest_ms = wait_ms;
    }
    if (earliest_ms < 0)
        loop_timer_stop(deliver->timer);
    else
        loop_timer_set(deliver->timer, earliest_ms);
}

static void time_has_come(void *arg)
{
    struct deliver *deliver = arg;
    int64_t now_ms = loop_now_ms(deliver->loop), wall_ms = loop_wall_ms(deliver->loop);
    list_each (link, &deliver->outboxes) {
        struct outbox *outbox = LIST_ITEM(link, struct outbox, link);
        if (outbox->next_ms && outbox->next_ms <= wall_ms) {
            outbox->next_ms = 0;
            order_stir(outbox);
            outbox_load(outbox);
        }
        if (outbox->spawn_ms && outbox->spawn_ms <= now_ms) {
            outbox->spawn_ms = 0;
            outbox_pump(outbox);
        }
    }
    deliver_arm(deliver);
}

void deliver_sweep(struct deliver *deliver)
{
    loop_timer_set(deliver->sweep, 0);
}

static void sweep_carriers(struct outbox *outbox)
{
    list_each_safe (link, &outbox->carriers) {
        struct carrier *carrier = LIST_ITEM(link, struct carrier, link);
        if (!carrier->host)
            carrier_free(&carrier);
    }
}

/* Not from within a host's own callback, which still uses what would be freed. */
static void sweep(void *arg)
{
    struct deliver *deliver = arg;
    list_each_safe (link, &deliver->old_outboxes) {
        struct outbox *outbox = LIST_ITEM(link, struct outbox, link);
        sweep_carriers(outbox);
        if (list_empty(&outbox->carriers) && !outbox->n_store)
            outbox_free(&outbox);
    }
    list_each (link, &deliver->outboxes) {
        struct outbox *outbox = LIST_ITEM(link, struct outbox, link);
        sweep_carriers(outbox);
        outbox_pump(outbox);
    }
}

/* ---- configuration ---- */

struct cancel {
    struct deliver *deliver;
    struct config *config;
    int64_t now_ms;
    struct store_txn *txn;
    char **gone;
    size_t n_gone, cap_gone;
};

static void take_notifier(void *arg, const char *notifier)
{
    struct cancel *cancel = arg;
    if (config_notifier_find(cancel->config, notifier))
        return;
    cancel->gone =
        mem_grow(cancel->gone, &cancel->cap_gone, cancel->n_gone + 1, sizeof(*cancel->gone));
    cancel->gone[cancel->n_gone++] = mem_strdup(notifier);
}

static void forget_gone(struct cancel *cancel)
{
    for (size_t i = 0; i < cancel->n_gone; i++)
        free(cancel->gone[i]);
    cancel->n_gone = 0;
}

static int run_cancel(struct store_txn *txn, void *arg, struct err *err)
{
    struct cancel *cancel = arg;
    forget_gone(cancel);
    if (store_delivery_notifiers(txn, take_notifier, cancel, err) < 0)
        return -1;
    for (size_t i = 0; i < cancel->n_gone; i++) {
        if (store_delivery_cancel(txn, cancel->gone[i], "the notifier was removed", cancel->now_ms,
                                  err) < 0)
            return -1;
    }
    return 0;
}

static void cancel_done(void *arg, const char *error)
{
    struct cancel *cancel = arg;
    cancel->deliver->n_store--;
    if (error)
        log_error("deliveries of removed notifiers were not cancelled: %s", error);
    for (size_t i = 0; !error && i < cancel->n_gone; i++)
        log_notice("notifier \"%s\" was removed: its open deliveries are cancelled",
                   cancel->gone[i]);
    forget_gone(cancel);
    free(cancel->gone);
    config_unref(&cancel->config);
    free(cancel);
}

static void cancel_removed(struct deliver *deliver)
{
    struct cancel *cancel = NEW(struct cancel);
    cancel->deliver = deliver;
    cancel->config = config_ref(deliver->config);
    cancel->now_ms = loop_wall_ms(deliver->loop);
    deliver->n_store++;
    store_write(deliver->store, run_cancel, cancel_done, cancel);
}

static void remove_outbox(struct outbox *outbox)
{
    outbox->removed = true;
    for (struct list *link; (link = list_pop(&outbox->due));) {
        struct item *item = LIST_ITEM(link, struct item, link);
        if (item->is_test)
            item->tested(item->arg, "the notifier was removed");
        item_free(&item);
    }
    list_each (link, &outbox->carriers)
        carrier_retire(LIST_ITEM(link, struct carrier, link));
    outbox_trouble_over(outbox);
    list_remove(&outbox->link);
    list_append(&outbox->deliver->old_outboxes, &outbox->link);
}

void deliver_configure(struct deliver *deliver, struct config *config)
{
    struct config *old = deliver->config;
    deliver->config = config_ref(config);
    list_each_safe (link, &deliver->outboxes) {
        struct outbox *outbox = LIST_ITEM(link, struct outbox, link);
        if (!config_notifier_find(config, outbox_name(outbox)))
            remove_outbox(outbox);
    }
    for (size_t i = 0; i < config->n_notifiers; i++) {
        const struct config_notifier *notifier = &config->notifiers[i];
        struct outbox *outbox = old ? deliver_find(deliver, notifier->plugin.name) : NULL;
        if (!outbox) {
            outbox = outbox_new(deliver);
            list_append(&deliver->outboxes, &outbox->link);
        }
        outbox_configure(outbox, config, notifier);
        if (!old)
            clock_look(outbox);
    }
    config_unref(&old);
    cancel_removed(deliver);
    deliver_sweep(deliver);
    deliver_arm(deliver);
}

/* ---- what others ask ---- */

void deliver_tell(struct deliver *deliver, const char *notifier, const struct hash *id,
                  const char *state, int64_t attempts, const char *reason)
{
    char hex[HASH_HEX_SIZE];
    if (deliver->ops.is_followed && !deliver->ops.is_followed(deliver->arg))
        return;
    hash_hex(id, HASH_BYTES, hex);
    json_t *event = json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "event", "delivery", "notifier",
                              notifier, "delivery", hex, "state", state, "attempts",
                              (json_int_t)attempts, "reason", reason);
    if (event && deliver->ops.event)
        deliver->ops.event(deliver->arg, event);
    json_decref(event);
}

void deliver_kick(struct deliver *deliver, const char *notifier)
{
    struct outbox *outbox = deliver_find(deliver, notifier);
    if (outbox)
        outbox_arrived(outbox);
}

void deliver_push(struct deliver *deliver, const char *notifier, struct store_due *due)
{
    struct outbox *outbox = deliver_find(deliver, notifier);
    if (outbox)
        outbox_accept(outbox, due);
    else
        store_due_free(&due);
}

void deliver_pause(struct deliver *deliver, bool paused)
{
    deliver->paused = paused;
    list_each (link, &deliver->outboxes) {
        struct outbox *outbox = LIST_ITEM(link, struct outbox, link);
        if (!paused) {
            order_stir(outbox);
            outbox_load(outbox);
        }
        outbox_pump(outbox);
    }
}

void deliver_test(struct deliver *deliver, const char *notifier,
                  void (*done)(void *arg, const char *error), void *arg)
{
    struct outbox *outbox = deliver_find(deliver, notifier);
    if (!outbox || outbox->state == OUTBOX_DOWN) {
        done(arg, outbox ? outbox->why : "there is no such notifier");
        return;
    }
    int64_t now_ms = loop_wall_ms(deliver->loop);
    struct store_due *due = NEW(struct store_due);
    due->summary = mem_strdup("");
    randombytes_buf(due->id.bytes, HASH_BYTES);
    due->told = NEW_N(struct store_told, 1);
    due->n_told = due->n_total = 1;
    due->told[0] = (struct store_told){
        .alert = due->id,
        .revision = due->id,
        .number = 1,
        .severity = TOCSIN_NORMAL,
        .n_sources = 1,
        .detector = mem_strdup("tocsin"),
        .topic = mem_strdup("test"),
        .headline = mem_strdup("This is a test of tocsin"),
        .change = mem_strdup(""),
        .labels = mem_strdup("[]"),
        .fields = mem_strdup("{}"),
        .evidence = mem_strdup("[{\"mark\":[17,22],\"quote\":\"Alerts from here reach you.\"}]"),
        .title = mem_strdup("A test"),
        .root = mem_strdup(""),
        .path = mem_strdup(""),
        .source = mem_strdup(""),
        .token = mem_strdup(""),
        .date = str_date_from_ms(now_ms),
        .created_ms = now_ms,
        .started_ms = now_ms,
    };
    struct item *item = NEW(struct item);
    *item = (struct item){.due = due, .tested = done, .arg = arg, .is_test = true};
    list_init(&item->link);
    list_insert(outbox->due.next, &item->link);
    outbox_pump(outbox);
}

bool deliver_idle(const struct deliver *deliver)
{
    if (deliver->n_store || !list_empty(&deliver->old_outboxes))
        return false;
    list_each (link, &deliver->outboxes) {
        if (!outbox_idle(LIST_ITEM(link, struct outbox, link)))
            return false;
    }
    return true;
}

/* ---- counts ---- */

void deliver_each_counts(const struct deliver *deliver,
                         void (*each)(void *arg, const char *notifier, bool is_up,
                                      const struct deliver_counts *counts),
                         void *arg)
{
    list_each (link, &deliver->outboxes) {
        const struct outbox *outbox = LIST_ITEM(link, struct outbox, link);
        each(arg, outbox_name(outbox), outbox->state == OUTBOX_UP, &outbox->counts);
    }
}

/* ---- status ---- */

struct status {
    struct deliver *deliver;
    json_t *counts; /* {notifier: {state: n, "oldest_ms"}} */
    void (*done)(void *arg, json_t *list, const char *error);
    void *arg;
};

static void take_count(void *arg, const char *notifier, const char *state, int64_t n,
                       int64_t oldest_ms)
{
    struct status *status = arg;
    json_t *counts = json_object_get(status->counts, notifier);
    if (!counts) {
        counts = json_object();
        json_object_set_new(status->counts, notifier, counts);
    }
    json_object_set_new(counts, state, json_integer(n));
    bool is_open = strcmp(state, "queued") == 0 || strcmp(state, "held") == 0 ||
                   strcmp(state, "deferred") == 0 || strcmp(state, "unknown") == 0;
    json_int_t known = json_integer_value(json_object_get(counts, "oldest_ms"));
    if (is_open && (!known || oldest_ms < known))
        json_object_set_new(counts, "oldest_ms", json_integer(oldest_ms));
}

static int run_counts(struct store_txn *txn, void *arg, struct err *err)
{
    struct status *status = arg;
    json_decref(status->counts);
    status->counts = json_object();
    return store_delivery_counts(txn, take_count, status, err);
}

static json_t *status_of(const struct outbox *outbox)
{
    static const char *const words[] = {
        [OUTBOX_STARTING] = "starting", [OUTBOX_UP] = "up", [OUTBOX_DOWN] = "down"};
    int sending = 0;
    list_each (link, &outbox->carriers) {
        const struct carrier *carrier = LIST_ITEM(link, struct carrier, link);
        sending += (carrier->item != NULL) + (int)carrier->n_behind;
    }
    const struct config_notifier *notifier = outbox->notifier;
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:i}", "notifier", outbox_name(outbox),
                     "plugin", notifier->plugin.plugin, "state", words[outbox->state], "why",
                     outbox->state == OUTBOX_DOWN && outbox->why ? outbox->why : "", "powers",
                     powers_name(notifier->plugin.powers), "concurrency",
                     (json_int_t)notifier->concurrency, "sending", sending);
}

/* Adds the counts; those that the store knows nothing of are 0. */
static void add_counts(json_t *entry, const json_t *counts)
{
    static const char *const keys[] = {"queued", "held",      "deferred",   "unknown",  "sent",
                                       "dead",   "cancelled", "superseded", "oldest_ms"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        json_object_set_new(entry, keys[i],
                            json_integer(json_integer_value(json_object_get(counts, keys[i]))));
}

static json_t *status_list(const struct status *status)
{
    json_t *list = json_array();
    list_each (link, &status->deliver->outboxes) {
        const struct outbox *outbox = LIST_ITEM(link, struct outbox, link);
        json_t *entry = status_of(outbox);
        add_counts(entry, json_object_get(status->counts, outbox_name(outbox)));
        json_object_del(status->counts, outbox_name(outbox));
        json_array_append_new(list, entry);
    }
    const char *name;
    json_t *counts;
    json_object_foreach(status->counts, name, counts)
    {
        json_t *entry =
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i}", "notifier", name, "plugin", "",
                      "state", "removed", "why", "", "powers", "", "concurrency", 0, "sending", 0);
        add_counts(entry, counts);
        json_array_append_new(list, entry);
    }
    return list;
}

static void counted(void *arg, const char *error)
{
    struct status *status = arg;
    status->deliver->n_store--;
    status->done(status->arg, error ? NULL : status_list(status), error);
    json_decref(status->counts);
    free(status);
}

void deliver_status(struct deliver *deliver,
                    void (*done)(void *arg, json_t *list, const char *error), void *arg)
{
    struct status *status = NEW(struct status);
    *status = (struct status){.deliver = deliver, .done = done, .arg = arg};
    deliver->n_store++;
    store_read(deliver->store, run_counts, counted, status);
}
