/*
 * Statements on deliveries and tokens; see deliveries.h. Those that run for every commit name their
 * index: a long queue must not make the next one slow, and without statistics SQLite would guess.
 */
#include "store/deliveries.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/bind.h"

void store_withdrawn_deinit(struct store_withdrawn *withdrawn)
{
    free(withdrawn->ids);
    *withdrawn = (struct store_withdrawn){0};
}

int store_withdraw(struct store_txn *txn, sqlite3_stmt *stmt, struct store_withdrawn *withdrawn,
                   struct err *err)
{
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        withdrawn->ids =
            mem_grow(withdrawn->ids, &withdrawn->cap, withdrawn->n + 1, sizeof(*withdrawn->ids));
        withdrawn->ids[withdrawn->n++] = column_hash(stmt, 0);
    }
    return got;
}

int store_delivery_add(struct store_txn *txn, const struct store_delivery *delivery,
                       const struct hash *revisions, size_t n_revisions, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "INSERT INTO delivery(id, notifier, state, attempts, summary, next_ms, created_ms,"
             " updated_ms, reason, place, follow_up, notice, notice_ms, until_ms)"
             " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
             " ON CONFLICT(id) DO NOTHING");
    bind_hash(stmt, 1, &delivery->id);
    bind_text(stmt, 2, delivery->notifier);
    bind_text(stmt, 3, delivery->state);
    bind_int(stmt, 4, delivery->attempts);
    bind_text(stmt, 5, delivery->summary);
    bind_int(stmt, 6, delivery->next_ms);
    bind_int(stmt, 7, delivery->created_ms);
    bind_int(stmt, 8, delivery->updated_ms);
    bind_text(stmt, 9, delivery->reason);
    bind_text(stmt, 10, delivery->place);
    bind_int(stmt, 11, delivery->follow_up);
    bind_text(stmt, 12, delivery->notice);
    bind_int(stmt, 13, delivery->notice_ms);
    bind_int(stmt, 14, delivery->until_ms);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    if (!store_changes(txn))
        return 0;
    int64_t row = store_last_id(txn);
    for (size_t i = 0; i < n_revisions; i++) {
        stmt = store_stmt(txn, "INSERT INTO delivery_revision(delivery, position, revision)"
                               " VALUES(?1, ?2, " REVISION_ROW("?3") ")");
        bind_int(stmt, 1, row);
        bind_int(stmt, 2, (int64_t)i);
        bind_hash(stmt, 3, &revisions[i]);
        if (store_exec(txn, stmt, err) < 0)
            return -1;
    }
    return 1;
}

int store_delivery_mark(struct store_txn *txn, const struct store_delivery *delivery,
                        struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE delivery SET state = ?2, attempts = ?3, next_ms = ?4,"
                        " updated_ms = ?5, reason = ?6 WHERE id = ?1"
                        " AND (state NOT IN ('cancelled', 'superseded') OR ?2 = 'sent')");
    bind_hash(stmt, 1, &delivery->id);
    bind_text(stmt, 2, delivery->state);
    bind_int(stmt, 3, delivery->attempts);
    bind_int(stmt, 4, delivery->next_ms);
    bind_int(stmt, 5, delivery->updated_ms);
    bind_text(stmt, 6, delivery->reason);
    return store_exec(txn, stmt, err) < 0 ? -1 : store_changes(txn) > 0;
}

int store_delivery_rung(struct store_txn *txn, const char *notifier, int64_t since_ms,
                        int64_t *made_ms, int max, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT created_ms FROM delivery INDEXED BY delivery_done WHERE notifier = ?1"
             " AND state IN ('queued', 'unknown', 'deferred', 'sent', 'dead')"
             " AND updated_ms > ?2 AND created_ms > ?2 AND notice = ''"
             " ORDER BY created_ms LIMIT ?3");
    bind_text(stmt, 1, notifier);
    bind_int(stmt, 2, since_ms);
    bind_int(stmt, 3, max);
    int n = 0, got;
    while ((got = store_step(txn, stmt, err)) > 0)
        made_ms[n++] = sqlite3_column_int64(stmt, 0);
    return got < 0 ? -1 : n;
}

int store_delivery_due(struct store_txn *txn, const char *notifier, int64_t now_ms, int limit,
                       void (*each)(void *arg, const struct hash *id), void *arg, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT id FROM delivery y INDEXED BY delivery_open WHERE notifier = ?1"
                        " AND next_ms <= ?2 AND " DELIVERY_OPEN
                        " AND state <> 'held' AND (notice = '' OR NOT EXISTS(SELECT 1"
                        " FROM delivery_revision mine JOIN revision r ON r.row = mine.revision"
                        " JOIN revision news ON news.alert = r.alert"
                        " JOIN delivery_revision theirs ON theirs.revision = news.row"
                        " JOIN delivery n ON n.row = theirs.delivery WHERE mine.delivery = y.row"
                        " AND n.notifier = ?1 AND n.notice = ''"
                        " AND n.state IN ('queued', 'held', 'unknown', 'deferred')"
                        " AND (n.state <> 'held' OR y.notice = 'ended')))"
                        " ORDER BY next_ms, created_ms LIMIT ?3");
    bind_text(stmt, 1, notifier);
    bind_int(stmt, 2, now_ms);
    bind_int(stmt, 3, limit);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        struct hash id = column_hash(stmt, 0);
        each(arg, &id);
    }
    return got;
}

int store_delivery_oldest(struct store_txn *txn, const char *notifier,
                          bool (*each)(void *arg, const struct hash *id), void *arg,
                          struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT id FROM delivery INDEXED BY delivery_open WHERE notifier = ?1"
                        " AND state <> 'held' AND notice = '' AND " DELIVERY_OPEN " ORDER BY row");
    bind_text(stmt, 1, notifier);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        struct hash id = column_hash(stmt, 0);
        if (each(arg, &id))
            break;
    }
    sqlite3_reset(stmt);
    return got < 0 ? -1 : 0;
}

int store_delivery_is_deferred(struct store_txn *txn, const char *notifier, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT 1 FROM delivery INDEXED BY delivery_done WHERE notifier = ?1"
                        " AND state IN ('unknown', 'deferred') LIMIT 1");
    bind_text(stmt, 1, notifier);
    int got = store_step(txn, stmt, err);
    sqlite3_reset(stmt);
    return got;
}

int store_delivery_wake(struct store_txn *txn, const char *notifier, const char *state, int limit,
                        struct store_place *after, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "UPDATE delivery SET next_ms = created_ms WHERE row IN (SELECT row FROM delivery"
             " INDEXED BY delivery_done WHERE notifier = ?1 AND state = ?2 AND updated_ms >= ?3"
             " AND (updated_ms > ?3 OR row > ?4) AND next_ms > created_ms"
             " ORDER BY updated_ms, row LIMIT ?5) RETURNING updated_ms, row");
    bind_text(stmt, 1, notifier);
    bind_text(stmt, 2, state);
    bind_int(stmt, 3, after->updated_ms);
    bind_int(stmt, 4, after->row);
    bind_int(stmt, 5, limit);
    int n = 0, got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        struct store_place at = {sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1)};
        if (at.updated_ms > after->updated_ms ||
            (at.updated_ms == after->updated_ms && at.row > after->row))
            *after = at;
        n++;
    }
    return got < 0 ? -1 : n;
}

int store_delivery_next(struct store_txn *txn, const char *notifier, int64_t now_ms,
                        int64_t *next_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT next_ms FROM delivery INDEXED BY delivery_open WHERE notifier = ?1 AND next_ms > ?2 AND next_ms < ?3"
        " AND " DELIVERY_OPEN " ORDER BY next_ms LIMIT 1");
    bind_text(stmt, 1, notifier);
    bind_int(stmt, 2, now_ms);
    bind_int(stmt, 3, STORE_NEVER_MS);
    *next_ms = 0;
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *next_ms = sqlite3_column_int64(stmt, 0);
    return got < 0 ? -1 : 0;
}

int store_delivery_clock_back(struct store_txn *txn, const char *notifier, int64_t now_ms,
                              struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "UPDATE delivery INDEXED BY delivery_done SET updated_ms = ?2,"
             " created_ms = min(created_ms, ?2), retried_ms = min(retried_ms, ?2),"
             " next_ms = CASE WHEN next_ms >= ?3 THEN next_ms"
             " ELSE ?2 + max(next_ms - updated_ms, 0) END"
             " WHERE notifier = ?1 AND updated_ms > ?2 AND state IN ('queued', 'held', 'unknown',"
             " 'deferred', 'sent', 'dead', 'cancelled', 'superseded')");
    bind_text(stmt, 1, notifier);
    bind_int(stmt, 2, now_ms);
    bind_int(stmt, 3, STORE_NEVER_MS);
    return store_exec(txn, stmt, err);
}

int store_delivery_notifiers(struct store_txn *txn, void (*each)(void *arg, const char *notifier),
                             void *arg, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT DISTINCT notifier FROM delivery WHERE " DELIVERY_OPEN);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0)
        each(arg, store_text(stmt, 0));
    return got;
}

int store_delivery_cancel(struct store_txn *txn, const char *notifier, const char *reason,
                          int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE delivery SET state = 'cancelled', reason = ?2, updated_ms = ?3"
                        " WHERE notifier = ?1 AND " DELIVERY_OPEN);
    bind_text(stmt, 1, notifier);
    bind_text(stmt, 2, reason);
    bind_int(stmt, 3, now_ms);
    return store_exec(txn, stmt, err);
}

void store_delivery_row_deinit(struct store_delivery_row *row)
{
    free(row->notifier);
    free(row->state);
    *row = (struct store_delivery_row){0};
}

int store_delivery_get(struct store_txn *txn, const struct hash *id, struct store_delivery_row *row,
                       struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT notifier, state, attempts, EXISTS(SELECT 1 FROM delivery_revision"
                        " WHERE delivery = delivery.row) FROM delivery WHERE id = ?1");
    bind_hash(stmt, 1, id);
    int got = store_step(txn, stmt, err);
    if (got <= 0)
        return got;
    *row = (struct store_delivery_row){.notifier = column_copy(stmt, 0),
                                       .state = column_copy(stmt, 1),
                                       .attempts = sqlite3_column_int64(stmt, 2),
                                       .tells = sqlite3_column_int(stmt, 3)};
    sqlite3_reset(stmt);
    return 1;
}

#define RETRY                                                                                      \
    "UPDATE delivery SET state = 'queued', next_ms = ?1, updated_ms = ?1, retried_ms = ?1,"        \
    " reason = '', attempts_before = attempts WHERE "

int store_delivery_retry(struct store_txn *txn, const struct hash *id, int64_t now_ms,
                         struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, RETRY "id = ?2");
    bind_int(stmt, 1, now_ms);
    bind_hash(stmt, 2, id);
    return store_exec(txn, stmt, err);
}

int store_delivery_retry_some(struct store_txn *txn, const char *notifier, const char *state,
                              int64_t now_ms, int limit, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, RETRY "row IN (SELECT row FROM delivery INDEXED BY delivery_done WHERE notifier = ?2"
                   " AND state = ?3 AND retried_ms <> ?1"
                   " AND EXISTS(SELECT 1 FROM delivery_revision WHERE delivery = delivery.row)"
                   " ORDER BY updated_ms LIMIT ?4)");
    bind_int(stmt, 1, now_ms);
    bind_text(stmt, 2, notifier);
    bind_text(stmt, 3, state);
    bind_int(stmt, 4, limit);
    return store_exec(txn, stmt, err) < 0 ? -1 : store_changes(txn);
}

typedef void count_fn(void *arg, const char *notifier, const char *state, int64_t n,
                      int64_t oldest_ms);

static int each_count(struct store_txn *txn, sqlite3_stmt *stmt, count_fn *each, void *arg,
                      struct err *err)
{
    int got;
    while ((got = store_step(txn, stmt, err)) > 0)
        each(arg, store_text(stmt, 0), store_text(stmt, 1), sqlite3_column_int64(stmt, 2),
             sqlite3_column_int64(stmt, 3));
    return got;
}

int store_delivery_counts(struct store_txn *txn, count_fn *each, void *arg, struct err *err)
{
    /* What is done may be a million: it is counted in the index alone. */
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT c.notifier, c.state, c.n, CASE WHEN c.state IN ('queued', 'held', 'unknown',"
             " 'deferred') THEN (SELECT min(created_ms) FROM delivery d INDEXED BY delivery_open"
             "  WHERE d.notifier = c.notifier AND d.state = c.state"
             "  AND " DELIVERY_OPEN ") END"
             " FROM (SELECT notifier, state, count(*) n FROM delivery INDEXED BY delivery_done"
             "  GROUP BY notifier, state) c");
    return each_count(txn, stmt, each, arg, err);
}

int store_delivery_open(struct store_txn *txn, count_fn *each, void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT notifier, state, count(*), min(created_ms)"
                                         " FROM delivery INDEXED BY delivery_open"
                                         " WHERE " DELIVERY_OPEN " GROUP BY notifier, state");
    return each_count(txn, stmt, each, arg, err);
}

int store_delivery_expire(struct store_txn *txn, int64_t before_ms, int limit, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "DELETE FROM delivery WHERE row IN (SELECT row FROM delivery d"
                        " WHERE state IN ('sent', 'dead', 'cancelled', 'superseded')"
                        " AND updated_ms < ?1 AND NOT (state = 'sent' AND EXISTS (SELECT 1"
                        "  FROM delivery_revision dr JOIN revision r ON r.row = dr.revision"
                        "  JOIN alert a ON a.row = r.alert WHERE dr.delivery = d.row"
                        "  AND a.detector = 'tocsin' AND a.state <> 'closed')) LIMIT ?2)");
    bind_int(stmt, 1, before_ms);
    bind_int(stmt, 2, limit);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    return store_changes(txn);
}

int store_token_set(struct store_txn *txn, const char *notifier, const struct hash *alert,
                    const char *token, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "INSERT INTO token(notifier, alert, token)"
                                         " SELECT ?1, row, ?3 FROM alert WHERE id = ?2"
                                         " ON CONFLICT(notifier, alert) DO UPDATE SET token = ?3");
    bind_text(stmt, 1, notifier);
    bind_hash(stmt, 2, alert);
    bind_text(stmt, 3, token);
    return store_exec(txn, stmt, err);
}
