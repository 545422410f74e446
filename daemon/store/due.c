/* What a delivery tells, loaded for its notifier; see deliveries.h. */
#include "store/deliveries.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/bind.h"

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
    free((*due)->notice);
    free(*due);
    *due = NULL;
}

/* From column `at` on. */
static void told_read(sqlite3_stmt *stmt, int at, struct store_told *told)
{
    *told = (struct store_told){
        .revision = column_hash(stmt, at),
        .alert = column_hash(stmt, at + 1),
        .number = sqlite3_column_int(stmt, at + 2),
        .severity = sqlite3_column_int(stmt, at + 3),
        .n_sources = sqlite3_column_int(stmt, at + 4),
        .date = sqlite3_column_int(stmt, at + 5),
        .created_ms = sqlite3_column_int64(stmt, at + 6),
        .started_ms = sqlite3_column_int64(stmt, at + 7),
        .is_fact = sqlite3_column_int(stmt, at + 8) != 0,
    };
    char **texts[] = {&told->detector, &told->topic,  &told->headline, &told->change,
                      &told->labels,   &told->fields, &told->evidence, &told->title,
                      &told->root,     &told->path,   &told->source,   &told->token};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i] = mem_strdup(store_text(stmt, at + 9 + (int)i));
}

/* From the first columns. */
static struct store_due *due_read(sqlite3_stmt *stmt, const struct hash *id)
{
    struct store_due *due = NEW(struct store_due);
    due->id = *id;
    due->attempts = sqlite3_column_int64(stmt, 0);
    due->since_ms = sqlite3_column_int64(stmt, 1);
    due->attempts_before = sqlite3_column_int64(stmt, 2);
    due->summary = mem_strdup(store_text(stmt, 3));
    due->follow_up = sqlite3_column_int64(stmt, 4);
    due->notice = mem_strdup(store_text(stmt, 5));
    due->notice_ms = sqlite3_column_int64(stmt, 6);
    due->until_ms = sqlite3_column_int64(stmt, 7);
    return due;
}
#define DUE_COLUMNS 8

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

/* What happened to the document since (a removal, another path) is of no matter: its row stays. A
 * delivery may tell nothing any more. */
static sqlite3_stmt *select_due(struct store_txn *txn)
{
    return store_stmt(
        txn,
        "SELECT y.attempts, max(y.created_ms, y.retried_ms), y.attempts_before, y.summary,"
        " y.follow_up, y.notice, y.notice_ms, y.until_ms,"
        " r.id, a.id, r.number, f.severity,"
        /* To count what is distinct takes a table of its own. */
        " (SELECT CASE WHEN min(origin) = max(origin) THEN 1 ELSE (SELECT count(DISTINCT origin)"
        " FROM finding WHERE alert = r.alert) END FROM finding WHERE alert = r.alert),"
        " f.date, r.created_ms, a.created_ms, f.status <> '', a.detector,"
        " CASE f.status WHEN '' THEN a.topic ELSE f.status END,"
        " r.headline, r.change, a.labels, f.fields, f.evidence, v.title, s.root,"
        " CAST(d.path AS TEXT), d.source, t.token"
        " FROM delivery y LEFT JOIN delivery_revision dr ON dr.delivery = y.row"
        " LEFT JOIN revision r ON r.row = dr.revision"
        " LEFT JOIN alert a ON a.row = r.alert LEFT JOIN finding f ON f.id = r.finding"
        " LEFT JOIN version v ON v.id = f.version LEFT JOIN document d ON d.id = f.document"
        " LEFT JOIN source s ON s.name = d.source"
        " LEFT JOIN token t ON t.notifier = y.notifier AND t.alert = a.row"
        " WHERE y.id = ?1 ORDER BY dr.position LIMIT ?2");
}

int store_delivery_load(struct store_txn *txn, const struct hash *id, int max_told,
                        struct store_due **due, struct err *err)
{
    *due = NULL;
    sqlite3_stmt *stmt = select_due(txn);
    bind_hash(stmt, 1, id);
    bind_int(stmt, 2, max_told + 1); /* one more: are there more? */
    int got = store_step(txn, stmt, err);
    if (got <= 0)
        return got;
    struct store_due *found = due_read(stmt, id);
    size_t cap = 0;
    bool tells = sqlite3_column_type(stmt, DUE_COLUMNS) != SQLITE_NULL;
    for (; got > 0 && tells && found->n_told < (size_t)max_told; got = store_step(txn, stmt, err)) {
        found->told = mem_grow(found->told, &cap, found->n_told + 1, sizeof(*found->told));
        told_read(stmt, DUE_COLUMNS, &found->told[found->n_told++]);
    }
    found->n_total = found->n_told;
    if (got > 0 && tells)
        got = total_load(txn, found, err);
    sqlite3_reset(stmt);
    if (got < 0) {
        store_due_free(&found);
        return -1;
    }
    *due = found;
    return 1;
}
