/* Short forms for binding and reading in the statement files of this folder. */
#ifndef TOCSIN_STORE_BIND_H
#define TOCSIN_STORE_BIND_H

#include <jansson.h>
#include <sqlite3.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "store/deliveries.h"
#include "store/views.h"

/* The row of what a parameter gives the id of; nothing when there is no such thing. */
#define ALERT_ROW(parameter)    "(SELECT row FROM alert WHERE id = " parameter ")"
#define REVISION_ROW(parameter) "(SELECT row FROM revision WHERE id = " parameter ")"
#define DELIVERY_ROW(parameter) "(SELECT row FROM delivery WHERE id = " parameter ")"

/* An open delivery, as the indexes that hold no others know it: a query finds those when it says
 * the same. Not by IN, for which SQLite would fill a table with each row that is written. */
#define DELIVERY_OPEN                                                                              \
    "(state = 'queued' OR state = 'held' OR state = 'unknown' OR state = 'deferred')"

/* What is bound must stay as it is until the statement was stepped. */
static inline void bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
    sqlite3_bind_text(stmt, at, text ? text : "", -1, SQLITE_STATIC);
}

static inline void bind_int(sqlite3_stmt *stmt, int at, int64_t value)
{
    sqlite3_bind_int64(stmt, at, value);
}

/* Bytes of a path; never NULL in the store. */
static inline void bind_path(sqlite3_stmt *stmt, int at, const char *path)
{
    sqlite3_bind_blob(stmt, at, path, (int)strlen(path), SQLITE_STATIC);
}

static inline void bind_hash(sqlite3_stmt *stmt, int at, const struct hash *hash)
{
    sqlite3_bind_blob(stmt, at, hash->bytes, HASH_BYTES, SQLITE_STATIC);
}

static inline struct hash column_hash(sqlite3_stmt *stmt, int at)
{
    struct hash hash = {{0}};
    const void *bytes = sqlite3_column_blob(stmt, at);
    if (bytes && sqlite3_column_bytes(stmt, at) == HASH_BYTES)
        memcpy(hash.bytes, bytes, HASH_BYTES);
    return hash;
}

/* A copy, NUL-terminated, of a text or of a path's bytes; the caller frees it. */
static inline char *column_copy(sqlite3_stmt *stmt, int at)
{
    const void *bytes = sqlite3_column_blob(stmt, at);
    return mem_strndup(bytes ? bytes : "", (size_t)sqlite3_column_bytes(stmt, at));
}

/* Steps through a statement that ends in "RETURNING id". */
int store_withdraw(struct store_txn *txn, sqlite3_stmt *stmt, struct store_withdrawn *withdrawn,
                   struct err *err);

static inline json_t *column_path_json(sqlite3_stmt *stmt, int at)
{
    AUTO_FREE char *path = column_copy(stmt, at);
    return store_bytes_json(path);
}

#endif
