/* Questions of people, answered as JSON; see people.h. */
#include "store/people.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/str.h"
#include "store/bind.h"

#define DEFAULT_LIMIT 200
#define MAX_LIMIT     100000
#define MAX_PARTS     1000 /* findings, revisions or deliveries of one alert */

static json_t *hash_json(sqlite3_stmt *stmt, int at)
{
    struct hash hash = column_hash(stmt, at);
    char hex[HASH_HEX_SIZE];
    hash_hex(&hash, HASH_BYTES, hex);
    return json_string(hex);
}

/* A column that holds JSON. */
static json_t *column_json(sqlite3_stmt *stmt, int at)
{
    json_t *value = json_loads(store_text(stmt, at), JSON_DECODE_ANY, NULL);
    return value ? value : json_null();
}

static json_t *text_json(sqlite3_stmt *stmt, int at)
{
    json_t *value = json_string(store_text(stmt, at));
    return value ? value : json_string("");
}

/* Every row of a statement by `row`, into a new list. */
static int list_rows(struct store_txn *txn, sqlite3_stmt *stmt, json_t *(*row)(sqlite3_stmt *stmt),
                     json_t **list, struct err *err)
{
    json_t *rows = json_array();
    int more;
    while ((more = store_step(txn, stmt, err)) > 0)
        json_array_append_new(rows, row(stmt));
    if (more < 0) {
        json_decref(rows);
        return -1;
    }
    *list = rows;
    return 0;
}

/* ---- alerts ---- */

#define ALERT_COLUMNS                                                                              \
    "SELECT id, detector, topic, edition, headline, severity, state, labels, fields, revisions,"   \
    " (SELECT count(DISTINCT f.origin) FROM finding f WHERE f.alert = alert.id), created_ms,"      \
    " updated_ms FROM alert"

static json_t *alert_row(sqlite3_stmt *stmt)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:I, s:I, s:I, s:I}", "id",
                     hash_json(stmt, 0), "detector", text_json(stmt, 1), "topic",
                     text_json(stmt, 2), "edition", text_json(stmt, 3), "headline",
                     text_json(stmt, 4), "severity", (json_int_t)sqlite3_column_int64(stmt, 5),
                     "state", text_json(stmt, 6), "labels", column_json(stmt, 7), "fields",
                     column_json(stmt, 8), "revisions", (json_int_t)sqlite3_column_int64(stmt, 9),
                     "sources", (json_int_t)sqlite3_column_int64(stmt, 10), "created_ms",
                     (json_int_t)sqlite3_column_int64(stmt, 11), "updated_ms",
                     (json_int_t)sqlite3_column_int64(stmt, 12));
}

/* Binds a filter; what is not given matches all. */
static void bind_filter(sqlite3_stmt *stmt, int at, const json_t *args, const char *name)
{
    const char *text = json_string_value(json_object_get(args, name));
    if (text)
        bind_text(stmt, at, text);
    else
        sqlite3_bind_null(stmt, at);
}

int store_people_alerts(struct store_txn *txn, const json_t *args, json_t **result, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, ALERT_COLUMNS " WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR detector = ?2)"
                           " AND (?3 IS NULL OR topic = ?3) AND updated_ms >= ?4"
                           " ORDER BY updated_ms DESC, id LIMIT ?5");
    json_int_t limit = json_integer_value(json_object_get(args, "limit"));
    bind_filter(stmt, 1, args, "state");
    bind_filter(stmt, 2, args, "detector");
    bind_filter(stmt, 3, args, "topic");
    bind_int(stmt, 4, json_integer_value(json_object_get(args, "since_ms")));
    bind_int(stmt, 5, limit > 0 && limit <= MAX_LIMIT ? limit : DEFAULT_LIMIT);
    return list_rows(txn, stmt, alert_row, result, err);
}

/* The least and the greatest id that begin with these digits. */
static bool id_range(const char *begins, struct hash *from, struct hash *to)
{
    size_t len = strlen(begins);
    if (!len || len > 2 * HASH_BYTES)
        return false;
    char low[HASH_HEX_SIZE], high[HASH_HEX_SIZE];
    memset(low, '0', sizeof(low) - 1);
    memset(high, 'f', sizeof(high) - 1);
    low[sizeof(low) - 1] = high[sizeof(high) - 1] = '\0';
    for (size_t i = 0; i < len; i++)
        low[i] = high[i] = (char)tolower((unsigned char)begins[i]);
    return hash_from_hex(from, low) && hash_from_hex(to, high);
}

static int find_alert(struct store_txn *txn, const char *begins, struct hash *id, struct err *err)
{
    struct hash from, to;
    if (!id_range(begins, &from, &to))
        return err_set(err, "\"%s\" is no beginning of an alert's id (tocsinctl alert list)",
                       begins);
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT id FROM alert WHERE id BETWEEN ?1 AND ?2 LIMIT 2");
    bind_hash(stmt, 1, &from);
    bind_hash(stmt, 2, &to);
    int found = store_step(txn, stmt, err);
    if (found < 0)
        return -1;
    if (!found)
        return err_set(err, "no alert's id begins with \"%s\" (tocsinctl alert list)", begins);
    *id = column_hash(stmt, 0);
    int more = store_step(txn, stmt, err);
    return more > 0 ? err_set(err, "more than one alert's id begins with \"%s\": give more digits",
                              begins)
                    : more;
}

int store_people_alert_id(struct store_txn *txn, const char *begins, char **id, struct err *err)
{
    struct hash hash;
    if (find_alert(txn, begins, &hash, err) < 0)
        return -1;
    char hex[HASH_HEX_SIZE];
    hash_hex(&hash, HASH_BYTES, hex);
    *id = mem_strdup(hex);
    return 0;
}

/* ---- one alert whole ---- */

static json_t *finding_row(sqlite3_stmt *stmt)
{
    return json_pack("{s:I, s:o, s:o, s:I, s:o, s:o, s:o, s:f, s:o, s:o, s:I}", "document",
                     (json_int_t)sqlite3_column_int64(stmt, 0), "path", column_path_json(stmt, 1),
                     "title", text_json(stmt, 2), "date", (json_int_t)sqlite3_column_int64(stmt, 3),
                     "status", text_json(stmt, 4), "summary", text_json(stmt, 5), "outcome",
                     text_json(stmt, 6), "score", sqlite3_column_double(stmt, 7), "fields",
                     column_json(stmt, 8), "evidence", column_json(stmt, 9), "seen_ms",
                     (json_int_t)sqlite3_column_int64(stmt, 10));
}

static int read_findings(struct store_txn *txn, const struct hash *id, json_t **list,
                         struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT f.document, coalesce(d.path, x''), coalesce(v.title, ''), f.date, f.status,"
             " f.summary, f.outcome, f.score, f.fields, f.evidence, f.seen_ms FROM finding f"
             " LEFT JOIN document d ON d.id = f.document LEFT JOIN version v ON v.id = f.version"
             " WHERE f.alert = ?1 ORDER BY f.date, f.origin, f.id LIMIT ?2");
    bind_hash(stmt, 1, id);
    bind_int(stmt, 2, MAX_PARTS);
    return list_rows(txn, stmt, finding_row, list, err);
}

static json_t *revision_row(sqlite3_stmt *stmt)
{
    return json_pack("{s:o, s:I, s:o, s:o, s:I}", "id", hash_json(stmt, 0), "number",
                     (json_int_t)sqlite3_column_int64(stmt, 1), "headline", text_json(stmt, 2),
                     "change", text_json(stmt, 3), "created_ms",
                     (json_int_t)sqlite3_column_int64(stmt, 4));
}

static int read_revisions(struct store_txn *txn, const struct hash *id, json_t **list,
                          struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT id, number, headline, change, created_ms FROM revision"
                        " WHERE alert = ?1 ORDER BY number LIMIT ?2");
    bind_hash(stmt, 1, id);
    bind_int(stmt, 2, MAX_PARTS);
    return list_rows(txn, stmt, revision_row, list, err);
}

static json_t *delivery_row(sqlite3_stmt *stmt)
{
    return json_pack("{s:o, s:o, s:o, s:I, s:I, s:I, s:o}", "id", hash_json(stmt, 0), "notifier",
                     text_json(stmt, 1), "state", text_json(stmt, 2), "attempts",
                     (json_int_t)sqlite3_column_int64(stmt, 3), "next_ms",
                     (json_int_t)sqlite3_column_int64(stmt, 4), "updated_ms",
                     (json_int_t)sqlite3_column_int64(stmt, 5), "reason", text_json(stmt, 6));
}

static int read_deliveries(struct store_txn *txn, const struct hash *id, json_t **list,
                           struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT DISTINCT d.id, d.notifier, d.state, d.attempts, d.next_ms, d.updated_ms,"
             " d.reason FROM revision r JOIN delivery_revision dr ON dr.revision = r.id"
             " JOIN delivery d ON d.id = dr.delivery WHERE r.alert = ?1"
             " ORDER BY d.created_ms, d.notifier LIMIT ?2");
    bind_hash(stmt, 1, id);
    bind_int(stmt, 2, MAX_PARTS);
    return list_rows(txn, stmt, delivery_row, list, err);
}

int store_people_alert(struct store_txn *txn, const char *begins, json_t **result, struct err *err)
{
    struct hash id;
    if (find_alert(txn, begins, &id, err) < 0)
        return -1;
    sqlite3_stmt *stmt = store_stmt(txn, ALERT_COLUMNS " WHERE id = ?1");
    bind_hash(stmt, 1, &id);
    if (store_step(txn, stmt, err) <= 0)
        return -1;
    json_t *alert = alert_row(stmt);
    static const struct {
        const char *name;
        int (*read)(struct store_txn *txn, const struct hash *id, json_t **list, struct err *err);
    } parts[] = {{"findings", read_findings},
                 {"revisions", read_revisions},
                 {"deliveries", read_deliveries}};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        json_t *list = NULL;
        if (parts[i].read(txn, &id, &list, err) < 0) {
            json_decref(alert);
            return -1;
        }
        json_object_set_new(alert, parts[i].name, list);
    }
    *result = alert;
    return 0;
}

/* ---- one document ---- */

static json_t *outcome_row(sqlite3_stmt *stmt)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "alert", hash_json(stmt, 0),
                     "detector", text_json(stmt, 1), "topic", text_json(stmt, 2), "status",
                     text_json(stmt, 3), "summary", text_json(stmt, 4), "outcome",
                     text_json(stmt, 5), "version", (json_int_t)sqlite3_column_int64(stmt, 6),
                     "evidence", column_json(stmt, 7));
}

int store_people_outcomes(struct store_txn *txn, int64_t document, json_t **result, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT f.alert, a.detector, a.topic, f.status, f.summary, f.outcome, v.number,"
             " f.evidence FROM version v JOIN finding f ON f.version = v.id"
             " JOIN alert a ON a.id = f.alert WHERE v.document = ?1 ORDER BY f.id LIMIT ?2");
    bind_int(stmt, 1, document);
    bind_int(stmt, 2, MAX_PARTS);
    return list_rows(txn, stmt, outcome_row, result, err);
}
