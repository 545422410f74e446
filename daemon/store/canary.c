/* What became of the documents of a source; see canary.h. */
#include "store/canary.h"

#include <stdlib.h>

#include "store/bind.h"

void store_canary_deinit(struct store_canary *canary)
{
    free(canary->outcome);
    free(canary->notifier);
    free(canary->state);
    *canary = (struct store_canary){0};
}

static int count_versions(struct store_txn *txn, const char *source, int64_t since_ms,
                          struct store_canary *canary, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT count(*) FROM document d JOIN version v ON v.document = d.id"
                        " WHERE d.source = ?1 AND d.removed_ms IS NULL AND v.seen_ms >= ?2");
    bind_text(stmt, 1, source);
    bind_int(stmt, 2, since_ms);
    int got = store_step(txn, stmt, err);
    if (got > 0)
        canary->n_versions = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return got < 0 ? -1 : 0;
}

/* What came of each, the last at the end; a delivery that was told in a summary stands beside that.
 */
static int look_at_findings(struct store_txn *txn, const char *source, int64_t since_ms,
                            struct store_canary *canary, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT f.outcome, y.notifier, y.state FROM finding f"
             " JOIN document d ON d.id = f.document LEFT JOIN revision r ON r.finding = f.id"
             " LEFT JOIN delivery_revision dr ON dr.revision = r.row"
             " LEFT JOIN delivery y ON y.row = dr.delivery"
             " WHERE f.seen_ms >= ?2 AND d.source = ?1 ORDER BY f.id");
    bind_text(stmt, 1, source);
    bind_int(stmt, 2, since_ms);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        const char *state = store_text(stmt, 2);
        canary->n_findings++;
        canary->n_sent += strcmp(state, "sent") == 0;
        free(canary->outcome);
        canary->outcome = column_copy(stmt, 0);
        if (!*state || strcmp(state, "superseded") == 0)
            continue;
        free(canary->notifier);
        free(canary->state);
        canary->notifier = column_copy(stmt, 1);
        canary->state = column_copy(stmt, 2);
    }
    return got;
}

int store_canary_look(struct store_txn *txn, const char *source, int64_t since_ms,
                      struct store_canary *canary, struct err *err)
{
    return count_versions(txn, source, since_ms, canary, err) < 0 ||
                   look_at_findings(txn, source, since_ms, canary, err) < 0
               ? -1
               : 0;
}
