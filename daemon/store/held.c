/* Statements on deliveries that are held; see deliveries.h. */
#include "store/deliveries.h"

#include "store/bind.h"

int store_delivery_hold(struct store_txn *txn, const struct store_delivery *delivery,
                        struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE delivery SET next_ms = ?2, updated_ms = ?3,"
                        " reason = ?4, place = ?5 WHERE id = ?1 AND state = 'held'");
    bind_hash(stmt, 1, &delivery->id);
    bind_int(stmt, 2, delivery->next_ms);
    bind_int(stmt, 3, delivery->updated_ms);
    bind_text(stmt, 4, delivery->reason);
    bind_text(stmt, 5, delivery->place);
    return store_exec(txn, stmt, err);
}

int store_delivery_held_until(struct store_txn *txn, const char *notifier, const char *reason,
                              int64_t now_ms, int64_t *until_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT next_ms FROM delivery INDEXED BY delivery_open WHERE notifier = ?1 AND next_ms > ?2"
        " AND state = 'held' AND " DELIVERY_OPEN " AND reason = ?3 ORDER BY next_ms LIMIT 1");
    bind_text(stmt, 1, notifier);
    bind_int(stmt, 2, now_ms);
    bind_text(stmt, 3, reason);
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *until_ms = sqlite3_column_int64(stmt, 0);
    return got;
}

int store_delivery_held_due(struct store_txn *txn, const char *notifier, int64_t now_ms,
                            void (*each)(void *arg, const struct hash *delivery,
                                         const struct hash *revision, const char *reason,
                                         int64_t follow_up),
                            void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT d.id, r.id, d.reason, d.follow_up FROM delivery d INDEXED BY delivery_open"
        " JOIN delivery_revision dr ON dr.delivery = d.row JOIN revision r ON r.row = dr.revision"
        " WHERE d.notifier = ?1 AND d.next_ms <= ?2 AND state = 'held' AND " DELIVERY_OPEN
        " ORDER BY d.created_ms, r.created_ms, r.finding, dr.position");
    bind_text(stmt, 1, notifier);
    bind_int(stmt, 2, now_ms);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        struct hash delivery = column_hash(stmt, 0), revision = column_hash(stmt, 1);
        each(arg, &delivery, &revision, store_text(stmt, 2), sqlite3_column_int64(stmt, 3));
    }
    return got;
}

int store_delivery_drop_held(struct store_txn *txn, const struct hash *alert, const char *reason,
                             int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "UPDATE delivery SET state = 'cancelled', reason = ?2, updated_ms = ?3"
        " WHERE state = 'held' AND row IN (SELECT dr.delivery FROM revision r"
        " JOIN delivery_revision dr ON dr.revision = r.row WHERE r.alert = " ALERT_ROW("?1") ")");
    bind_hash(stmt, 1, alert);
    bind_text(stmt, 2, reason);
    bind_int(stmt, 3, now_ms);
    return store_exec(txn, stmt, err);
}

int store_delivery_drop_muted(struct store_txn *txn, const char *notifier, int64_t now_ms,
                              const char *reason, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "UPDATE delivery SET state = 'cancelled', reason = ?3, updated_ms = ?2 WHERE row IN"
             " (SELECT d.row FROM (SELECT row FROM delivery INDEXED BY delivery_open"
             " WHERE notifier = ?1 AND next_ms <= ?2 AND state = 'held' AND " DELIVERY_OPEN ") d"
             " JOIN delivery_revision dr ON dr.delivery = d.row"
             " JOIN revision r ON r.row = dr.revision JOIN alert a ON a.row = r.alert"
             " JOIN mute m ON m.detector = a.detector AND m.topic = a.topic"
             " WHERE m.until_ms = 0 OR m.until_ms > ?2)");
    bind_text(stmt, 1, notifier);
    bind_int(stmt, 2, now_ms);
    bind_text(stmt, 3, reason);
    return store_exec(txn, stmt, err);
}

int store_delivery_drop_early(struct store_txn *txn, const char *notifier, int64_t now_ms,
                              const char *reason, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "UPDATE delivery SET state = 'superseded', reason = ?3, updated_ms = ?2 WHERE row IN"
             " (SELECT d.row FROM (SELECT row FROM delivery INDEXED BY delivery_open"
             " WHERE notifier = ?1 AND next_ms <= ?2 AND state = 'held' AND follow_up > 0"
             " AND " DELIVERY_OPEN ") d JOIN delivery_revision mine ON mine.delivery = d.row"
             " JOIN delivery_revision theirs ON theirs.revision = mine.revision"
             " JOIN delivery n ON n.row = theirs.delivery"
             " WHERE n.notifier = ?1 AND n.notice = ''"
             " AND n.state IN ('queued', 'unknown', 'deferred'))");
    bind_text(stmt, 1, notifier);
    bind_int(stmt, 2, now_ms);
    bind_text(stmt, 3, reason);
    return store_exec(txn, stmt, err);
}

int store_delivery_resume(struct store_txn *txn, int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE delivery SET next_ms = ?1 + (next_ms - ?2), updated_ms = ?1"
                        " WHERE next_ms >= ?2"
                        " AND " DELIVERY_OPEN);
    bind_int(stmt, 1, now_ms);
    bind_int(stmt, 2, STORE_NEVER_MS);
    return store_exec(txn, stmt, err);
}

int store_delivery_put_off(struct store_txn *txn, const struct hash *alert, int64_t until_ms,
                           int64_t now_ms, struct err *err)
{
    /* What a pause holds waits so long after it at least: see store_delivery_resume. */
    sqlite3_stmt *stmt = store_stmt(
        txn, "UPDATE delivery SET updated_ms = ?3, next_ms = CASE WHEN next_ms < ?4"
             " THEN CASE reason WHEN 'snoozed' THEN ?2 ELSE max(next_ms, ?2) END"
             " ELSE max(next_ms, ?4 + ?2 - ?3) END"
             " WHERE state = 'held' AND (follow_up <> 0 OR reason = 'snoozed') AND row IN"
             " (SELECT dr.delivery FROM revision r JOIN delivery_revision dr"
             " ON dr.revision = r.row WHERE r.alert = " ALERT_ROW("?1") ")");
    bind_hash(stmt, 1, alert);
    bind_int(stmt, 2, until_ms);
    bind_int(stmt, 3, now_ms);
    bind_int(stmt, 4, STORE_NEVER_MS);
    return store_exec(txn, stmt, err);
}
