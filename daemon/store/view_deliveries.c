/* Deliveries as JSON for people; see views.h. */
#include "store/deliveries.h"
#include "store/rows.h"

/* ?9 is STORE_NEVER_MS: what a pause holds has no time of its own. */
#define DELIVERY_COLUMNS                                                                                                          \
    "d.id, d.notifier, d.state, d.attempts, d.created_ms, d.updated_ms,"                                                          \
    " CASE WHEN d.state IN ('queued', 'held', 'unknown', 'deferred') AND d.next_ms < ?9"                                          \
    " THEN d.next_ms END, d.notice, nullif(d.notice_ms, 0), nullif(d.until_ms, 0), nullif(d.retried_ms, 0), d.reason, d.summary," \
    " (SELECT r.headline FROM delivery_revision dr JOIN revision r ON r.row = dr.revision"                                        \
    " WHERE dr.delivery = d.row ORDER BY dr.position LIMIT 1),"                                                                   \
    " (SELECT count(*) FROM delivery_revision dr WHERE dr.delivery = d.row)"

static const struct view_column delivery_columns[] = {
    {"id", COLUMN_HASH},         {"notifier", COLUMN_TEXT},     {"state", COLUMN_TEXT},
    {"attempts", COLUMN_INT},    {"created_ms", COLUMN_INT},    {"updated_ms", COLUMN_INT},
    {"next_ms", COLUMN_OPTION},  {"notice", COLUMN_TEXT},       {"notice_ms", COLUMN_OPTION},
    {"until_ms", COLUMN_OPTION}, {"retried_ms", COLUMN_OPTION}, {"reason", COLUMN_TEXT},
    {"summary", COLUMN_TEXT},    {"headline", COLUMN_TEXT},     {"revisions", COLUMN_INT},
};

/* From the end of the index for each notifier and state, so that a million of them cost no more
 * than the list is long. The notifiers are found by stepping over the index, too. */
int store_view_deliveries(struct store_txn *txn, const char *states, int64_t limit, json_t **list,
                          struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "WITH RECURSIVE of(notifier) AS (SELECT min(notifier) FROM delivery UNION ALL"
        " SELECT (SELECT min(notifier) FROM delivery WHERE notifier > of.notifier) FROM of"
        " WHERE of.notifier IS NOT NULL),"
        " latest AS MATERIALIZED (SELECT d.id FROM of CROSS JOIN json_each(?1) wanted"
        " CROSS JOIN delivery d WHERE d.id IN (SELECT id FROM delivery INDEXED BY delivery_done"
        " WHERE notifier = of.notifier AND state = wanted.value ORDER BY updated_ms DESC LIMIT ?2)"
        " ORDER BY d.updated_ms DESC, d.id LIMIT ?2)"
        " SELECT " DELIVERY_COLUMNS " FROM latest JOIN delivery d ON d.id = latest.id"
        " ORDER BY d.updated_ms DESC, d.id");
    bind_text(stmt, 1, states);
    bind_int(stmt, 2, limit);
    bind_int(stmt, 9, STORE_NEVER_MS);
    return rows_json(txn, stmt, delivery_columns, ARRAY_LEN(delivery_columns), list, err);
}

static int add_told(struct store_txn *txn, const struct hash *id, json_t *delivery, struct err *err)
{
    static const struct view_column columns[] = {
        {"revision", COLUMN_HASH}, {"number", COLUMN_INT},     {"headline", COLUMN_TEXT},
        {"change", COLUMN_TEXT},   {"created_ms", COLUMN_INT}, {"alert", COLUMN_HASH},
        {"detector", COLUMN_TEXT}, {"topic", COLUMN_TEXT},     {"source", COLUMN_TEXT},
        {"path", COLUMN_PATH},     {"title", COLUMN_TEXT},
    };
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT r.id, r.number, r.headline, r.change, r.created_ms, a.id, a.detector,"
             " CASE f.status WHEN '' THEN a.topic ELSE f.status END, d.source, d.path, v.title"
             " FROM delivery_revision dr JOIN revision r ON r.row = dr.revision"
             " JOIN alert a ON a.row = r.alert JOIN finding f ON f.id = r.finding"
             " LEFT JOIN version v ON v.id = f.version LEFT JOIN document d ON d.id = f.document"
             " WHERE dr.delivery = " DELIVERY_ROW("?1") " ORDER BY dr.position");
    bind_hash(stmt, 1, id);
    json_t *told;
    if (rows_json(txn, stmt, columns, ARRAY_LEN(columns), &told, err) < 0)
        return -1;
    json_object_set_new(delivery, "told", told);
    return 0;
}

int store_view_delivery(struct store_txn *txn, const struct hash *id, json_t **delivery,
                        struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT " DELIVERY_COLUMNS " FROM delivery d WHERE d.id = ?1");
    bind_hash(stmt, 1, id);
    bind_int(stmt, 9, STORE_NEVER_MS);
    if (one_row_json(txn, stmt, delivery_columns, ARRAY_LEN(delivery_columns), delivery, err) < 0 ||
        (*delivery && add_told(txn, id, *delivery, err) < 0)) {
        json_decref(*delivery);
        *delivery = NULL;
        return -1;
    }
    return 0;
}
