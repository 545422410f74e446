/* Statements on alerts, findings, what was told, revisions, mutes and switches; see alerts.h. */
#include "store/alerts.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/bind.h"

void store_alert_deinit(struct store_alert *alert)
{
    free(alert->detector);
    free(alert->topic);
    free(alert->subject);
    free(alert->key_base);
    free(alert->edition);
    free(alert->headline);
    free(alert->labels);
    free(alert->fields);
    free(alert->state);
    *alert = (struct store_alert){0};
}

int store_alert_get(struct store_txn *txn, const struct hash *id, struct store_alert *alert,
                    struct err *err)
{
    *alert = (struct store_alert){.id = *id};
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT detector, topic, subject, key_base, edition, headline, labels, fields, state,"
             " severity, revisions, snoozed_until_ms, created_ms, updated_ms"
             " FROM alert WHERE id = ?1");
    bind_hash(stmt, 1, id);
    int got = store_step(txn, stmt, err);
    if (got <= 0)
        return got;
    char **texts[] = {&alert->detector, &alert->topic,   &alert->subject,
                      &alert->key_base, &alert->edition, &alert->headline,
                      &alert->labels,   &alert->fields,  &alert->state};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i] = mem_strdup(store_text(stmt, (int)i));
    alert->severity = sqlite3_column_int(stmt, 9);
    alert->revisions = sqlite3_column_int64(stmt, 10);
    alert->snoozed_until_ms = sqlite3_column_int64(stmt, 11);
    alert->created_ms = sqlite3_column_int64(stmt, 12);
    alert->updated_ms = sqlite3_column_int64(stmt, 13);
    return 1;
}

int store_alert_put(struct store_txn *txn, const struct store_alert *alert, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "INSERT INTO alert(id, detector, topic, subject, key_base, edition, headline, labels,"
        " fields, state, severity, revisions, snoozed_until_ms, created_ms, updated_ms)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
        " ON CONFLICT(id) DO UPDATE SET topic = ?3, subject = ?4, key_base = ?5, edition = ?6,"
        " headline = ?7, labels = ?8, fields = ?9, state = ?10, severity = ?11, revisions = ?12,"
        " snoozed_until_ms = ?13, updated_ms = ?15");
    bind_hash(stmt, 1, &alert->id);
    const char *texts[] = {alert->detector, alert->topic,   alert->subject,
                           alert->key_base, alert->edition, alert->headline,
                           alert->labels,   alert->fields,  alert->state};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        bind_text(stmt, (int)i + 2, texts[i]);
    bind_int(stmt, 11, alert->severity);
    bind_int(stmt, 12, alert->revisions);
    bind_int(stmt, 13, alert->snoozed_until_ms);
    bind_int(stmt, 14, alert->created_ms);
    bind_int(stmt, 15, alert->updated_ms);
    return store_exec(txn, stmt, err);
}

int store_alert_revised(struct store_txn *txn, const struct store_alert *alert, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "UPDATE alert SET revisions = ?2 WHERE id = ?1");
    bind_hash(stmt, 1, &alert->id);
    bind_int(stmt, 2, alert->revisions);
    return store_exec(txn, stmt, err);
}

int store_alert_of_edition(struct store_txn *txn, const char *detector, const char *key_base,
                           const char *edition, struct hash *id, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT id FROM alert WHERE detector = ?1 AND key_base = ?2"
                        " AND key_base <> '' AND edition = ?3");
    bind_text(stmt, 1, detector);
    bind_text(stmt, 2, key_base);
    bind_text(stmt, 3, edition);
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *id = column_hash(stmt, 0);
    return got;
}

int store_alert_editions(struct store_txn *txn, const char *detector, const char *key_base,
                         void (*each)(void *arg, const char *edition), void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT edition FROM alert WHERE detector = ?1"
                                         " AND key_base = ?2 AND key_base <> ''");
    bind_text(stmt, 1, detector);
    bind_text(stmt, 2, key_base);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0)
        each(arg, store_text(stmt, 0));
    return got;
}

int store_finding_add(struct store_txn *txn, struct store_finding *finding, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "INSERT INTO finding(alert, document, version, origin, date, rank, status, edition, summary,"
        " severity, score, fields, evidence, outcome, seen_ms, place, title, source, topic,"
        " backfilled)"
        " VALUES(" ALERT_ROW("?1") ", ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
                                   " ?15, ?16, ?17, ?18, ?19, ?20)");
    bind_hash(stmt, 1, &finding->alert);
    bind_int(stmt, 2, finding->document);
    bind_int(stmt, 3, finding->version);
    bind_hash(stmt, 4, &finding->origin);
    bind_int(stmt, 5, finding->date);
    bind_int(stmt, 6, finding->rank);
    bind_text(stmt, 7, finding->status);
    bind_text(stmt, 8, finding->edition);
    bind_text(stmt, 9, finding->summary);
    bind_int(stmt, 10, finding->severity);
    sqlite3_bind_double(stmt, 11, finding->score);
    bind_text(stmt, 12, finding->fields);
    bind_text(stmt, 13, finding->evidence);
    bind_text(stmt, 14, finding->outcome);
    bind_int(stmt, 15, finding->seen_ms);
    bind_text(stmt, 16, finding->place);
    bind_text(stmt, 17, finding->title);
    bind_text(stmt, 18, finding->source);
    bind_text(stmt, 19, finding->topic);
    sqlite3_bind_int(stmt, 20, finding->backfilled);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    finding->id = store_last_id(txn);
    return 0;
}

int store_finding_known(struct store_txn *txn, const struct hash *alert, int64_t version,
                        struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT 1 FROM finding WHERE version = ?1 AND alert = " ALERT_ROW("?2") " LIMIT 1");
    bind_int(stmt, 1, version);
    bind_hash(stmt, 2, alert);
    return store_step(txn, stmt, err);
}

int store_finding_outcome(struct store_txn *txn, int64_t id, const char *outcome, const char *place,
                          struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE finding SET outcome = ?2, place = ?3 WHERE id = ?1");
    bind_int(stmt, 1, id);
    bind_text(stmt, 2, outcome);
    bind_text(stmt, 3, place);
    return store_exec(txn, stmt, err);
}

int store_finding_each(struct store_txn *txn, int limit,
                       bool (*each)(void *arg, const char *detector, const char *topic,
                                    int64_t seen_ms),
                       void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT a.detector, CASE f.status WHEN '' THEN a.topic ELSE f.status END, f.seen_ms"
             " FROM finding f JOIN alert a ON a.row = f.alert ORDER BY f.id DESC LIMIT ?1");
    bind_int(stmt, 1, limit);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        if (each(arg, store_text(stmt, 0), store_text(stmt, 1), sqlite3_column_int64(stmt, 2)))
            break;
    }
    sqlite3_reset(stmt);
    return got;
}

/* So many of them tell enough of a story. */
#define OTHERS_MOST 64

int store_finding_of_others(struct store_txn *txn, const struct hash *alert,
                            const struct hash *origin,
                            void (*each)(void *arg, const char *evidence), void *arg,
                            struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT evidence FROM finding WHERE alert = " ALERT_ROW(
                                             "?1") " AND origin <> ?2 LIMIT ?3");
    bind_hash(stmt, 1, alert);
    bind_hash(stmt, 2, origin);
    bind_int(stmt, 3, OTHERS_MOST);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0)
        each(arg, store_text(stmt, 0));
    return got;
}

int store_finding_latest(struct store_txn *txn, const struct hash *alert,
                         void (*each)(void *arg, int32_t date, int rank, const struct hash *origin,
                                      const char *status),
                         void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT DISTINCT date, rank, origin, status FROM finding WHERE alert = " ALERT_ROW(
            "?1") " AND date = (SELECT max(date) FROM finding WHERE alert = " ALERT_ROW("?1") ")");
    bind_hash(stmt, 1, alert);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        struct hash origin = column_hash(stmt, 2);
        each(arg, sqlite3_column_int(stmt, 0), sqlite3_column_int(stmt, 1), &origin,
             store_text(stmt, 3));
    }
    return got;
}

int store_finding_move(struct store_txn *txn, const struct hash *from, const struct hash *to,
                       int year, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE finding SET alert = " ALERT_ROW("?2") " WHERE alert = " ALERT_ROW(
                            "?1") " AND edition = '' AND date < ?3");
    bind_hash(stmt, 1, from);
    bind_hash(stmt, 2, to);
    bind_int(stmt, 3, (year + 1) * INT64_C(10000));
    return store_exec(txn, stmt, err);
}

int store_finding_stays(struct store_txn *txn, const struct hash *alert, int year, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT 1 FROM finding WHERE alert = " ALERT_ROW(
                                             "?1") " AND (edition <> '' OR date >= ?2) LIMIT 1");
    bind_hash(stmt, 1, alert);
    bind_int(stmt, 2, (year + 1) * INT64_C(10000));
    return store_step(txn, stmt, err);
}

int store_finding_moves(struct store_txn *txn, const struct hash *alert, int year, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT 1 FROM finding WHERE alert = " ALERT_ROW(
                                             "?1") " AND edition = '' AND date < ?2 LIMIT 1");
    bind_hash(stmt, 1, alert);
    bind_int(stmt, 2, (year + 1) * INT64_C(10000));
    return store_step(txn, stmt, err);
}

int store_told_has(struct store_txn *txn, const struct hash *alert, const struct hash *what,
                   struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT 1 FROM told WHERE alert = " ALERT_ROW("?1") " AND what = ?2");
    bind_hash(stmt, 1, alert);
    bind_hash(stmt, 2, what);
    return store_step(txn, stmt, err);
}

int store_told_add(struct store_txn *txn, const struct hash *alert, const struct hash *what,
                   struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "INSERT OR IGNORE INTO told(alert, what)"
                                         " VALUES(" ALERT_ROW("?1") ", ?2)");
    bind_hash(stmt, 1, alert);
    bind_hash(stmt, 2, what);
    return store_exec(txn, stmt, err);
}

int store_told_copy(struct store_txn *txn, const struct hash *from, const struct hash *to,
                    struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "INSERT OR IGNORE INTO told(alert, what) SELECT " ALERT_ROW(
                            "?2") ", what FROM told"
                                  " WHERE alert = " ALERT_ROW("?1"));
    bind_hash(stmt, 1, from);
    bind_hash(stmt, 2, to);
    return store_exec(txn, stmt, err);
}

int store_told_clear(struct store_txn *txn, const struct hash *alert, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "DELETE FROM told WHERE alert = " ALERT_ROW("?1"));
    bind_hash(stmt, 1, alert);
    return store_exec(txn, stmt, err);
}

int store_revision_add(struct store_txn *txn, const struct store_revision *revision,
                       struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "INSERT INTO revision(id, alert, number, finding, headline, change, created_ms)"
             " VALUES(?1, " ALERT_ROW("?2") ", ?3, ?4, ?5, ?6, ?7)");
    bind_hash(stmt, 1, &revision->id);
    bind_hash(stmt, 2, &revision->alert);
    bind_int(stmt, 3, revision->number);
    bind_int(stmt, 4, revision->finding);
    bind_text(stmt, 5, revision->headline);
    bind_text(stmt, 6, revision->change);
    bind_int(stmt, 7, revision->created_ms);
    return store_exec(txn, stmt, err);
}

int store_mute_get(struct store_txn *txn, const char *detector, const char *topic,
                   int64_t *until_ms, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT until_ms FROM mute WHERE detector = ?1 AND topic = ?2");
    bind_text(stmt, 1, detector);
    bind_text(stmt, 2, topic);
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *until_ms = sqlite3_column_int64(stmt, 0);
    return got;
}

int store_mute_set(struct store_txn *txn, const char *detector, const char *topic, int64_t until_ms,
                   int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "INSERT INTO mute(detector, topic, until_ms, since_ms)"
                        " VALUES(?1, ?2, ?3, ?4)"
                        " ON CONFLICT(detector, topic) DO UPDATE SET until_ms = ?3, since_ms = ?4");
    bind_text(stmt, 1, detector);
    bind_text(stmt, 2, topic);
    bind_int(stmt, 3, until_ms);
    bind_int(stmt, 4, now_ms);
    return store_exec(txn, stmt, err);
}

int store_mute_remove(struct store_txn *txn, const char *detector, const char *topic,
                      struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "DELETE FROM mute WHERE detector = ?1 AND topic = ?2");
    bind_text(stmt, 1, detector);
    bind_text(stmt, 2, topic);
    return store_exec(txn, stmt, err);
}

int store_setting_get(struct store_txn *txn, const char *name, char **value, struct err *err)
{
    *value = NULL;
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT value FROM setting WHERE name = ?1");
    bind_text(stmt, 1, name);
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *value = mem_strdup(store_text(stmt, 0));
    return got;
}

int store_setting_set(struct store_txn *txn, const char *name, const char *value, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "INSERT INTO setting(name, value) VALUES(?1, ?2)"
                                         " ON CONFLICT(name) DO UPDATE SET value = ?2");
    bind_text(stmt, 1, name);
    bind_text(stmt, 2, value);
    return store_exec(txn, stmt, err);
}

int store_alert_end(struct store_txn *txn, const struct hash *id, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "UPDATE alert SET ended = revisions WHERE id = ?1");
    bind_hash(stmt, 1, id);
    return store_exec(txn, stmt, err);
}

int store_alert_counts(struct store_txn *txn, void (*each)(void *arg, const char *state, int64_t n),
                       void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT state, count(*) FROM alert GROUP BY state");
    int got;
    while ((got = store_step(txn, stmt, err)) > 0)
        each(arg, store_text(stmt, 0), sqlite3_column_int64(stmt, 1));
    return got;
}

int store_alert_expire(struct store_txn *txn, int64_t before_ms, int limit, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "DELETE FROM alert WHERE row IN (SELECT row FROM alert WHERE updated_ms < ?1"
             " AND NOT EXISTS (SELECT 1 FROM revision r"
             "  JOIN delivery_revision dr ON dr.revision = r.row"
             "  JOIN delivery d ON d.row = dr.delivery"
             "  WHERE r.alert = alert.row AND d.state IN ('queued', 'held', 'unknown', 'deferred'))"
             " ORDER BY updated_ms LIMIT ?2)");
    bind_int(stmt, 1, before_ms);
    bind_int(stmt, 2, limit);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    return store_changes(txn);
}
