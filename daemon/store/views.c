/* Alerts as JSON for people; see views.h. */
#include "store/views.h"

#include "store/deliveries.h"
#include "store/rows.h"

#define ALERT_COLUMNS                                                                              \
    "id, detector, topic, subject, key_base, edition, headline, severity, labels, fields, state,"  \
    " revisions, (SELECT count(DISTINCT origin) FROM finding WHERE finding.alert = alert.row),"    \
    " snoozed_until_ms, created_ms, updated_ms"

static const struct view_column alert_columns[] = {
    {"id", COLUMN_HASH},        {"detector", COLUMN_TEXT},
    {"topic", COLUMN_TEXT},     {"subject", COLUMN_TEXT},
    {"key", COLUMN_TEXT},       {"edition", COLUMN_TEXT},
    {"headline", COLUMN_TEXT},  {"severity", COLUMN_INT},
    {"labels", COLUMN_JSON},    {"fields", COLUMN_JSON},
    {"state", COLUMN_TEXT},     {"revisions", COLUMN_INT},
    {"sources", COLUMN_INT},    {"snoozed_until_ms", COLUMN_INT},
    {"created_ms", COLUMN_INT}, {"updated_ms", COLUMN_INT},
};

int view_alert_row(struct store_txn *txn, int64_t row, json_t **alert, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT " ALERT_COLUMNS " FROM alert WHERE row = ?1");
    bind_int(stmt, 1, row);
    return one_row_json(txn, stmt, alert_columns, ARRAY_LEN(alert_columns), alert, err);
}

int store_view_alert(struct store_txn *txn, const struct hash *id, json_t **alert, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT " ALERT_COLUMNS " FROM alert WHERE id = ?1");
    bind_hash(stmt, 1, id);
    return one_row_json(txn, stmt, alert_columns, ARRAY_LEN(alert_columns), alert, err);
}

int store_view_findings(struct store_txn *txn, const struct hash *alert, json_t **list,
                        struct err *err)
{
    static const struct view_column columns[] = {
        {"document", COLUMN_INT}, {"version", COLUMN_INT},     {"origin", COLUMN_HASH},
        {"date", COLUMN_INT},     {"rank", COLUMN_INT},        {"status", COLUMN_TEXT},
        {"edition", COLUMN_TEXT}, {"summary", COLUMN_TEXT},    {"severity", COLUMN_INT},
        {"score", COLUMN_REAL},   {"fields", COLUMN_JSON},     {"evidence", COLUMN_JSON},
        {"outcome", COLUMN_TEXT}, {"place", COLUMN_TEXT},      {"seen_ms", COLUMN_INT},
        {"source", COLUMN_TEXT},  {"path", COLUMN_PATH},       {"title", COLUMN_TEXT},
        {"file", COLUMN_PATH},    {"revision", COLUMN_OPTION}, {"backfilled", COLUMN_BOOL},
    };
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT f.document, f.version, f.origin, f.date, f.rank, f.status, f.edition,"
        " f.summary, f.severity, f.score, f.fields, f.evidence, f.outcome, f.place, f.seen_ms,"
        " d.source, d.path, v.title, CAST(s.root || '/' || CAST(d.path AS TEXT) AS BLOB),"
        " (SELECT number FROM revision r WHERE r.finding = f.id), f.backfilled"
        " FROM finding f LEFT JOIN document d ON d.id = f.document"
        " LEFT JOIN source s ON s.name = d.source LEFT JOIN version v ON v.id = f.version WHERE f.alert = " ALERT_ROW(
            "?1") " ORDER BY f.date, f.rank, f.origin, f.status, d.source, d.path, f.summary,"
                  " f.evidence, f.id");
    bind_hash(stmt, 1, alert);
    return rows_json(txn, stmt, columns, ARRAY_LEN(columns), list, err);
}

static int add_deliveries(struct store_txn *txn, json_t *revision, struct err *err)
{
    static const struct view_column columns[] = {
        {"id", COLUMN_HASH},         {"notifier", COLUMN_TEXT},  {"state", COLUMN_TEXT},
        {"attempts", COLUMN_INT},    {"next_ms", COLUMN_OPTION}, {"updated_ms", COLUMN_INT},
        {"reason", COLUMN_TEXT},     {"place", COLUMN_TEXT},     {"notice", COLUMN_TEXT},
        {"until_ms", COLUMN_OPTION},
    };
    struct hash id;
    if (!hash_from_hex(&id, json_string_value(json_object_get(revision, "id"))))
        return err_set(err, "a revision without an id");
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT d.id, d.notifier, d.state, d.attempts, nullif(d.next_ms, ?2), d.updated_ms, d.reason,"
        " d.place, d.notice, nullif(d.until_ms, 0) FROM delivery_revision dr JOIN delivery d ON d.row = dr.delivery"
        " WHERE dr.revision = " REVISION_ROW("?1") "ORDER BY d.notifier, d.created_ms, d.id");
    bind_hash(stmt, 1, &id);
    bind_int(stmt, 2, STORE_NEVER_MS);
    json_t *deliveries;
    if (rows_json(txn, stmt, columns, ARRAY_LEN(columns), &deliveries, err) < 0)
        return -1;
    json_object_set_new(revision, "deliveries", deliveries);
    return 0;
}

int store_view_revisions(struct store_txn *txn, const struct hash *alert, json_t **list,
                         struct err *err)
{
    static const struct view_column columns[] = {
        {"id", COLUMN_HASH},     {"number", COLUMN_INT},     {"headline", COLUMN_TEXT},
        {"change", COLUMN_TEXT}, {"created_ms", COLUMN_INT},
    };
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT id, number, headline, change, created_ms"
                        " FROM revision WHERE alert = " ALERT_ROW("?1") " ORDER BY number");
    bind_hash(stmt, 1, alert);
    if (rows_json(txn, stmt, columns, ARRAY_LEN(columns), list, err) < 0)
        return -1;
    size_t i;
    json_t *revision;
    json_array_foreach(*list, i, revision)
    {
        if (add_deliveries(txn, revision, err) < 0) {
            json_decref(*list);
            *list = NULL;
            return -1;
        }
    }
    return 0;
}

int store_view_ladders(struct store_txn *txn, void (*each)(void *arg, const struct hash *alert),
                       void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT id FROM alert WHERE key_base <> ''"
                                         " ORDER BY detector, key_base, edition");
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        struct hash id = column_hash(stmt, 0);
        each(arg, &id);
    }
    return got;
}

int store_view_outcomes(struct store_txn *txn, int64_t version, json_t **list, struct err *err)
{
    static const struct view_column columns[] = {
        {"alert", COLUMN_HASH},   {"detector", COLUMN_TEXT}, {"topic", COLUMN_TEXT},
        {"summary", COLUMN_TEXT}, {"outcome", COLUMN_TEXT},  {"place", COLUMN_TEXT},
        {"seen_ms", COLUMN_INT},
    };
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT a.id, a.detector, CASE f.status WHEN '' THEN a.topic ELSE f.status END,"
        " f.summary, f.outcome, f.place, f.seen_ms FROM finding f JOIN alert a ON a.row = f.alert"
        " WHERE f.version = ?1 ORDER BY f.id");
    bind_int(stmt, 1, version);
    return rows_json(txn, stmt, columns, ARRAY_LEN(columns), list, err);
}

int store_view_suppressed_counts(struct store_txn *txn, int64_t since_ms, json_t **list,
                                 struct err *err)
{
    static const struct view_column columns[] = {{"outcome", COLUMN_TEXT}, {"n", COLUMN_INT}};
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT outcome, count(*) FROM finding WHERE seen_ms >= ?1 AND outcome <> 'rang'"
             " GROUP BY outcome ORDER BY 2 DESC, 1");
    bind_int(stmt, 1, since_ms);
    return rows_json(txn, stmt, columns, ARRAY_LEN(columns), list, err);
}

int store_view_suppressed(struct store_txn *txn, const char *outcome, int64_t since_ms,
                          int64_t limit, json_t **list, struct err *err)
{
    static const struct view_column columns[] = {
        {"alert", COLUMN_HASH},   {"detector", COLUMN_TEXT}, {"topic", COLUMN_TEXT},
        {"summary", COLUMN_TEXT}, {"outcome", COLUMN_TEXT},  {"place", COLUMN_TEXT},
        {"file", COLUMN_PATH},    {"seen_ms", COLUMN_INT},
    };
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT a.id, a.detector, CASE f.status WHEN '' THEN a.topic ELSE f.status END, f.summary,"
        " f.outcome, f.place, CAST(s.root || '/' || CAST(d.path AS TEXT) AS BLOB), f.seen_ms"
        " FROM finding f INDEXED BY finding_seen JOIN alert a ON a.row = f.alert"
        " LEFT JOIN document d ON d.id = f.document LEFT JOIN source s ON s.name = d.source"
        " WHERE f.seen_ms >= ?1 AND f.outcome <> 'rang' AND (?2 IS NULL OR f.outcome = ?2)"
        " ORDER BY f.seen_ms DESC, f.id DESC LIMIT ?3");
    bind_int(stmt, 1, since_ms);
    if (outcome)
        bind_text(stmt, 2, outcome);
    bind_int(stmt, 3, limit);
    return rows_json(txn, stmt, columns, ARRAY_LEN(columns), list, err);
}

int store_view_path(struct store_txn *txn, const struct hash *alert, json_t **path, struct err *err)
{
    static const struct view_column columns[] = {{"path", COLUMN_PATH}};
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT CAST(s.root || '/' || CAST(d.path AS TEXT) AS BLOB) FROM revision r"
                        " JOIN finding f ON f.id = r.finding JOIN document d ON d.id = f.document"
                        " JOIN source s ON s.name = d.source"
                        " WHERE r.alert = " ALERT_ROW("?1") " ORDER BY r.number DESC LIMIT 1");
    bind_hash(stmt, 1, alert);
    return one_row_json(txn, stmt, columns, ARRAY_LEN(columns), path, err);
}
