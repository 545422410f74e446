/* Connections, statements and savepoints; see txn.h. Used by one thread at a time. */
#include "store/txn.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/words.h"

/* A statement by the address of its literal; open addressing. */
struct cached {
    const char *sql; /* NULL: free */
    sqlite3_stmt *stmt;
};

struct store_txn {
    sqlite3 *db;
    struct cached *cache;
    size_t n_slots; /* a power of two */
    size_t n_used;
    int fault; /* SQLite's code; 0: none */
    struct err fault_text;
};

struct store_txn *txn_new(sqlite3 *db)
{
    struct store_txn *txn = NEW(struct store_txn);
    txn->db = db;
    txn->n_slots = 64;
    txn->cache = NEW_N(struct cached, txn->n_slots);
    return txn;
}

void txn_free(struct store_txn **txn)
{
    if (!*txn)
        return;
    for (size_t i = 0; i < (*txn)->n_slots; i++)
        sqlite3_finalize((*txn)->cache[i].stmt);
    free((*txn)->cache);
    if (sqlite3_close((*txn)->db) != SQLITE_OK)
        log_panic("the store was closed while in use: %s", sqlite3_errmsg((*txn)->db));
    free(*txn);
    *txn = NULL;
}

sqlite3 *txn_db(struct store_txn *txn)
{
    return txn->db;
}

static bool is_damage(int code)
{
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

static bool is_fault(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return true;
    default:
        return false;
    }
}

static void set_fault(struct store_txn *txn, int code)
{
    txn->fault = code & 0xff;
    const char *file = sqlite3_db_filename(txn->db, "main");
    err_set(&txn->fault_text, "cannot use %s: %s", file && *file ? file : "the store in memory",
            sqlite3_errmsg(txn->db));
}

/* Notes a failure: as a fault of the connection, or in err alone. Returns -1. */
static int failed(struct store_txn *txn, struct err *err)
{
    int code = sqlite3_extended_errcode(txn->db);
    err_set(err, "%s", sqlite3_errmsg(txn->db));
    if (is_fault(code) && !txn->fault)
        set_fault(txn, code);
    return -1;
}

static size_t slot_of(const struct cached *cache, size_t n_slots, const char *sql)
{
    size_t mask = n_slots - 1;
    size_t at = (size_t)(((uintptr_t)sql >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> 32) & mask;
    while (cache[at].sql && cache[at].sql != sql)
        at = (at + 1) & mask;
    return at;
}

static void grow(struct store_txn *txn)
{
    size_t n_slots = txn->n_slots * 2;
    struct cached *cache = NEW_N(struct cached, n_slots);
    for (size_t i = 0; i < txn->n_slots; i++) {
        if (txn->cache[i].sql)
            cache[slot_of(cache, n_slots, txn->cache[i].sql)] = txn->cache[i];
    }
    free(txn->cache);
    txn->cache = cache;
    txn->n_slots = n_slots;
}

/* NULL after a fault: SQLite's bind functions and store_step refuse that. */
static sqlite3_stmt *prepare(struct store_txn *txn, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v3(txn->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
    if (code == SQLITE_OK)
        return stmt;
    if (!is_fault(code))
        log_panic("a wrong statement: %s: %s", sqlite3_errmsg(txn->db), sql);
    failed(txn, NULL);
    return NULL;
}

sqlite3_stmt *store_stmt(struct store_txn *txn, const char *sql)
{
    struct cached *slot = &txn->cache[slot_of(txn->cache, txn->n_slots, sql)];
    if (slot->sql) {
        sqlite3_reset(slot->stmt);
        sqlite3_clear_bindings(slot->stmt);
        return slot->stmt;
    }
    sqlite3_stmt *stmt = prepare(txn, sql);
    if (!stmt)
        return NULL;
    *slot = (struct cached){sql, stmt};
    if (++txn->n_used * 2 > txn->n_slots)
        grow(txn);
    return stmt;
}

int store_step(struct store_txn *txn, sqlite3_stmt *stmt, struct err *err)
{
    if (txn->fault || !stmt)
        return err_set(err, "%s", txn->fault_text.text);
    switch (sqlite3_step(stmt)) {
    case SQLITE_ROW:
        return 1;
    case SQLITE_DONE:
        sqlite3_reset(stmt);
        return 0;
    default:
        failed(txn, err);
        sqlite3_reset(stmt);
        return -1;
    }
}

int store_exec(struct store_txn *txn, sqlite3_stmt *stmt, struct err *err)
{
    int got = store_step(txn, stmt, err);
    if (got > 0)
        log_panic("a statement gave a row where none was wanted: %s", sqlite3_sql(stmt));
    return got;
}

int64_t store_last_id(struct store_txn *txn)
{
    return sqlite3_last_insert_rowid(txn->db);
}

int store_changes(struct store_txn *txn)
{
    return sqlite3_changes(txn->db);
}

const char *store_text(sqlite3_stmt *stmt, int column)
{
    const unsigned char *text = sqlite3_column_text(stmt, column);
    return text ? (const char *)text : "";
}

const char *txn_fault(const struct store_txn *txn)
{
    return txn->fault_text.text;
}

bool txn_fault_is_damage(const struct store_txn *txn)
{
    return is_damage(txn->fault);
}

/* A query that was not stepped to its end would keep the log of writes from being checkpointed. */
static void reset_all(struct store_txn *txn)
{
    for (sqlite3_stmt *stmt = NULL; (stmt = sqlite3_next_stmt(txn->db, stmt));) {
        if (sqlite3_stmt_busy(stmt))
            sqlite3_reset(stmt);
    }
}

/* Ends the group without a trace. Returns -1. */
static int undo(struct store_txn *txn)
{
    reset_all(txn);
    if (!sqlite3_get_autocommit(txn->db))
        sqlite3_exec(txn->db, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}

/* What begins or ends a transaction, or a part of one. No constraint is left for its end, so that
 * what it refuses is written by the index of words alone, which does so over its own damage. */
static int bound(struct store_txn *txn, const char *sql, struct err *err)
{
    int result = store_exec(txn, store_stmt(txn, sql), err);
    if (result < 0 && !txn->fault)
        set_fault(txn, SQLITE_CORRUPT);
    return result;
}

int txn_begin(struct store_txn *txn)
{
    txn->fault = 0;
    return bound(txn, "BEGIN IMMEDIATE", NULL);
}

int txn_run(struct store_txn *txn, store_run_fn *run, void *arg, bool *has_failed, struct err *err)
{
    *has_failed = run(txn, arg, err) < 0;
    return txn->fault ? undo(txn) : 0;
}

int txn_run_apart(struct store_txn *txn, store_run_fn *run, void *arg, bool *has_failed,
                  struct err *err)
{
    *has_failed = false;
    if (bound(txn, "SAVEPOINT operation", err) < 0)
        return undo(txn);
    if (run(txn, arg, err) < 0) {
        *has_failed = true;
        if (!txn->fault)
            bound(txn, "ROLLBACK TO operation", NULL);
    }
    if (!txn->fault)
        bound(txn, "RELEASE operation", NULL);
    return txn->fault ? undo(txn) : 0;
}

void txn_undo(struct store_txn *txn)
{
    undo(txn);
}

int txn_commit(struct store_txn *txn)
{
    reset_all(txn);
    if (words_catch_up(txn, NULL) < 0 && !txn->fault)
        set_fault(txn, SQLITE_CORRUPT);
    return txn->fault || bound(txn, "COMMIT", NULL) < 0 ? undo(txn) : 0;
}

int txn_read(struct store_txn *txn, store_run_fn *run, void *arg, struct err *err)
{
    txn->fault = 0;
    if (bound(txn, "BEGIN", err) < 0)
        return -1;
    int result = run(txn, arg, err);
    undo(txn);
    return result;
}
