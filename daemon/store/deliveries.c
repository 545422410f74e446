/*
 * Statements on deliveries and tokens; see deliveries.h. Those that run for every commit name their
 * index: a long queue must not make the next one slow, and without statistics SQLite would guess.
 */
#include "store/deliveries.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/bind.h"

int store_delivery_add(struct store_txn *txn, const struct store_delivery *delivery,
                       const struct hash *revisions, size_t n_revisions, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "INSERT INTO delivery(id, notifier, state, attempts, summary, next_ms, created_ms,"
             " updated_ms, reason, ended_ms, place, follow_up)"
             " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
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
    bind_int(stmt, 10, delivery->ended_ms);
    bind_text(stmt, 11, delivery->place);
    bind_int(stmt, 12, delivery->follow_up);
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

int store_delivery_rung(struct store_txn *txn, const char *notifier, int64_t since_ms,
                        int64_t *made_ms, int max, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT created_ms FROM delivery INDEXED BY delivery_done WHERE notifier = ?1"
             " AND state IN ('queued', 'unknown', 'deferred', 'sent', 'dead')"
             " AND updated_ms > ?2 AND created_ms > ?2 AND ended_ms = 0"
             " ORDER BY created_ms LIMIT ?3");
    bind_text(stmt, 1, notifier);
    bind_int(stmt, 2, since_ms);
    bind_int(stmt, 3, max);
    int n = 0, got;
    while ((got = store_step(txn, stmt, err)) > 0)
        made_ms[n++] = sqlite3_column_int64(stmt, 0);
    return got < 0 ? -1 : n;
}

int store_delivery_held_until(struct store_txn *txn, const char *notifier, const char *reason,
                              int64_t now_ms, int64_t *until_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT next_ms FROM delivery INDEXED BY delivery_open WHERE notifier = ?1 AND next_ms > ?2"
        " AND state IN ('queued', 'held', 'unknown', 'deferred') AND state = 'held'"
        " AND reason = ?3 ORDER BY next_ms LIMIT 1");
    bind_text(stmt, 1, notifier);
    bind_int(stmt, 2, now_ms);
    bind_text(stmt, 3, reason);
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *until_ms = sqlite3_column_int64(stmt, 0);
    return got;
}

static void told_deinit(struct store_told *told)
{
    free(told->detector);
    free(told->topic);
    free(told->headline);
    free(told->change);
    free(told->labels);
    free(told->fields);
    free(told->evidence);
    free(told->title);
    free(told->root);
    free(told->path);
    free(told->source);
    free(told->token);
}

void store_due_free(struct store_due **due)
{
    if (!*due)
        return;
    for (size_t i = 0; i < (*due)->n_told; i++)
        told_deinit(&(*due)->told[i]);
    free((*due)->told);
    free((*due)->summary);
    free(*due);
    *due = NULL;
}

static void told_read(sqlite3_stmt *stmt, struct store_told *told)
{
    *told = (struct store_told){
        .revision = column_hash(stmt, 0),
        .alert = column_hash(stmt, 1),
        .number = sqlite3_column_int(stmt, 2),
        .severity = sqlite3_column_int(stmt, 3),
        .n_sources = sqlite3_column_int(stmt, 4),
        .date = sqlite3_column_int(stmt, 5),
        .created_ms = sqlite3_column_int64(stmt, 6),
        .started_ms = sqlite3_column_int64(stmt, 7),
        .is_fact = sqlite3_column_int(stmt, 8) != 0,
    };
    char **texts[] = {&told->detector, &told->topic,  &told->headline, &told->change,
                      &told->labels,   &told->fields, &told->evidence, &told->title,
                      &told->root,     &told->path,   &told->source,   &told->token};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i] = mem_strdup(store_text(stmt, (int)i + 9));
}

static int total_load(struct store_txn *txn, struct store_due *due, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT count(*) FROM delivery_revision WHERE delivery = " DELIVERY_ROW("?1"));
    bind_hash(stmt, 1, &due->id);
    int got = store_step(txn, stmt, err);
    if (got > 0)
        due->n_total = (size_t)sqlite3_column_int64(stmt, 0);
    return got < 0 ? -1 : 0;
}

/* What happened to the document since (a removal, another path) is of no matter: its row stays. */
static int told_load(struct store_txn *txn, int max_told, struct store_due *due, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT r.id, a.id, r.number, f.severity,"
        /* To count what is distinct takes a table of its own. */
        " (SELECT CASE WHEN min(origin) = max(origin) THEN 1 ELSE (SELECT count(DISTINCT origin)"
        " FROM finding WHERE alert = r.alert) END FROM finding WHERE alert = r.alert),"
        " f.date, r.created_ms, a.created_ms, f.status <> '', a.detector, CASE f.status WHEN '' THEN a.topic ELSE f.status END,"
        " r.headline, r.change, a.labels, f.fields, f.evidence, v.title, s.root,"
        " CAST(d.path AS TEXT), d.source, t.token"
        " FROM delivery y JOIN delivery_revision dr ON dr.delivery = y.row"
        " JOIN revision r ON r.row = dr.revision"
        " JOIN alert a ON a.row = r.alert JOIN finding f ON f.id = r.finding"
        " LEFT JOIN version v ON v.id = f.version LEFT JOIN document d ON d.id = f.document"
        " LEFT JOIN source s ON s.name = d.source"
        " LEFT JOIN token t ON t.notifier = y.notifier AND t.alert = a.row"
        " WHERE y.id = ?1 ORDER BY dr.position LIMIT ?2");
    bind_hash(stmt, 1, &due->id);
    bind_int(stmt, 2, max_told + 1); /* one more: are there more? */
    size_t cap = 0;
    int got;
    while ((got = store_step(txn, stmt, err)) > 0 && due->n_told < (size_t)max_told) {
        due->told = mem_grow(due->told, &cap, due->n_told + 1, sizeof(*due->told));
        told_read(stmt, &due->told[due->n_told++]);
    }
    due->n_total = due->n_told;
    return got > 0 ? total_load(txn, due, err) : got;
}

int store_delivery_load(struct store_txn *txn, const struct hash *id, int max_told,
                        struct store_due **due, struct err *err)
{
    *due = NULL;
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT attempts, max(created_ms, retried_ms), attempts_before, ended_ms, summary, follow_up"
        " FROM delivery WHERE id = ?1");
    bind_hash(stmt, 1, id);
    int got = store_step(txn, stmt, err);
    if (got <= 0)
        return got;
    struct store_due *found = NEW(struct store_due);
    found->id = *id;
    found->attempts = sqlite3_column_int64(stmt, 0);
    found->since_ms = sqlite3_column_int64(stmt, 1);
    found->attempts_before = sqlite3_column_int64(stmt, 2);
    found->ended_ms = sqlite3_column_int64(stmt, 3);
    found->summary = mem_strdup(store_text(stmt, 4));
    found->follow_up = sqlite3_column_int64(stmt, 5);
    if (told_load(txn, max_told, found, err) < 0) {
        store_due_free(&found);
        return -1;
    }
    *due = found;
    return 1;
}

int store_delivery_due(struct store_txn *txn, const char *notifier, int64_t now_ms, int limit,
                       void (*each)(void *arg, const struct hash *id), void *arg, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT id FROM delivery y INDEXED BY delivery_open WHERE notifier = ?1"
                        " AND next_ms <= ?2 AND state IN ('queued', 'held', 'unknown', 'deferred')"
                        " AND state <> 'held' AND (ended_ms = 0 OR NOT EXISTS(SELECT 1"
                        " FROM delivery_revision mine JOIN revision r ON r.row = mine.revision"
                        " JOIN revision news ON news.alert = r.alert"
                        " JOIN delivery_revision theirs ON theirs.revision = news.row"
                        " JOIN delivery n ON n.row = theirs.delivery WHERE mine.delivery = y.row"
                        " AND n.notifier = ?1 AND n.ended_ms = 0"
                        " AND n.state IN ('queued', 'held', 'unknown', 'deferred')))"
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

int store_delivery_has_ends(struct store_txn *txn, const char *notifier, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT 1 FROM delivery INDEXED BY delivery_end WHERE notifier = ?1"
                        " AND ended_ms <> 0 AND state IN ('queued', 'held', 'unknown', 'deferred')"
                        " LIMIT 1");
    bind_text(stmt, 1, notifier);
    return store_step(txn, stmt, err);
}

int store_delivery_next(struct store_txn *txn, const char *notifier, int64_t now_ms,
                        int64_t *next_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT next_ms FROM delivery INDEXED BY delivery_open WHERE notifier = ?1 AND next_ms > ?2 AND next_ms < ?3"
        " AND state IN ('queued', 'held', 'unknown', 'deferred') ORDER BY next_ms LIMIT 1");
    bind_text(stmt, 1, notifier);
    bind_int(stmt, 2, now_ms);
    bind_int(stmt, 3, STORE_NEVER_MS);
    *next_ms = 0;
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *next_ms = sqlite3_column_int64(stmt, 0);
    return got < 0 ? -1 : 0;
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
        " WHERE d.notifier = ?1 AND d.next_ms <= ?2 AND d.state = 'held'"
        " AND d.state IN ('queued', 'held', 'unknown', 'deferred')"
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
             " (SELECT d.row FROM delivery d INDEXED BY delivery_open"
             " JOIN delivery_revision dr ON dr.delivery = d.row"
             " JOIN revision r ON r.row = dr.revision JOIN alert a ON a.row = r.alert"
             " JOIN mute m ON m.detector = a.detector AND m.topic = a.topic"
             " WHERE d.notifier = ?1 AND d.next_ms <= ?2 AND d.state = 'held'"
             " AND d.state IN ('queued', 'held', 'unknown', 'deferred')"
             " AND (m.until_ms = 0 OR m.until_ms > ?2))");
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
                        " AND state IN ('queued', 'held', 'unknown', 'deferred')");
    bind_int(stmt, 1, now_ms);
    bind_int(stmt, 2, STORE_NEVER_MS);
    return store_exec(txn, stmt, err);
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
        store_stmt(txn, "SELECT DISTINCT notifier FROM delivery"
                        " WHERE state IN ('queued', 'held', 'unknown', 'deferred')");
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
                        " WHERE notifier = ?1"
                        " AND state IN ('queued', 'held', 'unknown', 'deferred')");
    bind_text(stmt, 1, notifier);
    bind_text(stmt, 2, reason);
    bind_int(stmt, 3, now_ms);
    return store_exec(txn, stmt, err);
}

int store_delivery_told(struct store_txn *txn, const struct hash *alert,
                        void (*each)(void *arg, const char *notifier), void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT DISTINCT d.notifier FROM revision r JOIN delivery_revision dr"
             " ON dr.revision = r.row JOIN delivery d ON d.row = dr.delivery"
             " WHERE r.alert = " ALERT_ROW(
                 "?1") " AND d.ended_ms = 0"
                       " AND d.state IN ('queued', 'held', 'unknown', 'deferred', 'sent')");
    bind_hash(stmt, 1, alert);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0)
        each(arg, store_text(stmt, 0));
    return got;
}

int store_delivery_not_ended(struct store_txn *txn, const struct hash *alert, const char *reason,
                             int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "UPDATE delivery SET state = 'superseded', reason = ?2, updated_ms = ?3"
             " WHERE ended_ms <> 0 AND state IN ('queued', 'held', 'unknown', 'deferred')"
             " AND row IN (SELECT dr.delivery FROM revision r JOIN delivery_revision dr"
             " ON dr.revision = r.row WHERE r.alert = " ALERT_ROW("?1") ")");
    bind_hash(stmt, 1, alert);
    bind_text(stmt, 2, reason);
    bind_int(stmt, 3, now_ms);
    return store_exec(txn, stmt, err);
}

#define FOLLOW_UPS_OF_ALERT                                                                        \
    " WHERE follow_up <> 0 AND state = 'held'"                                                     \
    " AND row IN (SELECT dr.delivery FROM revision r JOIN delivery_revision dr"                    \
    " ON dr.revision = r.row WHERE r.alert = " ALERT_ROW("?1") ")"

int store_delivery_followed(struct store_txn *txn, const struct hash *alert, const char *reason,
                            int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "UPDATE delivery SET state = 'superseded', reason = ?2,"
                                         " updated_ms = ?3" FOLLOW_UPS_OF_ALERT);
    bind_hash(stmt, 1, alert);
    bind_text(stmt, 2, reason);
    bind_int(stmt, 3, now_ms);
    return store_exec(txn, stmt, err);
}

int store_delivery_topic_followed(struct store_txn *txn, const char *detector, const char *topic,
                                  const char *reason, int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "UPDATE delivery SET state = 'superseded', reason = ?3, updated_ms = ?4"
             " WHERE state IN ('queued', 'held', 'unknown', 'deferred') AND follow_up <> 0"
             " AND state = 'held' AND EXISTS(SELECT 1 FROM delivery_revision dr"
             " JOIN revision r ON r.row = dr.revision JOIN alert a ON a.row = r.alert"
             " WHERE dr.delivery = delivery.row AND a.detector = ?1 AND a.topic = ?2)");
    bind_text(stmt, 1, detector);
    bind_text(stmt, 2, topic);
    bind_text(stmt, 3, reason);
    bind_int(stmt, 4, now_ms);
    return store_exec(txn, stmt, err);
}

int store_delivery_put_off(struct store_txn *txn, const struct hash *alert, int64_t until_ms,
                           int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "UPDATE delivery SET next_ms = max(next_ms, ?2),"
                                         " updated_ms = ?3" FOLLOW_UPS_OF_ALERT);
    bind_hash(stmt, 1, alert);
    bind_int(stmt, 2, until_ms);
    bind_int(stmt, 3, now_ms);
    return store_exec(txn, stmt, err);
}

int store_delivery_revive(struct store_txn *txn, const struct store_delivery *delivery,
                          struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "UPDATE delivery SET state = 'queued', reason = '', next_ms = ?2, updated_ms = ?2,"
             " retried_ms = ?2, attempts_before = attempts, ended_ms = ?3"
             " WHERE id = ?1 AND state = 'superseded'");
    bind_hash(stmt, 1, &delivery->id);
    bind_int(stmt, 2, delivery->next_ms);
    bind_int(stmt, 3, delivery->ended_ms);
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
             "  AND d.state IN ('queued', 'held', 'unknown', 'deferred')) END"
             " FROM (SELECT notifier, state, count(*) n FROM delivery INDEXED BY delivery_done"
             "  GROUP BY notifier, state) c");
    return each_count(txn, stmt, each, arg, err);
}

int store_delivery_open(struct store_txn *txn, count_fn *each, void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT notifier, state, count(*), min(created_ms)"
                                         " FROM delivery INDEXED BY delivery_open"
                                         " WHERE state IN ('queued', 'held', 'unknown', 'deferred')"
                                         " GROUP BY notifier, state");
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
