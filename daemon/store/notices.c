/* Statements on notices, and on what they follow; see deliveries.h. */
#include "store/deliveries.h"

#include "store/bind.h"

#define NOT_SENT   " notice <> '' AND " DELIVERY_OPEN
#define SUPERSEDED "UPDATE delivery SET state = 'superseded', reason = ?2, updated_ms = ?3 WHERE"

int store_delivery_has_notices(struct store_txn *txn, const char *notifier, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT 1 FROM delivery INDEXED BY delivery_notice"
                                         " WHERE notifier = ?1 AND" NOT_SENT " LIMIT 1");
    bind_text(stmt, 1, notifier);
    return store_step(txn, stmt, err);
}

/* A notice follows the revision that it is about. When they were sent says less: a summary is
 * younger than the notice that waits for it, and clocks are set back. */
int store_delivery_words(struct store_txn *txn, const struct hash *alert,
                         void (*each)(void *arg, const struct store_word *word), void *arg,
                         struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT CASE WHEN d.state = 'sent' THEN ?2 WHEN d.state = 'held' THEN"
             " ?3 WHEN d.state IN ('queued', 'unknown', 'deferred') THEN ?4 ELSE ?5 END AS said,"
             " d.notifier, d.notice, d.until_ms, r.id FROM revision r JOIN delivery_revision dr"
             " ON dr.revision = r.row JOIN delivery d ON d.row = dr.delivery"
             " WHERE r.alert = " ALERT_ROW(
                 "?1") " ORDER BY said <> ?2, r.number, d.notice <> '', d.updated_ms,"
                       " d.row");
    bind_hash(stmt, 1, alert);
    bind_int(stmt, 2, STORE_SAID);
    bind_int(stmt, 3, STORE_HELD);
    bind_int(stmt, 4, STORE_TO_SAY);
    bind_int(stmt, 5, STORE_UNSAID);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        struct store_word word = {.said = (enum store_said)sqlite3_column_int(stmt, 0),
                                  .notifier = store_text(stmt, 1),
                                  .notice = store_text(stmt, 2),
                                  .until_ms = sqlite3_column_int64(stmt, 3),
                                  .revision = column_hash(stmt, 4)};
        each(arg, &word);
    }
    return got;
}

int store_delivery_withdraw(struct store_txn *txn, const struct hash *alert, const char *notifier,
                            const char *reason, int64_t now_ms, struct store_withdrawn *withdrawn,
                            struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, SUPERSEDED NOT_SENT " AND (?4 IS NULL OR notifier = ?4)"
                                            " AND row IN (SELECT dr.delivery FROM revision r"
                                            " JOIN delivery_revision dr ON dr.revision = r.row"
                                            " WHERE r.alert = " ALERT_ROW("?1") ") RETURNING id");
    bind_hash(stmt, 1, alert);
    bind_text(stmt, 2, reason);
    bind_int(stmt, 3, now_ms);
    if (notifier)
        bind_text(stmt, 4, notifier);
    return store_withdraw(txn, stmt, withdrawn, err);
}

int store_delivery_overtake(struct store_txn *txn, const char *notifier, const char *reason,
                            int64_t now_ms, struct store_withdrawn *withdrawn, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, SUPERSEDED NOT_SENT
                                    " AND notifier = ?1 AND notice <> 'ended' AND EXISTS(SELECT 1"
                                    " FROM delivery_revision mine JOIN revision r"
                                    " ON r.row = mine.revision JOIN revision news"
                                    " ON news.alert = r.alert JOIN delivery_revision theirs"
                                    " ON theirs.revision = news.row JOIN delivery n"
                                    " ON n.row = theirs.delivery WHERE mine.delivery = delivery.row"
                                    " AND n.notifier = ?1 AND n.notice = '' AND n.state = 'queued'"
                                    " AND n.updated_ms >= delivery.created_ms) RETURNING id");
    bind_text(stmt, 1, notifier);
    bind_text(stmt, 2, reason);
    bind_int(stmt, 3, now_ms);
    return store_withdraw(txn, stmt, withdrawn, err);
}

/* What of the notice's alert is still to be told, or was and has not ended since. */
#define HEARD                                                                                      \
    "SELECT 1 FROM delivery_revision mine JOIN revision r ON r.row = mine.revision"                \
    " JOIN revision news ON news.alert = r.alert JOIN delivery_revision theirs"                    \
    " ON theirs.revision = news.row JOIN delivery n ON n.row = theirs.delivery"                    \
    " WHERE mine.delivery = delivery.row AND n.notifier = ?1 AND n.notice = ''"                    \
    " AND (n.state IN ('queued', 'held', 'unknown', 'deferred') OR (n.state = 'sent'"              \
    " AND NOT EXISTS(SELECT 1 FROM revision last JOIN delivery_revision ends"                      \
    " ON ends.revision = last.row JOIN delivery e ON e.row = ends.delivery"                        \
    " WHERE last.alert = r.alert AND e.notifier = ?1 AND e.notice = 'ended' AND e.state = 'sent'"  \
    " AND last.number >= news.number)))"

int store_delivery_unheard(struct store_txn *txn, const char *notifier, const struct hash *alert,
                           int64_t now_ms, struct store_withdrawn *withdrawn, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, SUPERSEDED NOT_SENT
                   " AND notifier = ?1 AND (?4 IS NULL OR row IN"
                   " (SELECT dr.delivery FROM revision r"
                   " JOIN delivery_revision dr ON dr.revision = r.row"
                   " WHERE r.alert = " ALERT_ROW("?4") ")) AND NOT EXISTS(" HEARD ") RETURNING id");
    bind_text(stmt, 1, notifier);
    bind_text(stmt, 2, "what it is about was not told");
    bind_int(stmt, 3, now_ms);
    if (alert)
        bind_hash(stmt, 4, alert);
    return store_withdraw(txn, stmt, withdrawn, err);
}
