/* Statements on silences; see silences.h. */
#include "store/silences.h"

#include "store/bind.h"
#include "store/deliveries.h"
#include "store/rows.h"
#include "store/txn.h"

int store_silence_add(struct store_txn *txn, struct store_silence *silence, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "INSERT INTO silence(matcher, author, comment, from_ms, until_ms)"
                        " VALUES(?1, ?2, ?3, ?4, ?5)");
    bind_text(stmt, 1, silence->matcher);
    bind_text(stmt, 2, silence->author);
    bind_text(stmt, 3, silence->comment);
    bind_int(stmt, 4, silence->from_ms);
    bind_int(stmt, 5, silence->until_ms);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    silence->id = store_last_id(txn);
    return 0;
}

int store_silence_end(struct store_txn *txn, int64_t id, int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE silence SET until_ms = ?2 WHERE id = ?1 AND until_ms > ?2");
    bind_int(stmt, 1, id);
    bind_int(stmt, 2, now_ms);
    return store_exec(txn, stmt, err) < 0 ? -1 : store_changes(txn) > 0;
}

int store_silence_each(struct store_txn *txn, int64_t now_ms,
                       bool (*each)(void *arg, int64_t id, const char *matcher), void *arg,
                       struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT id, matcher FROM silence WHERE until_ms > ?1"
                                         " AND from_ms <= ?1 ORDER BY id");
    bind_int(stmt, 1, now_ms);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        if (each(arg, sqlite3_column_int64(stmt, 0), store_text(stmt, 1)))
            break;
    }
    sqlite3_reset(stmt);
    return got;
}

int store_silence_expire(struct store_txn *txn, int64_t before_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "DELETE FROM silence WHERE until_ms < ?1");
    bind_int(stmt, 1, before_ms);
    return store_exec(txn, stmt, err);
}

int store_view_silences(struct store_txn *txn, int64_t now_ms, bool all, json_t **list,
                        struct err *err)
{
    static const struct view_column columns[] = {
        {"id", COLUMN_INT},       {"matcher", COLUMN_JSON}, {"author", COLUMN_TEXT},
        {"comment", COLUMN_TEXT}, {"from_ms", COLUMN_INT},  {"until_ms", COLUMN_INT},
    };
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT id, matcher, author, comment, from_ms, until_ms"
                                         " FROM silence WHERE until_ms > ?1 OR ?2 ORDER BY id");
    bind_int(stmt, 1, now_ms);
    bind_int(stmt, 2, all);
    return rows_json(txn, stmt, columns, ARRAY_LEN(columns), list, err);
}
