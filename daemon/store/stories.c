/* Stories; see stories.h. */
#include "store/stories.h"

#include "store/bind.h"

int store_story_get(struct store_txn *txn, const struct hash *origin, struct hash *story,
                    struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT story FROM story WHERE origin = ?1");
    bind_hash(stmt, 1, origin);
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *story = column_hash(stmt, 0);
    return got;
}

int store_story_add(struct store_txn *txn, const struct hash *origin, const struct hash *story,
                    const void *sketch, size_t sketch_len, const uint32_t *bands, size_t n_bands,
                    int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "INSERT INTO story(origin, story, sketch, seen_ms)"
                                         " VALUES(?1, ?2, ?3, ?4)");
    bind_hash(stmt, 1, origin);
    bind_hash(stmt, 2, story);
    sqlite3_bind_blob(stmt, 3, sketch, (int)sketch_len, SQLITE_STATIC);
    bind_int(stmt, 4, now_ms);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    int64_t row = store_last_id(txn);
    for (size_t i = 0; i < n_bands; i++) {
        stmt = store_stmt(txn, "INSERT INTO story_band(band, story) VALUES(?1, ?2)");
        bind_int(stmt, 1, bands[i]);
        bind_int(stmt, 2, row);
        if (store_exec(txn, stmt, err) < 0)
            return -1;
    }
    return 0;
}

int store_story_band(struct store_txn *txn, uint32_t band, int limit,
                     void (*each)(void *arg, int64_t row), void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT story FROM story_band WHERE band = ?1 ORDER BY story DESC LIMIT ?2");
    bind_int(stmt, 1, band);
    bind_int(stmt, 2, limit);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0)
        each(arg, sqlite3_column_int64(stmt, 0));
    return got;
}

int store_story_sketch(struct store_txn *txn, int64_t row, const void **sketch, size_t *len,
                       struct hash *story, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT sketch, story FROM story WHERE row = ?1 AND sketch IS NOT NULL");
    bind_int(stmt, 1, row);
    int got = store_step(txn, stmt, err);
    if (got <= 0)
        return got;
    *sketch = sqlite3_column_blob(stmt, 0);
    *len = (size_t)sqlite3_column_bytes(stmt, 0);
    *story = column_hash(stmt, 1);
    return 1;
}

int store_story_is_shared(struct store_txn *txn, const struct hash *story,
                          const struct hash *origin, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT 1 FROM story WHERE story = ?1 AND origin <> ?2 LIMIT 1");
    bind_hash(stmt, 1, story);
    bind_hash(stmt, 2, origin);
    int got = store_step(txn, stmt, err);
    sqlite3_reset(stmt);
    return got;
}

/* So many tell enough of a story. */
#define SKETCHES_MOST 64

int store_story_sketches(struct store_txn *txn, const struct hash *story, const struct hash *origin,
                         void (*each)(void *arg, const void *sketch, size_t len), void *arg,
                         struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT sketch FROM story WHERE story = ?1 AND origin <> ?2"
                        " AND sketch IS NOT NULL LIMIT ?3");
    bind_hash(stmt, 1, story);
    bind_hash(stmt, 2, origin);
    bind_int(stmt, 3, SKETCHES_MOST);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0)
        each(arg, sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0));
    return got;
}

#define OLD                                                                                        \
    "(SELECT row FROM story WHERE seen_ms < ?1 AND sketch IS NOT NULL ORDER BY seen_ms LIMIT ?2)"

int store_story_expire(struct store_txn *txn, int64_t before_ms, int64_t known_before_ms, int limit,
                       struct err *err)
{
    static const char *const statements[] = {
        "DELETE FROM story_band WHERE story IN " OLD,
        "UPDATE story SET sketch = NULL WHERE row IN " OLD,
        "DELETE FROM story WHERE row IN (SELECT row FROM story WHERE seen_ms < ?1"
        " ORDER BY seen_ms LIMIT ?2)",
    };
    int most = 0;
    for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
        sqlite3_stmt *stmt = store_stmt(txn, statements[i]);
        bind_int(stmt, 1, i == 2 ? known_before_ms : before_ms);
        bind_int(stmt, 2, limit);
        if (store_exec(txn, stmt, err) < 0)
            return -1;
        if (i && store_changes(txn) > most)
            most = store_changes(txn);
    }
    return most;
}

#define OF_DOCUMENT                                                                                \
    "(SELECT s.row FROM story s JOIN document d ON d.origin = s.origin WHERE d.id = ?1)"

int store_story_forget(struct store_txn *txn, int64_t document, struct err *err)
{
    static const char *const statements[] = {
        "DELETE FROM story_band WHERE story IN " OF_DOCUMENT,
        "UPDATE story SET sketch = NULL WHERE row IN " OF_DOCUMENT,
    };
    for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
        sqlite3_stmt *stmt = store_stmt(txn, statements[i]);
        bind_int(stmt, 1, document);
        if (store_exec(txn, stmt, err) < 0)
            return -1;
    }
    return 0;
}
