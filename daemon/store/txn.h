/*
 * A connection as operations see it (struct store_txn), and the groups around them.
 * Private to this folder: store.c runs the groups, open.c makes the connections.
 *
 * A fault is a failure of the environment (disk full, read-only, I/O error, a lock that stays, a
 * damaged page), as against a statement that fails by itself (a constraint). After a fault SQLite
 * may have rolled the whole transaction back already; so nothing more is executed until the group
 * was undone.
 */
#ifndef TOCSIN_STORE_TXN_H
#define TOCSIN_STORE_TXN_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/err.h"
#include "store/store.h"

/* Takes the connection; both are freed by txn_free. */
struct store_txn *txn_new(sqlite3 *db);
void txn_free(struct store_txn **txn);
sqlite3 *txn_db(struct store_txn *txn);

/* Runs an operation on a connection that only reads, seeing one state of the store throughout. */
int txn_read(struct store_txn *txn, store_run_fn *run, void *arg, struct err *err);

/* A group: begin, any number of operations, then commit or undo. -1: a fault; the group was undone.
 * `*failed`, with the reason: the operation failed by itself. */
int txn_begin(struct store_txn *txn);
/* After a failure the group has to be undone: what the operation wrote until then is still there.
 */
int txn_run(struct store_txn *txn, store_run_fn *run, void *arg, bool *failed, struct err *err);
/* A failure undoes the operation alone. Costs a copy of every page that it is the first to touch.
 */
int txn_run_apart(struct store_txn *txn, store_run_fn *run, void *arg, bool *failed,
                  struct err *err);
void txn_undo(struct store_txn *txn);
int txn_commit(struct store_txn *txn);
/* The last fault as a sentence, and whether it was that the file is damaged. */
const char *txn_fault(const struct store_txn *txn);
bool txn_fault_is_damage(const struct store_txn *txn);

#endif
