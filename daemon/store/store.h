/*
 * The store: one SQLite database, the memory of the daemon. Every statement of SQL is in this
 * folder; store/documents.h, store/alerts.h and store/deliveries.h declare them, typed.
 *
 * One writer thread owns the writing connection (WAL, synchronous=FULL). Rooms hand it operations:
 * functions that run on that thread inside a transaction, read and write through typed statements,
 * and may decide (the alert policy does). What stands in the queue when the writer comes round is
 * one transaction; an operation that fails is rolled back alone and says why (the others are run a
 * second time for it). `done` runs on the loop after the commit is on disk, in the order of asking.
 * One reader thread answers questions on a connection that cannot write.
 */
#ifndef TOCSIN_STORE_STORE_H
#define TOCSIN_STORE_STORE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"

struct store;
struct store_txn; /* a connection within a transaction; valid during one operation */

#define STORE_SCHEMA_VERSION 18

enum store_opened {
    STORE_OPENED_FAILED = -1,
    STORE_OPENED_OLD = 0, /* there before */
    STORE_OPENED_NEW,     /* made now */
    STORE_OPENED_NEWER,   /* written by a newer tocsin: untouched; exit 78 */
    STORE_OPENED_DAMAGED, /* kept aside, another begun: err says it all, and at each start until
                             every source has its baseline */
};

/* Opens or makes DIR/tocsin.db, migrates it, starts the threads. Blocks: for start-up only.
 * `*store` is set for OLD, NEW and DAMAGED. The directory above DIR must exist. `:memory:` as dir
 * keeps all in memory, with the same threads. */
enum store_opened store_open(struct loop *loop, const char *dir, struct store **store,
                             struct err *err);
/* Finishes what is queued and what that asks for in its turn, calling every `done`, and waits for
 * it: at the end of the program, before the rooms that asked are freed. While writing fails there
 * is one more try; then the operations are given up, with the reason as their error. */
void store_flush(struct store *store);
/* store_flush, then ends the threads. */
void store_free(struct store **store);

/* An operation. Returns 0, or -1 with the reason: then all it wrote is undone. When the disk fails,
 * or an operation beside it, it is run again, so it must not consume `arg`: what `arg` holds is
 * released by `done`. */
typedef int store_run_fn(struct store_txn *txn, void *arg, struct err *err);
/* `error` is NULL when the operation is durably committed, else a sentence. A failing disk (full,
 * read-only) keeps write operations waiting and tries again with back-off, so that nothing is lost:
 * then `done` is simply late, and the fault is said once (store_on_fault). */
typedef void store_done_fn(void *arg, const char *error);

/* `arg` belongs to the operation until `done`, which may be NULL. Loop thread only. */
void store_write(struct store *store, store_run_fn *run, store_done_fn *done, void *arg);
/* As store_write, on the reader thread: sees the last commit, cannot write. */
void store_read(struct store *store, store_run_fn *run, store_done_fn *done, void *arg);
/* After the operations asked for so far: what was deleted is gone from the files, too. The writer
 * reads every table for it. It fails while the reader is at work for long: then try it again. */
void store_wipe(struct store *store, store_done_fn *done, void *arg);
/* A consistent copy of the store in a file beside it, for a back-up, made by the reader: `done`
 * gets its path, or NULL and the error. It is removed by the next start, or before. */
void store_snapshot(struct store *store,
                    void (*done)(void *arg, const char *path, const char *error), void *arg);
/* Refuses a path that is not that of such a copy. */
void store_snapshot_remove(struct store *store, const char *path, store_done_fn *done, void *arg);
/* Operations that wait or run. */
size_t store_backlog(const struct store *store);
/* Why writing fails at present, NULL when it works. */
const char *store_fault(const struct store *store);
/* Told on the loop when writing begins to fail (its text) and works again (NULL). */
void store_on_fault(struct store *store, void (*changed)(void *arg, const char *fault), void *arg);

/* Told on the loop, once, when a read or a write has met a damaged page: the next start will check
 * the whole store, and there is no use in going on before. */
void store_on_damage(struct store *store, void (*met)(void *arg, const char *fault), void *arg);

/* ---- for the statement files of this folder, and only for them ---- */

/* The prepared statement for `sql`, which must be a string literal (it is cached by its address):
 * reset, no bindings. Ends the process when the SQL is wrong: that is a bug. */
sqlite3_stmt *store_stmt(struct store_txn *txn, const char *sql);
/* Steps a statement that returns no row. */
int store_exec(struct store_txn *txn, sqlite3_stmt *stmt, struct err *err);
/* Steps a statement: 1 a row, 0 no more rows, -1 failed. */
int store_step(struct store_txn *txn, sqlite3_stmt *stmt, struct err *err);
int64_t store_last_id(struct store_txn *txn);
int store_changes(struct store_txn *txn);
/* Text of a column, "" for NULL; valid until the next step. */
const char *store_text(sqlite3_stmt *stmt, int column);

#endif
