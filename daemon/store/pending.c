/* Statements on what detectors still have to do; see documents.h. */
#include "store/documents.h"

#include <stdlib.h>

#include "store/bind.h"

void store_pendings_deinit(struct store_pendings *pendings)
{
    for (size_t i = 0; i < pendings->n; i++) {
        struct store_pending *pending = &pendings->items[i];
        free(pending->detector);
        free(pending->source);
        free(pending->path);
        free(pending->title);
        free(pending->media_type);
    }
    free(pendings->items);
    *pendings = (struct store_pendings){0};
}

static void bind_row(sqlite3_stmt *stmt, int64_t version, const char *detector)
{
    sqlite3_bind_int64(stmt, 1, version);
    bind_text(stmt, 2, detector);
}

int store_pending_add(struct store_txn *txn, int64_t version, const char *detector, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "INSERT INTO pending(version, detector) VALUES(?1, ?2)");
    bind_row(stmt, version, detector);
    return store_exec(txn, stmt, err);
}

static struct store_pending column_pending(sqlite3_stmt *stmt)
{
    return (struct store_pending){
        .version = sqlite3_column_int64(stmt, 0),
        .detector = column_copy(stmt, 1),
        .strikes = sqlite3_column_int(stmt, 2),
        .document = sqlite3_column_int64(stmt, 3),
        .text_hash = column_hash(stmt, 4),
        .title = column_copy(stmt, 5),
        .media_type = column_copy(stmt, 6),
        .date = sqlite3_column_int(stmt, 7),
        .seen_ms = sqlite3_column_int64(stmt, 8),
        .origin = column_hash(stmt, 9),
        .source = column_copy(stmt, 10),
        .path = column_copy(stmt, 11),
    };
}

#define PENDING                                                                                    \
    "SELECT p.version, p.detector, p.strikes, v.document, v.text_hash, v.title, v.media_type,"     \
    " v.date, v.seen_ms, d.origin, d.source, d.path"                                               \
    " FROM pending p JOIN version v ON v.id = p.version JOIN document d ON d.id = v.document"      \
    " WHERE p.quarantined_ms IS NULL"

static int pendings_step(struct store_txn *txn, sqlite3_stmt *stmt, struct store_pendings *pendings,
                         struct err *err)
{
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        pendings->items =
            mem_grow(pendings->items, &pendings->cap, pendings->n + 1, sizeof(*pendings->items));
        pendings->items[pendings->n++] = column_pending(stmt);
    }
    return got;
}

int store_pending_list(struct store_txn *txn, int64_t after_version, const char *after_detector,
                       int limit, struct store_pendings *pendings, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, PENDING " AND (p.version, p.detector) > (?1, ?2)"
                                                 " ORDER BY p.version, p.detector LIMIT ?3");
    bind_row(stmt, after_version, after_detector);
    sqlite3_bind_int(stmt, 3, limit);
    return pendings_step(txn, stmt, pendings, err);
}

int store_pending_get(struct store_txn *txn, int64_t version, const char *detector,
                      struct store_pendings *pendings, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, PENDING " AND p.version = ?1 AND p.detector = ?2");
    bind_row(stmt, version, detector);
    return pendings_step(txn, stmt, pendings, err);
}

/* Versions ?3 < id whose text is kept. */
#define TO_BACKFILL                                                                                \
    "(SELECT v.id FROM version v WHERE v.id > ?3 AND v.seen_ms >= ?4 AND v.forgotten_ms IS NULL"   \
    " AND EXISTS (SELECT 1 FROM archive a WHERE a.text_hash = v.text_hash)"                        \
    " ORDER BY v.id LIMIT ?5)"

int store_pending_backfill(struct store_txn *txn, const char *detector, const char *topic,
                           int64_t since_ms, int limit, int64_t *after, int64_t *n, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT count(*), coalesce(max(id), 0) FROM " TO_BACKFILL);
    bind_int(stmt, 3, *after);
    bind_int(stmt, 4, since_ms);
    bind_int(stmt, 5, limit);
    if (store_step(txn, stmt, err) < 0)
        return -1;
    int64_t last = sqlite3_column_int64(stmt, 1);
    *n += sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    stmt = store_stmt(
        txn, "INSERT INTO pending(version, detector, backfill) SELECT id, ?1, ?2 FROM " TO_BACKFILL
             " WHERE true ON CONFLICT DO UPDATE SET backfill = backfill || char(10) || ?2"
             " WHERE backfill <> ''"
             " AND instr(char(10) || backfill || char(10), char(10) || ?2 || char(10)) = 0");
    bind_text(stmt, 1, detector);
    bind_text(stmt, 2, topic);
    bind_int(stmt, 3, *after);
    bind_int(stmt, 4, since_ms);
    bind_int(stmt, 5, limit);
    *after = last;
    return store_exec(txn, stmt, err);
}

int store_pending_only(struct store_txn *txn, int64_t version, const char *detector, char **topics,
                       struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT backfill FROM pending WHERE version = ?1 AND detector = ?2");
    bind_row(stmt, version, detector);
    int got = store_step(txn, stmt, err);
    *topics = got > 0 && *store_text(stmt, 0) ? column_copy(stmt, 0) : NULL;
    sqlite3_reset(stmt);
    return got;
}

int store_pending_done(struct store_txn *txn, int64_t version, const char *detector,
                       struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "DELETE FROM pending WHERE version = ?1 AND detector = ?2");
    bind_row(stmt, version, detector);
    return store_exec(txn, stmt, err);
}

int store_pending_earlier(struct store_txn *txn, int64_t document, int64_t version,
                          const char *detector, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT 1 FROM version v JOIN pending p ON p.version = v.id"
                        " WHERE v.document = ?1 AND v.id < ?2 AND p.detector = ?3 LIMIT 1");
    sqlite3_bind_int64(stmt, 1, document);
    sqlite3_bind_int64(stmt, 2, version);
    bind_text(stmt, 3, detector);
    int got = store_step(txn, stmt, err);
    if (got > 0)
        sqlite3_reset(stmt);
    return got;
}

int store_pending_strike(struct store_txn *txn, int64_t version, const char *detector,
                         const char *reason, int *strikes, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "UPDATE pending SET strikes = strikes + 1, reason = ?3"
                                         " WHERE version = ?1 AND detector = ?2");
    bind_row(stmt, version, detector);
    bind_text(stmt, 3, reason);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    stmt = store_stmt(txn, "SELECT strikes FROM pending WHERE version = ?1 AND detector = ?2");
    bind_row(stmt, version, detector);
    int got = store_step(txn, stmt, err);
    if (got < 0)
        return -1;
    *strikes = got ? sqlite3_column_int(stmt, 0) : 0;
    sqlite3_reset(stmt);
    return 0;
}

int store_pending_quarantine(struct store_txn *txn, int64_t version, const char *detector,
                             const char *reason, int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "UPDATE pending SET quarantined_ms = ?4, reason = ?3"
                                         " WHERE version = ?1 AND detector = ?2");
    bind_row(stmt, version, detector);
    bind_text(stmt, 3, reason);
    sqlite3_bind_int64(stmt, 4, now_ms);
    return store_exec(txn, stmt, err);
}

int store_pending_release(struct store_txn *txn, const char *detector, int64_t document,
                          int *n_released, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE pending SET quarantined_ms = NULL, strikes = 0, reason = ''"
                        " WHERE quarantined_ms IS NOT NULL AND (?2 IS NULL OR detector = ?2)"
                        " AND (?1 = 0 OR version IN (SELECT id FROM version WHERE document = ?1))");
    sqlite3_bind_int64(stmt, 1, document);
    if (detector)
        bind_text(stmt, 2, detector);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    *n_released = store_changes(txn);
    return 0;
}

int store_quarantine_list(struct store_txn *txn, json_t **list, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT v.document, p.version, d.source, d.path, v.title, p.detector, p.strikes,"
             " p.reason, p.quarantined_ms FROM pending p JOIN version v ON v.id = p.version"
             " JOIN document d ON d.id = v.document WHERE p.quarantined_ms IS NOT NULL"
             " ORDER BY p.quarantined_ms, p.version, p.detector");
    json_t *rows = json_array();
    int got;
    while ((got = store_step(txn, stmt, err)) > 0)
        json_array_append_new(
            rows, json_pack("{s:I, s:I, s:s, s:o, s:s, s:s, s:i, s:s, s:I}", "document",
                            (json_int_t)sqlite3_column_int64(stmt, 0), "version",
                            (json_int_t)sqlite3_column_int64(stmt, 1), "source",
                            store_text(stmt, 2), "path", column_path_json(stmt, 3), "title",
                            store_text(stmt, 4), "detector", store_text(stmt, 5), "strikes",
                            sqlite3_column_int(stmt, 6), "reason", store_text(stmt, 7),
                            "quarantined_ms", (json_int_t)sqlite3_column_int64(stmt, 8)));
    if (got < 0)
        json_decref(rows);
    else
        *list = rows;
    return got;
}

int store_pending_count(struct store_txn *txn, int64_t *pending, int64_t *quarantined,
                        struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT count(*) - count(quarantined_ms),"
                                         " count(quarantined_ms) FROM pending");
    if (store_step(txn, stmt, err) < 0)
        return -1;
    *pending = sqlite3_column_int64(stmt, 0);
    *quarantined = sqlite3_column_int64(stmt, 1);
    sqlite3_reset(stmt);
    return 0;
}
