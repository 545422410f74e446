/* Statements on what is to be said of all alerts of a topic; see tidings.h. */
#include "store/tidings.h"

#include <stdlib.h>

#include "store/bind.h"
#include "store/words.h"

void store_tiding_deinit(struct store_tiding *tiding)
{
    free(tiding->detector);
    free(tiding->topic);
    *tiding = (struct store_tiding){0};
}

int store_tiding_set(struct store_txn *txn, const struct store_tiding *tiding, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "INSERT INTO tiding(detector, topic, is_muted, until_ms, below)"
                        " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(detector, topic)"
                        " DO UPDATE SET is_muted = ?3, until_ms = ?4, below = ?5");
    bind_text(stmt, 1, tiding->detector);
    bind_text(stmt, 2, tiding->topic);
    bind_int(stmt, 3, tiding->is_muted);
    bind_int(stmt, 4, tiding->until_ms);
    bind_int(stmt, 5, tiding->below);
    return store_exec(txn, stmt, err);
}

int store_tiding_get(struct store_txn *txn, struct store_tiding *tiding, struct err *err)
{
    *tiding = (struct store_tiding){0};
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT detector, topic, is_muted, until_ms, below FROM tiding LIMIT 1");
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *tiding = (struct store_tiding){.detector = column_copy(stmt, 0),
                                        .topic = column_copy(stmt, 1),
                                        .is_muted = sqlite3_column_int(stmt, 2) != 0,
                                        .until_ms = sqlite3_column_int64(stmt, 3),
                                        .below = sqlite3_column_int64(stmt, 4)};
    sqlite3_reset(stmt);
    return got;
}

int store_tiding_remove(struct store_txn *txn, const struct store_tiding *tiding, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "DELETE FROM tiding WHERE detector = ?1 AND topic = ?2");
    bind_text(stmt, 1, tiding->detector);
    bind_text(stmt, 2, tiding->topic);
    return store_exec(txn, stmt, err);
}

/* The findings are found by their words, so that those of other topics cost nothing. Of an alert
 * the latest that has the topic counts; what is closed has had its last word. */
int store_tiding_alerts(struct store_txn *txn, struct store_tiding *tiding, int limit,
                        void (*each)(void *arg, const struct hash *alert), void *arg,
                        struct err *err)
{
    AUTO_BUF struct buf question = {0};
    if (words_catch_up(txn, err) < 0)
        return -1;
    words_name(&question, tiding->topic);
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT f.id, a.id, a.detector = ?3 AND a.topic = ?4"
             " AND a.state IN ('open', 'acknowledged') AND NOT EXISTS (SELECT 1 FROM finding l"
             "  WHERE l.alert = f.alert AND l.id > f.id AND l.topic = f.topic"
             "  AND l.status = f.status) FROM (SELECT rowid id FROM alert_words"
             "  WHERE alert_words MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?5) w"
             " CROSS JOIN finding f ON f.id = w.id CROSS JOIN alert a ON a.row = f.alert"
             " ORDER BY w.id DESC");
    bind_text(stmt, 1, buf_text(&question));
    bind_int(stmt, 2, tiding->below);
    bind_text(stmt, 3, tiding->detector);
    bind_text(stmt, 4, tiding->topic);
    bind_int(stmt, 5, limit);
    int n = 0, got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        struct hash id = column_hash(stmt, 1);
        tiding->below = sqlite3_column_int64(stmt, 0);
        if (sqlite3_column_int(stmt, 2))
            each(arg, &id);
        n++;
    }
    return got < 0 ? -1 : n;
}

int store_tiding_withdraw(struct store_txn *txn, const struct store_tiding *tiding, int limit,
                          const char *reason, int64_t now_ms, struct store_withdrawn *withdrawn,
                          struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "UPDATE delivery SET state = 'superseded', reason = ?4, updated_ms = ?5"
             " WHERE row IN (SELECT y.row FROM (SELECT row FROM delivery INDEXED BY delivery_notice"
             " WHERE notice <> '' AND " DELIVERY_OPEN " AND notice = 'muted') y"
             " JOIN delivery_revision dr ON dr.delivery = y.row"
             " JOIN revision r ON r.row = dr.revision JOIN alert a ON a.row = r.alert"
             " WHERE a.detector = ?1 AND a.topic = ?2 LIMIT ?3) RETURNING id");
    bind_text(stmt, 1, tiding->detector);
    bind_text(stmt, 2, tiding->topic);
    bind_int(stmt, 3, limit);
    bind_text(stmt, 4, reason);
    bind_int(stmt, 5, now_ms);
    size_t n = withdrawn->n;
    return store_withdraw(txn, stmt, withdrawn, err) < 0 ? -1 : (int)(withdrawn->n - n);
}
