/* The rooms wired together, and what came of it; see world.h. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/list.h"
#include "base/mem.h"
#include "config/timing.h"
#include "store/views.h"

#define MAX_ITEMS 16
#define STORY_MS  (7 * INT64_C(86400000))

struct linked_ring {
    struct list link;
    struct ring ring;
};

struct world {
    struct loop *loop;
    char dir[64];
    struct store *store;
    struct alerts *alerts;
    struct deliver *deliver;
    struct hosts *hosts;
    struct config config; /* the one being written */
    struct config_notifier notifiers[MAX_ITEMS];
    struct config_plugin detectors[2];
    struct config_route routes[MAX_ITEMS * 4]; /* removed ones, too: snapshots share their texts */
    size_t first_route;                        /* of those that are not removed */
    struct config_expect expect[MAX_ITEMS];
    /* Snapshots in force: never freed before the world, because the rooms count references. */
    struct config *snapshots[MAX_ITEMS * 4];
    size_t n_snapshots;
    char *names[MAX_ITEMS * 4]; /* of notifiers, removed ones too: snapshots share them */
    size_t n_names;
    struct list rings;
    char last_alert[HASH_HEX_SIZE], last_outcome[64];
    json_t *answer;
    char *error;
    bool answered;
};

static void attempted(void *arg, const struct fake_attempt *attempt)
{
    struct world *world = arg;
    struct linked_ring *linked = NEW(struct linked_ring);
    linked->ring = (struct ring){.notifier = mem_strdup(attempt->notifier),
                                 .id = mem_strdup(attempt->id),
                                 .summary = mem_strdup(attempt->summary),
                                 .headline = mem_strdup(attempt->headline),
                                 .change = mem_strdup(attempt->change),
                                 .alert_id = mem_strdup(attempt->alert_id),
                                 .token = mem_strdup(attempt->token),
                                 .told = mem_strdup(attempt->told),
                                 .attempt = attempt->attempt,
                                 .count = attempt->count,
                                 .n_sources = attempt->n_sources,
                                 .notice = attempt->notice,
                                 .until_ms = attempt->until_ms,
                                 .ok = attempt->ok,
                                 .at_ms = loop_wall_ms(world->loop),
                                 .loop_ms = loop_now_ms(world->loop)};
    list_init(&linked->link);
    list_append(&world->rings, &linked->link);
}

static void on_jump(void *arg, int64_t by_ms)
{
    (void)by_ms;
    struct world *world = arg;
    if (world->deliver)
        deliver_clock_jumped(world->deliver);
}

struct world *world_new(void)
{
    static char topics[] = "topics", lemans[] = "lemans"; /* as scripts' findings name them */
    struct world *world = NEW(struct world);
    world->loop = loop_new();
    snprintf(world->dir, sizeof(world->dir), "/tmp/tocsin-scenario-XXXXXX");
    if (!mkdtemp(world->dir))
        abort();
    static const struct config_at at = {.file = "tocsin.yaml", .line = 1};
    world->detectors[0] = (struct config_plugin){.name = topics, .at = at};
    world->detectors[1] = (struct config_plugin){.name = lemans, .at = at};
    world->config.detectors = world->detectors;
    world->config.n_detectors = ARRAY_LEN(world->detectors);
    world->config.keep.story_ms = STORY_MS;
    list_init(&world->rings);
    fake_hosts_reset(attempted, world);
    loop_on_jump(world->loop, on_jump, world);
    return world;
}

struct config_notifier *world_notifier(struct world *world, const char *name)
{
    for (size_t i = 0; i < world->config.n_notifiers; i++) {
        if (strcmp(world->notifiers[i].plugin.name, name) == 0)
            return &world->notifiers[i];
    }
    if (world->config.n_notifiers == MAX_ITEMS)
        abort();
    struct config_notifier *notifier = &world->notifiers[world->config.n_notifiers++];
    if (world->n_names == ARRAY_LEN(world->names))
        abort();
    char *own = world->names[world->n_names++] = mem_strdup(name);
    *notifier =
        (struct config_notifier){.plugin = {.name = own, .plugin = own, .deadline_ms = 30000},
                                 .per_minute = -1,
                                 .retry_first_ms = 10000,
                                 .retry_max_ms = 600000,
                                 .give_up_ms = 86400000,
                                 .concurrency = 1};
    notifier->plugin.hash = hash_bytes(name, strlen(name));
    return notifier;
}

void world_remove(struct world *world, const char *name)
{
    struct config_notifier *gone = world_notifier(world, name);
    *gone = world->notifiers[--world->config.n_notifiers];
}

void world_keep_sent(struct world *world, int64_t ms)
{
    world->config.keep.sent_ms = ms;
}

struct config_route *world_route(struct world *world)
{
    if (world->first_route + world->config.n_routes == ARRAY_LEN(world->routes))
        abort();
    return &world->routes[world->first_route + world->config.n_routes++];
}

void world_remove_routes(struct world *world)
{
    world->first_route += world->config.n_routes;
    world->config.n_routes = 0;
}

void world_expect(struct world *world, struct config_texts topics, int64_t within_ms)
{
    if (world->config.n_expect == MAX_ITEMS)
        abort();
    world->expect[world->config.n_expect++] =
        (struct config_expect){.topics = topics, .within_ms = within_ms};
}

static struct config *snapshot(struct world *world)
{
    struct config *config = mem_copy(&world->config, sizeof(world->config));
    config->refs = 1;
    config->notifiers = mem_copy(world->notifiers, sizeof(world->notifiers));
    config->routes = mem_copy(world->routes + world->first_route,
                              (world->config.n_routes + 1) * sizeof(*world->routes));
    config->expect = world->expect; /* are only ever added to */
    if (world->n_snapshots == ARRAY_LEN(world->snapshots))
        abort();
    return world->snapshots[world->n_snapshots++] = config;
}

/* ---- wiring, as in tocsind ---- */

static void on_queued(void *arg, const char *notifier, struct store_due *due)
{
    struct world *world = arg;
    if (world->deliver && due)
        deliver_push(world->deliver, notifier, due);
    else if (world->deliver)
        deliver_kick(world->deliver, notifier);
    else
        store_due_free(&due);
}

static void on_withdrawn(void *arg, const struct hash *ids, size_t n)
{
    struct world *world = arg;
    if (world->deliver)
        deliver_reread(world->deliver, ids, n);
}

static void on_event(void *arg, const json_t *event)
{
    struct world *world = arg;
    const char *alert = json_string_value(json_object_get(event, "alert"));
    const char *outcome = json_string_value(json_object_get(event, "outcome"));
    if (alert)
        snprintf(world->last_alert, sizeof(world->last_alert), "%s", alert);
    if (outcome)
        snprintf(world->last_outcome, sizeof(world->last_outcome), "%s", outcome);
}

static void on_trouble(void *arg, const char *subject, const char *text)
{
    alerts_trouble(((struct world *)arg)->alerts, subject, text);
}

static void on_trouble_over(void *arg, const char *subject)
{
    alerts_trouble_over(((struct world *)arg)->alerts, subject);
}

static void on_action(void *arg, const char *alert_id, const char *verb)
{
    alerts_action(((struct world *)arg)->alerts, alert_id, verb, NULL, NULL);
}

static void start(struct world *world)
{
    static const struct alerts_ops alerts_ops = {
        .queued = on_queued, .withdrawn = on_withdrawn, .event = on_event};
    static const struct deliver_ops deliver_ops = {
        .trouble = on_trouble, .trouble_over = on_trouble_over, .action = on_action};
    struct err err;
    if (store_open(world->loop, world->dir, &world->store, &err) < 0) {
        fprintf(stderr, "# %s\n", err.text);
        abort();
    }
    world->hosts = hosts_new(world->loop, &(struct hosts_paths){0});
    world->alerts = alerts_new(world->loop, world->store, &alerts_ops, world);
    world->deliver = deliver_new(world->loop, world->hosts, world->store, &deliver_ops, world);
}

static void stop(struct world *world)
{
    if (!world->store)
        return;
    store_flush(world->store);
    deliver_free(&world->deliver);
    store_flush(world->store);
    alerts_free(&world->alerts);
    hosts_free(&world->hosts);
    store_free(&world->store);
}

void world_configure(struct world *world)
{
    if (!world->store)
        start(world);
    struct config *config = snapshot(world);
    alerts_configure(world->alerts, config);
    deliver_configure(world->deliver, config);
}

void world_restart(struct world *world)
{
    stop(world);
    world_configure(world);
}

static const char *const store_files[] = {"tocsin.db", "tocsin.db-wal"};

static void copy_file(const char *from, const char *to)
{
    char bytes[16384];
    FILE *in = fopen(from, "re"), *out = fopen(to, "we");
    size_t n;
    if (!in || !out)
        abort();
    while ((n = fread(bytes, 1, sizeof(bytes), in)))
        if (fwrite(bytes, 1, n, out) != n)
            abort();
    if (ferror(in) || fclose(out) != 0)
        abort();
    fclose(in);
}

/* The files of the store under another suffix, or back under their own. */
static void store_copy(const struct world *world, const char *from, const char *to)
{
    for (size_t i = 0; i < ARRAY_LEN(store_files); i++) {
        AUTO_FREE char *source = mem_printf("%s/%s%s", world->dir, store_files[i], from);
        AUTO_FREE char *target = mem_printf("%s/%s%s", world->dir, store_files[i], to);
        copy_file(source, target);
    }
}

void world_crash(struct world *world)
{
    store_copy(world, "", ".crash");
    stop(world);
    store_copy(world, ".crash", "");
    world_configure(world);
}

void ring_free(struct ring **ring)
{
    struct ring *r = *ring;
    *ring = NULL;
    if (!r)
        return;
    char *texts[] = {r->notifier, r->id,       r->summary, r->headline,
                     r->change,   r->alert_id, r->token,   r->told};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        free(texts[i]);
    free(LIST_ITEM(r, struct linked_ring, ring));
}

static void remove_dir(const char *dir)
{
    static const char *const names[] = {"tocsin.db", "tocsin.db-wal", "tocsin.db-shm",
                                        "tocsin.db.crash", "tocsin.db-wal.crash"};
    char path[128];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
}

static void free_texts(struct config_texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        free(texts->items[i]);
    free(texts->items);
}

void world_free(struct world **world)
{
    struct world *w = *world;
    stop(w);
    for (struct list *link; (link = list_pop(&w->rings));) {
        struct ring *ring = &LIST_ITEM(link, struct linked_ring, link)->ring;
        ring_free(&ring);
    }
    for (size_t i = 0; i < w->n_snapshots; i++) {
        free(w->snapshots[i]->notifiers);
        free(w->snapshots[i]->routes);
        free(w->snapshots[i]);
    }
    for (size_t i = 0; i < w->n_names; i++)
        free(w->names[i]);
    for (size_t i = 0; i < w->first_route + w->config.n_routes; i++) {
        free_texts(&w->routes[i].topics);
        free_texts(&w->routes[i].labels);
        free_texts(&w->routes[i].sources);
        free_texts(&w->routes[i].notify);
        free_texts(&w->routes[i].quiet);
        free_texts(&w->routes[i].remind);
        timing_free(&w->routes[i].timing);
    }
    for (size_t i = 0; i < w->config.n_expect; i++)
        free_texts(&w->expect[i].topics);
    remove_dir(w->dir);
    loop_free(&w->loop);
    free(w);
    *world = NULL;
}

/* ---- time ---- */

static bool at_rest(void *arg)
{
    struct world *world = arg;
    return store_backlog(world->store) == 0 && alerts_idle(world->alerts);
}

bool world_settle(struct world *world)
{
    return fake_loop_wait(world->loop, at_rest, world);
}

static void settle(void *arg)
{
    if (!world_settle(arg))
        abort();
}

void world_pass(struct world *world, int64_t ms)
{
    fake_loop_advance(world->loop, ms, settle, world);
}

bool world_idle(const struct world *world)
{
    return alerts_idle(world->alerts) && deliver_idle(world->deliver) &&
           fake_loop_timers(world->loop) == 1;
}

/* ---- what came of it ---- */

struct alerts *world_alerts(struct world *world)
{
    return world->alerts;
}

struct deliver *world_deliver(struct world *world)
{
    return world->deliver;
}

struct store *world_store(struct world *world)
{
    return world->store;
}

struct loop *world_loop(struct world *world)
{
    return world->loop;
}

struct hosts *world_hosts(struct world *world)
{
    return world->hosts;
}

struct ring *world_ring(struct world *world, const char *notifier)
{
    list_each (link, &world->rings) {
        struct linked_ring *linked = LIST_ITEM(link, struct linked_ring, link);
        if (strcmp(linked->ring.notifier, notifier) != 0)
            continue;
        list_remove(&linked->link);
        return &linked->ring;
    }
    return NULL;
}

const struct ring *world_any_ring(const struct world *world)
{
    if (list_empty(&world->rings))
        return NULL;
    return &LIST_ITEM(world->rings.next, struct linked_ring, link)->ring;
}

const char *world_last_alert(const struct world *world)
{
    return world->last_alert;
}

const char *world_last_outcome(const struct world *world)
{
    return world->last_outcome;
}

static bool has_answer(void *arg)
{
    return ((struct world *)arg)->answered;
}

void world_answer(void *arg, json_t *result, const char *error)
{
    struct world *world = arg;
    world->answer = result;
    if (error && world->error)
        snprintf(world->error, 256, "%s", error);
    world->answered = true;
}

void world_acted(void *arg, const char *error)
{
    world_answer(arg, NULL, error);
}

json_t *world_ask(struct world *world, void (*ask)(struct world *world, void *arg), void *arg,
                  char *error)
{
    world->answered = false;
    world->answer = NULL;
    world->error = error;
    error[0] = '\0';
    ask(world, arg);
    if (!fake_loop_wait(world->loop, has_answer, world))
        snprintf(error, 256, "no answer came");
    return world->answer;
}

/* ---- looking into the store ---- */

struct look {
    struct world *world;
    json_t *list;
};

static int look(struct store_txn *txn, void *arg, struct err *err)
{
    return store_view_deliveries(txn,
                                 "[\"queued\",\"held\",\"deferred\",\"unknown\",\"dead\",\"sent\","
                                 "\"cancelled\",\"superseded\"]",
                                 1000, &((struct look *)arg)->list, err);
}

static void looked(void *arg, const char *error)
{
    struct look *look = arg;
    world_answer(look->world, look->list, error);
    free(look);
}

void world_ask_deliveries(struct world *world, void *arg)
{
    (void)arg;
    struct look *asked = NEW(struct look);
    asked->world = world;
    store_read(world->store, look, looked, asked);
}
