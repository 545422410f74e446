/* Statements that forget a document; see forget.h. */
#include "store/forget.h"

#include <stdlib.h>

#include "store/bind.h"
#include "store/stories.h"

/* The findings of document ?1. */
#define OF_DOCUMENT                                                                                \
    "(SELECT f.id FROM version v JOIN finding f ON f.version = v.id WHERE v.document = ?1)"
/* Not sent, and perhaps to be: by itself, or when a person retries it. */
#define UNSENT "('queued', 'held', 'unknown', 'deferred', 'dead', 'cancelled')"
#define OPEN   "('queued', 'held', 'unknown', 'deferred')"

void store_forgotten_deinit(struct store_forgotten *forgotten)
{
    free(forgotten->deliveries);
    memset(forgotten, 0, sizeof(*forgotten));
}

/* Runs a statement on ?1, the number of a document, the row of an alert or a delivery. */
static int on(struct store_txn *txn, sqlite3_stmt *stmt, int64_t row, struct err *err)
{
    bind_int(stmt, 1, row);
    return store_exec(txn, stmt, err) < 0 ? -1 : store_changes(txn);
}

int store_forget_texts(struct store_txn *txn, int64_t document, int limit, int *n_deleted,
                       struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "DELETE FROM archive WHERE rowid IN (SELECT DISTINCT a.rowid FROM version v"
                        " JOIN archive a ON a.text_hash = v.text_hash WHERE v.document = ?1"
                        " AND NOT EXISTS (SELECT 1 FROM version o WHERE o.text_hash = v.text_hash"
                        " AND o.document <> ?1 AND o.forgotten_ms IS NULL) LIMIT ?2)");
    sqlite3_bind_int(stmt, 2, limit);
    *n_deleted = on(txn, stmt, document, err);
    return *n_deleted < 0 ? -1 : 0;
}

/* ---- alerts ---- */

struct alerts {
    int64_t *rows;
    size_t n, cap;
};

static int find_alerts(struct store_txn *txn, int64_t document, struct alerts *alerts,
                       struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT DISTINCT f.alert FROM version v JOIN finding f ON f.version = v.id"
                        " WHERE v.document = ?1");
    bind_int(stmt, 1, document);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        alerts->rows = mem_grow(alerts->rows, &alerts->cap, alerts->n + 1, sizeof(*alerts->rows));
        alerts->rows[alerts->n++] = sqlite3_column_int64(stmt, 0);
    }
    return got;
}

/* Does another document say so, too, that is not forgotten itself? A bare finding has no evidence;
 * one of tocsin's own trouble is of no document. */
static int rests_on_others(struct store_txn *txn, int64_t document, int64_t alert, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT 1 FROM finding WHERE alert = ?2 AND document <> ?1 AND evidence <> '[]' LIMIT 1");
    bind_int(stmt, 1, document);
    bind_int(stmt, 2, alert);
    int got = store_step(txn, stmt, err);
    sqlite3_reset(stmt);
    return got;
}

/* ---- deliveries ---- */

struct telling {
    int64_t row;
    struct hash id;
    bool is_open;
};
struct tellings {
    struct telling *items;
    size_t n, cap;
};

/* What tells revisions of the alert; of those that the document gave rise to, or of all. */
static int find_tellings(struct store_txn *txn, int64_t document, int64_t alert, bool all,
                         struct tellings *tellings, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT DISTINCT d.row, d.id, d.state IN " OPEN " FROM revision r"
        " JOIN delivery_revision dr ON dr.revision = r.row JOIN delivery d ON d.row = dr.delivery"
        " WHERE r.alert = ?2 AND (?3 OR (d.state IN " UNSENT " AND r.finding IN " OF_DOCUMENT "))");
    bind_int(stmt, 1, document);
    bind_int(stmt, 2, alert);
    sqlite3_bind_int(stmt, 3, all);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        tellings->items =
            mem_grow(tellings->items, &tellings->cap, tellings->n + 1, sizeof(*tellings->items));
        tellings->items[tellings->n++] = (struct telling){
            sqlite3_column_int64(stmt, 0), column_hash(stmt, 1), sqlite3_column_int(stmt, 2) != 0};
    }
    return got;
}

static int cancel(struct store_txn *txn, int64_t delivery, int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE delivery SET state = 'cancelled', updated_ms = ?2,"
                        " reason = 'the document was forgotten' WHERE row = ?1 AND state IN " OPEN
                        " AND NOT EXISTS (SELECT 1 FROM delivery_revision WHERE delivery = ?1)");
    bind_int(stmt, 2, now_ms);
    return on(txn, stmt, delivery, err);
}

/* One that tells nothing any more is cancelled if it was still to go, else it goes. */
static int settle(struct store_txn *txn, const struct tellings *tellings, int64_t now_ms,
                  struct store_forgotten *forgotten, struct err *err)
{
    for (size_t i = 0; i < tellings->n; i++) {
        const struct telling *telling = &tellings->items[i];
        if (!telling->is_open) {
            sqlite3_stmt *stmt = store_stmt(
                txn, "DELETE FROM delivery WHERE row = ?1"
                     " AND NOT EXISTS (SELECT 1 FROM delivery_revision WHERE delivery = ?1)");
            if (on(txn, stmt, telling->row, err) < 0)
                return -1;
            continue;
        }
        int cancelled = cancel(txn, telling->row, now_ms, err);
        if (cancelled < 0)
            return -1;
        forgotten->cancelled += cancelled;
        forgotten->deliveries = mem_grow(forgotten->deliveries, &forgotten->cap_deliveries,
                                         forgotten->n_deliveries + 1, sizeof(struct hash));
        forgotten->deliveries[forgotten->n_deliveries++] = telling->id;
    }
    return 0;
}

/* ---- one alert ---- */

static int forget_alert(struct store_txn *txn, int64_t alert, int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "INSERT OR IGNORE INTO told_before(alert, what, forgotten_ms)"
        " SELECT a.id, t.what, ?2 FROM told t JOIN alert a ON a.row = t.alert WHERE t.alert = ?1");
    bind_int(stmt, 2, now_ms);
    if (on(txn, stmt, alert, err) < 0)
        return -1;
    return on(txn, store_stmt(txn, "DELETE FROM alert WHERE row = ?1"), alert, err);
}

/* What stands is shown as another document says it. */
static int show_by_others(struct store_txn *txn, int64_t document, int64_t alert, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE alert SET (headline, fields) = (SELECT summary, fields FROM finding"
                        "  WHERE alert = ?2 AND document <> ?1 AND evidence <> '[]'"
                        "  ORDER BY date DESC, rank DESC, id DESC LIMIT 1)"
                        " WHERE row = ?2 AND EXISTS (SELECT 1 FROM finding f WHERE f.alert = ?2"
                        "  AND f.id IN " OF_DOCUMENT
                        "  AND (f.summary = alert.headline OR f.fields = alert.fields))");
    bind_int(stmt, 2, alert);
    return on(txn, stmt, document, err);
}

/* The rungs of a ladder stay, bare: what stands has to be what was told. */
static int take_out(struct store_txn *txn, int64_t document, int64_t alert, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "DELETE FROM delivery_revision WHERE revision IN (SELECT row FROM revision"
                        "  WHERE alert = ?2 AND finding IN " OF_DOCUMENT ")"
                        " AND EXISTS (SELECT 1 FROM delivery WHERE row = delivery_revision.delivery"
                        "  AND state IN " UNSENT ")");
    bind_int(stmt, 2, alert);
    if (on(txn, stmt, document, err) < 0 || show_by_others(txn, document, alert, err) < 0)
        return -1;
    stmt = store_stmt(txn, "UPDATE revision SET headline = ''"
                           " WHERE alert = ?2 AND finding IN " OF_DOCUMENT);
    bind_int(stmt, 2, alert);
    if (on(txn, stmt, document, err) < 0)
        return -1;
    stmt = store_stmt(txn, "UPDATE finding SET summary = '', title = '', fields = '{}',"
                           " evidence = '[]' WHERE alert = ?2 AND id IN " OF_DOCUMENT);
    bind_int(stmt, 2, alert);
    return on(txn, stmt, document, err);
}

static int forget_in(struct store_txn *txn, int64_t document, int64_t alert, int64_t now_ms,
                     struct store_forgotten *forgotten, struct err *err)
{
    struct tellings tellings = {0};
    int others = rests_on_others(txn, document, alert, err);
    int result = others < 0 ? -1 : find_tellings(txn, document, alert, !others, &tellings, err);
    if (result == 0)
        result =
            others ? take_out(txn, document, alert, err) : forget_alert(txn, alert, now_ms, err);
    if (result >= 0)
        result = settle(txn, &tellings, now_ms, forgotten, err);
    forgotten->alerts += result == 0 && !others;
    free(tellings.items);
    return result;
}

/* ---- one document ---- */

static int count_findings(struct store_txn *txn, int64_t document, int64_t *n, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT count(*) FROM finding WHERE evidence <> '[]' AND id IN " OF_DOCUMENT);
    bind_int(stmt, 1, document);
    if (store_step(txn, stmt, err) < 0)
        return -1;
    *n = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return 0;
}

static int forget_versions(struct store_txn *txn, int64_t document, int64_t now_ms, int64_t *n,
                           struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE version SET forgotten_ms = ?2, title = '', note = '', date = 0"
                        " WHERE document = ?1 AND forgotten_ms IS NULL");
    bind_int(stmt, 2, now_ms);
    int changed = on(txn, stmt, document, err);
    if (changed < 0)
        return -1;
    *n = changed;
    if (store_story_forget(txn, document, err) < 0)
        return -1;
    stmt = store_stmt(txn, "DELETE FROM pending WHERE version IN"
                           " (SELECT id FROM version WHERE document = ?1)");
    return on(txn, stmt, document, err) < 0 ? -1 : 0;
}

int store_forget(struct store_txn *txn, int64_t document, int64_t now_ms,
                 struct store_forgotten *forgotten, struct err *err)
{
    struct alerts alerts = {0};
    store_forgotten_deinit(forgotten);
    int result = count_findings(txn, document, &forgotten->findings, err);
    if (result == 0)
        result = forget_versions(txn, document, now_ms, &forgotten->versions, err);
    if (result == 0)
        result = find_alerts(txn, document, &alerts, err);
    for (size_t i = 0; result == 0 && i < alerts.n; i++)
        result = forget_in(txn, document, alerts.rows[i], now_ms, forgotten, err);
    free(alerts.rows);
    return result;
}

/* ---- afterwards ---- */

int store_version_is_forgotten(struct store_txn *txn, int64_t version, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT 1 FROM version WHERE id = ?1 AND forgotten_ms IS NOT NULL");
    bind_int(stmt, 1, version);
    int got = store_step(txn, stmt, err);
    sqlite3_reset(stmt);
    return got;
}

int store_told_recall(struct store_txn *txn, const struct hash *alert, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "INSERT OR IGNORE INTO told(alert, what)"
                        " SELECT " ALERT_ROW("?1") ", what FROM told_before WHERE alert = ?1");
    bind_hash(stmt, 1, alert);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    if (!store_changes(txn))
        return 0;
    stmt = store_stmt(txn, "DELETE FROM told_before WHERE alert = ?1");
    bind_hash(stmt, 1, alert);
    return store_exec(txn, stmt, err) < 0 ? -1 : 1;
}

int store_told_expire(struct store_txn *txn, int64_t before_ms, int limit, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "DELETE FROM told_before WHERE (alert, what) IN"
                        " (SELECT alert, what FROM told_before WHERE forgotten_ms < ?1 LIMIT ?2)");
    bind_int(stmt, 1, before_ms);
    sqlite3_bind_int(stmt, 2, limit);
    return store_exec(txn, stmt, err) < 0 ? -1 : store_changes(txn);
}
