/*
 * Statements on follow-ups, what tells once more of what was told or tells the next notifier: how
 * many there were, and those that nobody wants any more, also where a summary has them among
 * others; see deliveries.h.
 */
#include "store/deliveries.h"

#include <stdlib.h>

#include "store/bind.h"

#define OF_ALERT                                                                                   \
    " row IN (SELECT dr.delivery FROM revision r JOIN delivery_revision dr"                        \
    " ON dr.revision = r.row WHERE r.alert = " ALERT_ROW("?1") ")"

/* ---- in a summary ---- */

/* One revision that a summary tells once more. */
struct part {
    int64_t delivery, position, revision;
};

struct parts {
    struct part *items;
    size_t n, cap;
};

int store_summary_again(struct store_txn *txn, const struct hash *summary, size_t position,
                        int64_t follow_up, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE delivery_revision SET follow_up = ?3 WHERE position = ?2"
                        " AND delivery = " DELIVERY_ROW("?1"));
    bind_hash(stmt, 1, summary);
    bind_int(stmt, 2, (int64_t)position);
    bind_int(stmt, 3, follow_up);
    return store_exec(txn, stmt, err);
}

/* Those of an alert: reminders, and with `steps` those of an escalation, too. */
static int find_parts(struct store_txn *txn, const struct hash *alert, bool steps,
                      struct parts *parts, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT y.row, dr.position, r.row FROM revision r JOIN delivery_revision dr"
             " ON dr.revision = r.row JOIN delivery y ON y.row = dr.delivery"
             " WHERE r.alert = " ALERT_ROW("?1") " AND (dr.follow_up > 0 OR"
                                                 " (?2 AND dr.follow_up < 0))"
                                                 " AND y.summary <> '' AND " DELIVERY_OPEN);
    bind_hash(stmt, 1, alert);
    bind_int(stmt, 2, steps);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        parts->items = mem_grow(parts->items, &parts->cap, parts->n + 1, sizeof(*parts->items));
        parts->items[parts->n++] = (struct part){.delivery = sqlite3_column_int64(stmt, 0),
                                                 .position = sqlite3_column_int64(stmt, 1),
                                                 .revision = sqlite3_column_int64(stmt, 2)};
    }
    return got;
}

/* The follow-up that had given way to the summary has no summary any more. */
static int say_why(struct store_txn *txn, const struct part *part, const char *reason,
                   struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "UPDATE delivery SET reason = ?3 WHERE state = 'superseded' AND follow_up <> 0"
             " AND reason = '" STORE_IN_SUMMARY "' AND row IN (SELECT dr.delivery"
             " FROM delivery_revision dr WHERE dr.revision = ?2) AND (notifier, updated_ms) ="
             " (SELECT notifier, created_ms FROM delivery WHERE row = ?1)");
    bind_int(stmt, 1, part->delivery);
    bind_int(stmt, 2, part->revision);
    bind_text(stmt, 3, reason);
    return store_exec(txn, stmt, err);
}

/* What is left is counted anew; one that is left is no summary, and none nothing at all. */
static int count_again(struct store_txn *txn, const struct part *part, const char *reason,
                       int64_t now_ms, struct store_withdrawn *withdrawn, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE delivery SET"
                        " state = CASE rest.n WHEN 0 THEN 'superseded' ELSE state END,"
                        " reason = CASE rest.n WHEN 0 THEN ?2 ELSE reason END,"
                        " updated_ms = CASE rest.n WHEN 0 THEN ?3 ELSE updated_ms END,"
                        " follow_up = CASE rest.n WHEN 0 THEN 0 WHEN 1 THEN rest.latest"
                        " ELSE max(rest.latest, 0) END,"
                        " summary = CASE WHEN rest.n < 2 THEN ''"
                        " ELSE rest.n || substr(summary, instr(summary, ' ')) END"
                        " FROM (SELECT count(*) n, max(follow_up) latest FROM delivery_revision"
                        "  WHERE delivery = ?1) rest WHERE row = ?1 RETURNING id");
    bind_int(stmt, 1, part->delivery);
    bind_text(stmt, 2, reason);
    bind_int(stmt, 3, now_ms);
    return store_withdraw(txn, stmt, withdrawn, err);
}

static int take_out(struct store_txn *txn, const struct part *part, const char *reason,
                    int64_t now_ms, struct store_withdrawn *withdrawn, struct err *err)
{
    if (say_why(txn, part, reason, err) < 0)
        return -1;
    sqlite3_stmt *stmt =
        store_stmt(txn, "DELETE FROM delivery_revision WHERE delivery = ?1 AND position = ?2");
    bind_int(stmt, 1, part->delivery);
    bind_int(stmt, 2, part->position);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    return count_again(txn, part, reason, now_ms, withdrawn, err);
}

static int leave_out(struct store_txn *txn, const struct hash *alert, bool steps,
                     const char *reason, int64_t now_ms, struct store_withdrawn *withdrawn,
                     struct err *err)
{
    struct parts parts = {0};
    int result = find_parts(txn, alert, steps, &parts, err);
    for (size_t i = 0; result == 0 && i < parts.n; i++)
        result = take_out(txn, &parts.items[i], reason, now_ms, withdrawn, err);
    free(parts.items);
    return result;
}

/* ---- by themselves ---- */

int store_delivery_followed(struct store_txn *txn, const struct hash *alert, const char *reason,
                            int64_t now_ms, struct store_withdrawn *withdrawn, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE delivery SET state = 'superseded', reason = ?2, updated_ms = ?3"
                        " WHERE " DELIVERY_OPEN " AND summary = '' AND follow_up <> 0 AND" OF_ALERT
                        " RETURNING id");
    bind_hash(stmt, 1, alert);
    bind_text(stmt, 2, reason);
    bind_int(stmt, 3, now_ms);
    if (store_withdraw(txn, stmt, withdrawn, err) < 0)
        return -1;
    return leave_out(txn, alert, true, reason, now_ms, withdrawn, err);
}

int store_delivery_called_back(struct store_txn *txn, const struct hash *alert, const char *reason,
                               int64_t now_ms, struct store_withdrawn *withdrawn, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE delivery SET state = 'superseded', reason = ?2, updated_ms = ?3"
                        " WHERE state IN ('queued', 'unknown', 'deferred') AND summary = ''"
                        " AND follow_up > 0 AND" OF_ALERT " RETURNING id");
    bind_hash(stmt, 1, alert);
    bind_text(stmt, 2, reason);
    bind_int(stmt, 3, now_ms);
    if (store_withdraw(txn, stmt, withdrawn, err) < 0)
        return -1;
    return leave_out(txn, alert, false, reason, now_ms, withdrawn, err);
}

int store_delivery_reminds(struct store_txn *txn, const char *notifier, const struct hash *revision,
                           int64_t *n_reminded, int64_t *snoozed_until_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT a.snoozed_until_ms, (SELECT coalesce(max(d.follow_up), 0)"
        " FROM delivery_revision dr JOIN delivery d ON d.row = dr.delivery"
        " WHERE dr.revision = r.row AND d.notifier = ?2 AND d.follow_up > 0 AND d.summary = '')"
        " FROM revision r JOIN alert a ON a.row = r.alert WHERE r.id = ?1 AND a.state = 'open'"
        " AND r.number > a.ended"
        " AND r.number = (SELECT max(number) FROM revision WHERE alert = a.row)");
    bind_hash(stmt, 1, revision);
    bind_text(stmt, 2, notifier);
    int got = store_step(txn, stmt, err);
    if (got > 0) {
        *snoozed_until_ms = sqlite3_column_int64(stmt, 0);
        *n_reminded = sqlite3_column_int64(stmt, 1);
    }
    sqlite3_reset(stmt);
    return got;
}
