/* Statements on versions and archived texts; see documents.h. */
#include "store/documents.h"

#include <stdlib.h>

#include "store/bind.h"

void store_version_deinit(struct store_version *version)
{
    free(version->title);
    free(version->media_type);
    free(version->charset);
    free(version->note);
    *version = (struct store_version){0};
}

static int next_number(struct store_txn *txn, int64_t document, int64_t *number, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT coalesce(max(number), 0) + 1 FROM version WHERE document = ?");
    sqlite3_bind_int64(stmt, 1, document);
    if (store_step(txn, stmt, err) < 0)
        return -1;
    *number = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return 0;
}

int store_version_next(struct store_txn *txn, int64_t *id, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT coalesce(max(id), 0) + 1 FROM version");
    if (store_step(txn, stmt, err) < 0)
        return -1;
    *id = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return 0;
}

int store_version_add(struct store_txn *txn, struct store_version *version, struct err *err)
{
    if (!version->number && next_number(txn, version->document, &version->number, err) < 0)
        return -1;
    sqlite3_stmt *stmt =
        store_stmt(txn, "INSERT INTO version(document, number, hash, text_hash, size, date, title,"
                        " media_type, charset, note, seen_ms, id)"
                        " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    sqlite3_bind_int64(stmt, 1, version->document);
    sqlite3_bind_int64(stmt, 2, version->number);
    bind_hash(stmt, 3, &version->hash);
    bind_hash(stmt, 4, &version->text_hash);
    sqlite3_bind_int64(stmt, 5, version->size_bytes);
    sqlite3_bind_int(stmt, 6, version->date);
    bind_text(stmt, 7, version->title);
    bind_text(stmt, 8, version->media_type);
    bind_text(stmt, 9, version->charset);
    bind_text(stmt, 10, version->note);
    sqlite3_bind_int64(stmt, 11, version->seen_ms);
    if (version->id)
        sqlite3_bind_int64(stmt, 12, version->id);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    version->id = store_last_id(txn);
    return 0;
}

int store_version_get(struct store_txn *txn, int64_t id, struct store_version *version,
                      struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT document, number, hash, text_hash, size, date, title, media_type,"
                        " charset, note, seen_ms FROM version WHERE id = ?");
    sqlite3_bind_int64(stmt, 1, id);
    int got = store_step(txn, stmt, err);
    if (got <= 0)
        return got;
    *version = (struct store_version){
        .id = id,
        .document = sqlite3_column_int64(stmt, 0),
        .number = sqlite3_column_int64(stmt, 1),
        .hash = column_hash(stmt, 2),
        .text_hash = column_hash(stmt, 3),
        .size_bytes = sqlite3_column_int64(stmt, 4),
        .date = sqlite3_column_int(stmt, 5),
        .title = column_copy(stmt, 6),
        .media_type = column_copy(stmt, 7),
        .charset = column_copy(stmt, 8),
        .note = column_copy(stmt, 9),
        .seen_ms = sqlite3_column_int64(stmt, 10),
    };
    sqlite3_reset(stmt);
    return 1;
}

int store_version_had_text(struct store_txn *txn, int64_t document, const struct hash *text_hash,
                           bool *had, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT 1 FROM version WHERE text_hash = ? AND document = ? LIMIT 1");
    bind_hash(stmt, 1, text_hash);
    sqlite3_bind_int64(stmt, 2, document);
    int got = store_step(txn, stmt, err);
    sqlite3_reset(stmt);
    *had = got > 0;
    return got < 0 ? -1 : 0;
}

int store_version_text_before(struct store_txn *txn, int64_t document, int64_t before,
                              struct hash *text_hash, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT text_hash FROM version WHERE document = ?1"
                                         " AND (?2 = 0 OR id < ?2) ORDER BY number DESC LIMIT 1");
    sqlite3_bind_int64(stmt, 1, document);
    sqlite3_bind_int64(stmt, 2, before);
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *text_hash = column_hash(stmt, 0);
    sqlite3_reset(stmt);
    return got;
}

/* ---- archived texts ---- */

int store_archive_touch(struct store_txn *txn, const struct hash *text_hash, int64_t now_ms,
                        struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "UPDATE archive SET used_ms = ?2 WHERE text_hash = ?1");
    bind_hash(stmt, 1, text_hash);
    sqlite3_bind_int64(stmt, 2, now_ms);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    return store_changes(txn) > 0;
}

int store_archive_add(struct store_txn *txn, const struct hash *text_hash,
                      const struct store_packed *packed, int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "INSERT INTO archive(text_hash, size, packed_size, used_ms, packed)"
                        " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET used_ms = ?4");
    bind_hash(stmt, 1, text_hash);
    sqlite3_bind_int64(stmt, 2, packed->size_bytes);
    sqlite3_bind_int64(stmt, 3, (int64_t)packed->len);
    sqlite3_bind_int64(stmt, 4, now_ms);
    sqlite3_bind_blob64(stmt, 5, packed->bytes, packed->len, SQLITE_STATIC);
    return store_exec(txn, stmt, err);
}

int store_archive_get(struct store_txn *txn, const struct hash *text_hash,
                      struct store_packed *packed, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT size, packed FROM archive WHERE text_hash = ?");
    bind_hash(stmt, 1, text_hash);
    int got = store_step(txn, stmt, err);
    if (got <= 0)
        return got;
    const void *bytes = sqlite3_column_blob(stmt, 1);
    size_t len = (size_t)sqlite3_column_bytes(stmt, 1);
    *packed = (struct store_packed){sqlite3_column_int64(stmt, 0), mem_copy(bytes, len), len};
    sqlite3_reset(stmt);
    return 1;
}

int store_archive_size(struct store_txn *txn, int64_t *packed_bytes, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT coalesce(sum(packed_size), 0) FROM archive INDEXED BY archive_used"
                        " WHERE used_ms >= 0");
    if (store_step(txn, stmt, err) < 0)
        return -1;
    *packed_bytes = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return 0;
}

/* No detector waits for the text of archive row `a`. */
#define NOT_PENDING                                                                                \
    "NOT EXISTS (SELECT 1 FROM version v JOIN pending p ON p.version = v.id"                       \
    " WHERE v.text_hash = a.text_hash)"

static int expire(struct store_txn *txn, sqlite3_stmt *stmt, int64_t bound, int limit,
                  int *n_deleted, struct err *err)
{
    sqlite3_bind_int64(stmt, 1, bound);
    sqlite3_bind_int(stmt, 2, limit);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    *n_deleted = store_changes(txn);
    return 0;
}

int store_archive_expire_unused(struct store_txn *txn, int64_t before_ms, int limit, int *n_deleted,
                                struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "DELETE FROM archive WHERE rowid IN (SELECT a.rowid FROM archive a"
                        " WHERE a.used_ms < ?1 AND " NOT_PENDING " LIMIT ?2)");
    return expire(txn, stmt, before_ms, limit, n_deleted, err);
}

int store_archive_expire_removed(struct store_txn *txn, int64_t since_ms, int64_t before_ms,
                                 int limit, int *n_deleted, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "DELETE FROM archive WHERE rowid IN (SELECT DISTINCT a.rowid FROM document d"
             " JOIN version w ON w.document = d.id JOIN archive a ON a.text_hash = w.text_hash"
             " WHERE d.removed_ms < ?1 AND d.removed_ms >= ?3 AND " NOT_PENDING
             " AND NOT EXISTS (SELECT 1 FROM version o JOIN document e ON e.id = o.document"
             " WHERE o.text_hash = a.text_hash"
             " AND (e.removed_ms IS NULL OR e.removed_ms >= ?1)) LIMIT ?2)");
    sqlite3_bind_int64(stmt, 3, since_ms);
    return expire(txn, stmt, before_ms, limit, n_deleted, err);
}

int store_archive_expire_oldest(struct store_txn *txn, int64_t surplus_bytes, int limit,
                                int64_t *freed_bytes, int *n_deleted, struct err *err)
{
    /* The running sum stops where enough is gone; the innermost limit bounds the work. */
    sqlite3_stmt *stmt = store_stmt(
        txn, "DELETE FROM archive WHERE rowid IN (SELECT id FROM (SELECT id, sum(packed_size) OVER"
             " (ORDER BY used_ms, id) - packed_size AS before FROM (SELECT a.rowid AS id,"
             " a.used_ms, a.packed_size FROM archive a WHERE " NOT_PENDING
             " ORDER BY a.used_ms, a.rowid LIMIT ?2)) WHERE before < ?1) RETURNING packed_size");
    sqlite3_bind_int64(stmt, 1, surplus_bytes);
    sqlite3_bind_int(stmt, 2, limit);
    *freed_bytes = 0;
    *n_deleted = 0;
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        *freed_bytes += sqlite3_column_int64(stmt, 0);
        ++*n_deleted;
    }
    return got;
}
