/*
 * The store's two threads and what goes to and fro; see store.h.
 *
 * The writer is a worker. A `round` is one of its jobs: it takes what stands in the queue, runs it
 * as one group and carries the finished operations back to the loop. A round is asked for as soon
 * as an operation finds the queue empty, so that the next group forms while the last one is synced.
 * A fault puts the whole group back to the head of the queue and blocks the writer until the loop's
 * back-off timer opens it again.
 */
#include "store/store.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/worker.h"
#include "store/open.h"
#include "store/reserve.h"
#include "store/snapshot.h"
#include "store/txn.h"
#include "store/wipe.h"
#include "store/words.h"

#define GROUP_MAX             2000
#define GROUP_TIGHT           8
#define RETRY_FIRST_MS        100
#define RETRY_MAX_MS          10000
#define CHECKPOINT_IDLE_PAGES 1000 /* 4 MiB: when nothing waits */
#define CHECKPOINT_BUSY_PAGES 8000 /* 32 MiB: in any case */

struct operation {
    struct list link;
    struct store *store;
    store_run_fn *run;
    store_done_fn *done;
    void *arg;
    char *error;
};

struct store {
    struct loop *loop;
    struct worker *writer, *reader;
    struct store_txn *write_txn, *read_txn; /* each on its thread */
    char *file;
    int wal_pages; /* the writer's */

    pthread_mutex_t lock;
    struct list queue; /* under lock */
    bool round_asked;  /* under lock: a round that has not begun */
    bool blocked;      /* under lock: since a fault, until the next try */
    bool last_try;     /* under lock: a fault gives the operations up */
    char *damage;      /* under lock: that was met, NULL none */

    size_t backlog; /* from here on: the loop's */
    char *fault;
    int64_t retry_ms;
    struct loop_timer *retry;
    void (*on_fault)(void *arg, const char *fault);
    void *on_fault_arg;
    void (*on_damage)(void *arg, const char *fault); /* NULL once it was told */
    void *on_damage_arg;
};

struct round {
    struct store *store;
    struct list group;
    bool ran;
    int wal_pages;
    char *fault;
};

static void take_group(struct store *store, size_t most, struct list *group)
{
    for (size_t n = 0; n < most; n++) {
        struct list *link = list_pop(&store->queue);
        if (!link)
            return;
        list_append(group, link);
    }
}

/* Before everything that came meanwhile, in the old order. */
static void put_back(struct store *store, struct list *group)
{
    while (!list_empty(group)) {
        struct list *last = group->prev;
        list_remove(last);
        list_insert(store->queue.next, last);
    }
}

typedef int txn_run_fn(struct store_txn *txn, store_run_fn *run, void *arg, bool *failed,
                       struct err *err);

/* Stops at the first operation that fails when `apart` is false: then nothing is to be kept. */
static int run_operations(struct store *store, struct list *group, bool apart, bool *has_failed)
{
    txn_run_fn *run = apart ? txn_run_apart : txn_run;
    *has_failed = false;
    list_each (link, group) {
        struct operation *operation = LIST_ITEM(link, struct operation, link);
        struct err err = {""};
        bool failed;
        if (run(store->write_txn, operation->run, operation->arg, &failed, &err) < 0)
            return -1;
        free(operation->error);
        operation->error = failed ? mem_strdup(err.text) : NULL;
        *has_failed |= failed;
        if (failed && !apart)
            return 0;
    }
    return 0;
}

/* Hardly an operation ever fails, and savepoints cost about as much as the operations themselves:
 * so they are only there for a group in which one has failed. */
static int run_group(struct store *store, struct list *group)
{
    bool has_failed;
    if (txn_begin(store->write_txn) < 0 || run_operations(store, group, false, &has_failed) < 0)
        return -1;
    if (has_failed) {
        txn_undo(store->write_txn);
        if (txn_begin(store->write_txn) < 0 || run_operations(store, group, true, &has_failed) < 0)
            return -1;
    }
    return txn_commit(store->write_txn);
}

static void give_up(struct list *group, const char *fault)
{
    list_each (link, group) {
        struct operation *operation = LIST_ITEM(link, struct operation, link);
        free(operation->error);
        operation->error = mem_strdup(fault);
    }
}

/* On the thread of `txn`, after an operation. */
static void look_for_damage(struct store *store, const struct store_txn *txn)
{
    if (!store->file || !txn_fault_is_damage(txn))
        return;
    open_mark_damage(store->file);
    pthread_mutex_lock(&store->lock);
    if (!store->damage)
        store->damage = mem_strdup(txn_fault(txn));
    pthread_mutex_unlock(&store->lock);
}

static void round_run(void *arg)
{
    struct round *round = arg;
    struct store *store = round->store;
    enum reserve reserve =
        store->file ? reserve_keep(txn_db(store->write_txn), store->file) : RESERVE_AMPLE;
    pthread_mutex_lock(&store->lock);
    store->round_asked = false;
    if (!store->blocked)
        take_group(store, reserve == RESERVE_AMPLE ? GROUP_MAX : GROUP_TIGHT, &round->group);
    pthread_mutex_unlock(&store->lock);
    round->ran = !list_empty(&round->group);
    if (!round->ran)
        return;
    bool committed = reserve != RESERVE_GONE && run_group(store, &round->group) == 0;
    round->wal_pages = store->wal_pages;
    if (committed)
        return;
    if (reserve == RESERVE_GONE) {
        round->fault = mem_printf("cannot use %s: its disk is full", store->file);
    } else {
        round->fault = mem_strdup(txn_fault(store->write_txn));
        look_for_damage(store, store->write_txn);
    }
    pthread_mutex_lock(&store->lock);
    if (store->last_try) {
        give_up(&round->group, round->fault);
    } else {
        store->blocked = true;
        put_back(store, &round->group);
    }
    pthread_mutex_unlock(&store->lock);
}

static int count_pages(void *arg, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    ((struct store *)arg)->wal_pages = pages;
    return SQLITE_OK;
}

/* A job of its own, so that nobody's `done` waits for it. */
static void checkpoint_run(void *arg)
{
    struct store *store = arg;
    /* A failure that lasts shows at the next commit. */
    sqlite3_wal_checkpoint_v2(txn_db(store->write_txn), NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
                              NULL);
    store->wal_pages = 0;
    pthread_mutex_lock(&store->lock);
    bool idle = list_empty(&store->queue);
    pthread_mutex_unlock(&store->lock);
    if (!idle)
        return;
    sqlite3_db_release_memory(txn_db(store->write_txn));
    malloc_trim(0); /* glibc would keep what a burst took, in pieces, for good */
}

static void round_done(void *arg);

static void ask_round(struct store *store)
{
    struct round *round = NEW(struct round);
    round->store = store;
    list_init(&round->group);
    worker_submit(store->writer, round_run, round_done, round);
}

/* Asks for a round if operations wait and none is on its way. */
static void ask_round_if_needed(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    bool needed = !list_empty(&store->queue) && !store->round_asked && !store->blocked;
    if (needed)
        store->round_asked = true;
    pthread_mutex_unlock(&store->lock);
    if (needed)
        ask_round(store);
}

static void say_fault(struct store *store, char *fault)
{
    free(store->fault);
    store->fault = fault;
    if (store->on_fault)
        store->on_fault(store->on_fault_arg, fault);
}

static void tell_damage(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    const char *damage = store->damage;
    pthread_mutex_unlock(&store->lock);
    if (!damage || !store->on_damage)
        return;
    void (*met)(void *arg, const char *fault) = store->on_damage;
    store->on_damage = NULL;
    met(store->on_damage_arg, damage);
}

static void note_outcome(struct store *store, char *fault)
{
    if (fault) {
        if (store->fault)
            free(fault);
        else
            say_fault(store, fault);
        loop_timer_set(store->retry, store->retry_ms);
        store->retry_ms = store->retry_ms * 2 > RETRY_MAX_MS ? RETRY_MAX_MS : store->retry_ms * 2;
    } else if (store->fault) {
        store->retry_ms = RETRY_FIRST_MS;
        say_fault(store, NULL);
    }
}

static void retry_fired(void *arg)
{
    struct store *store = arg;
    pthread_mutex_lock(&store->lock);
    store->blocked = false;
    pthread_mutex_unlock(&store->lock);
    ask_round_if_needed(store);
}

static void operation_done(void *arg)
{
    struct operation *operation = arg;
    operation->store->backlog--;
    if (operation->done)
        operation->done(operation->arg, operation->error);
    free(operation->error);
    free(operation);
}

static void round_done(void *arg)
{
    struct round *round = arg;
    struct store *store = round->store;
    if (round->ran)
        note_outcome(store, round->fault);
    tell_damage(store);
    for (struct list *link; (link = list_pop(&round->group));)
        operation_done(LIST_ITEM(link, struct operation, link));
    ask_round_if_needed(store);
    if (round->wal_pages >= (store->backlog ? CHECKPOINT_BUSY_PAGES : CHECKPOINT_IDLE_PAGES))
        worker_submit(store->writer, checkpoint_run, NULL, store);
    free(round);
}

static struct operation *operation_new(struct store *store, store_run_fn *run, store_done_fn *done,
                                       void *arg)
{
    struct operation *operation = NEW(struct operation);
    *operation = (struct operation){.store = store, .run = run, .done = done, .arg = arg};
    list_init(&operation->link);
    store->backlog++;
    return operation;
}

void store_write(struct store *store, store_run_fn *run, store_done_fn *done, void *arg)
{
    struct operation *operation = operation_new(store, run, done, arg);
    pthread_mutex_lock(&store->lock);
    list_append(&store->queue, &operation->link);
    pthread_mutex_unlock(&store->lock);
    ask_round_if_needed(store);
}

static void read_run(void *arg)
{
    struct operation *operation = arg;
    struct err err = {""};
    if (txn_read(operation->store->read_txn, operation->run, operation->arg, &err) == 0)
        return;
    operation->error = mem_strdup(err.text);
    look_for_damage(operation->store, operation->store->read_txn);
}

static void read_done(void *arg)
{
    struct store *store = ((struct operation *)arg)->store;
    operation_done(arg);
    tell_damage(store);
}

void store_read(struct store *store, store_run_fn *run, store_done_fn *done, void *arg)
{
    worker_submit(store->reader, read_run, read_done, operation_new(store, run, done, arg));
}

static void wipe_run(void *arg)
{
    struct operation *operation = arg;
    struct store *store = operation->store;
    struct err err = {""};
    sqlite3 *db = txn_db(store->write_txn);
    if (words_settle(db, &err) < 0 || wipe_deleted(db, &err) < 0)
        operation->error = mem_strdup(err.text);
    else
        store->wal_pages = 0;
}

void store_wipe(struct store *store, store_done_fn *done, void *arg)
{
    worker_submit(store->writer, wipe_run, operation_done, operation_new(store, NULL, done, arg));
}

/* ---- copies: made and removed on the reader's thread ---- */

struct snapshot {
    struct store *store;
    char *path, *error;
    void (*made)(void *arg, const char *path, const char *error);
    store_done_fn *removed;
    void *arg;
};

static void snapshot_run(void *arg)
{
    struct snapshot *snapshot = arg;
    struct store *store = snapshot->store;
    struct err err = {""};
    int result = !store->file ? err_set(&err, "the store is not in a file")
                 : snapshot->made
                     ? snapshot_make(txn_db(store->read_txn), store->file, &snapshot->path, &err)
                     : snapshot_remove(store->file, snapshot->path, &err);
    if (result < 0)
        snapshot->error = mem_strdup(err.text);
}

static void snapshot_done(void *arg)
{
    struct snapshot *snapshot = arg;
    snapshot->store->backlog--;
    if (snapshot->made)
        snapshot->made(snapshot->arg, snapshot->path, snapshot->error);
    else if (snapshot->removed)
        snapshot->removed(snapshot->arg, snapshot->error);
    free(snapshot->path);
    free(snapshot->error);
    free(snapshot);
}

static void snapshot_submit(struct store *store, const struct snapshot *snapshot)
{
    store->backlog++;
    worker_submit(store->reader, snapshot_run, snapshot_done,
                  mem_copy(snapshot, sizeof(*snapshot)));
}

void store_snapshot(struct store *store,
                    void (*done)(void *arg, const char *path, const char *error), void *arg)
{
    snapshot_submit(store, &(struct snapshot){.store = store, .made = done, .arg = arg});
}

void store_snapshot_remove(struct store *store, const char *path, store_done_fn *done, void *arg)
{
    snapshot_submit(
        store,
        &(struct snapshot){.store = store, .path = mem_strdup(path), .removed = done, .arg = arg});
}

size_t store_backlog(const struct store *store)
{
    return store->backlog;
}

const char *store_fault(const struct store *store)
{
    return store->fault;
}

void store_on_fault(struct store *store, void (*changed)(void *arg, const char *fault), void *arg)
{
    store->on_fault = changed;
    store->on_fault_arg = arg;
}

void store_on_damage(struct store *store, void (*met)(void *arg, const char *fault), void *arg)
{
    store->on_damage = met;
    store->on_damage_arg = arg;
}

static struct worker *new_writer(struct store *store)
{
    return worker_new(store->loop, "store-write");
}

static struct worker *new_reader(struct store *store)
{
    return worker_new(store->loop, "store-read");
}

/* A worker finishes when it is freed; what the `done`s ask for goes to its successor. One after the
 * other: what the writer's `done`s read is not for two readers, who would share one connection. */
static void finish(struct worker **worker, struct worker *successor)
{
    struct worker *old = *worker;
    *worker = successor;
    worker_free(&old);
}

enum store_opened store_open(struct loop *loop, const char *dir, struct store **store,
                             struct err *err)
{
    *store = NULL;
    struct open_result opened;
    enum store_opened result = open_database(dir, &opened, err);
    if (result == STORE_OPENED_FAILED || result == STORE_OPENED_NEWER)
        return result;
    struct store *s = NEW(struct store);
    s->loop = loop;
    s->file = opened.file;
    s->write_txn = txn_new(opened.writer);
    s->read_txn = txn_new(opened.reader);
    s->retry_ms = RETRY_FIRST_MS;
    s->retry = loop_timer_new(loop, retry_fired, s);
    pthread_mutex_init(&s->lock, NULL);
    list_init(&s->queue);
    sqlite3_wal_hook(opened.writer, count_pages, s);
    s->writer = new_writer(s);
    s->reader = new_reader(s);
    *store = s;
    return result;
}

void store_flush(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    store->last_try = true;
    store->blocked = false;
    pthread_mutex_unlock(&store->lock);
    loop_timer_stop(store->retry);
    while (store->backlog) {
        ask_round_if_needed(store);
        finish(&store->reader, new_reader(store));
        finish(&store->writer, new_writer(store));
    }
    pthread_mutex_lock(&store->lock);
    store->last_try = false;
    pthread_mutex_unlock(&store->lock);
}

void store_free(struct store **store)
{
    if (!*store)
        return;
    struct store *s = *store;
    store_flush(s);
    worker_free(&s->writer);
    worker_free(&s->reader);
    loop_timer_free(&s->retry);
    txn_free(&s->read_txn);
    txn_free(&s->write_txn);
    pthread_mutex_destroy(&s->lock);
    free(s->fault);
    free(s->damage);
    free(s->file);
    free(s);
    *store = NULL;
}
