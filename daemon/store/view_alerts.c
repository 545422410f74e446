/*
 * Lists of alerts; see views.h. Both ways of finding them read from where the list begins and stop
 * where it is long enough, so what a list costs depends on its length and not on the store's.
 */
#include <stdlib.h>

#include "base/map.h"
#include "store/rows.h"
#include "store/words.h"

/* A clock may have been put back by so much, and what was found then is still found by its time. */
#define CLOCK_SLACK_MS INT64_C(3600000)
#define FEW            500

struct found {
    int64_t *rows; /* of alerts, in the order of the list */
    size_t n, cap;
};

static void add(struct found *found, int64_t row)
{
    found->rows = mem_grow(found->rows, &found->cap, found->n + 1, sizeof(*found->rows));
    found->rows[found->n++] = row;
}

static int64_t until(const struct store_alert_filter *filter)
{
    return filter->until_ms ? filter->until_ms : INT64_MAX;
}

static void bind_option(sqlite3_stmt *stmt, int at, const char *text)
{
    if (text)
        bind_text(stmt, at, text);
}

/* ---- by the latest news ---- */

#define LATER                                                                                      \
    " updated_ms >= ?1 AND updated_ms < ?2 AND (updated_ms, row) < (?3, ?4)"                       \
    " AND (?5 IS NULL OR detector = ?5) AND (?6 IS NULL OR topic GLOB ?6)"
#define LATEST_FIRST " ORDER BY updated_ms DESC, row DESC LIMIT ?7"

/* Where the list goes on: the alert's place in it. */
static int place_of(struct store_txn *txn, const struct hash *alert, int64_t *updated_ms,
                    int64_t *row, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT updated_ms, row FROM alert WHERE id = ?1");
    bind_hash(stmt, 1, alert);
    int got = store_step(txn, stmt, err);
    if (got > 0) {
        *updated_ms = sqlite3_column_int64(stmt, 0);
        *row = sqlite3_column_int64(stmt, 1);
    }
    sqlite3_reset(stmt);
    return got < 0 ? -1 : 0;
}

static int list_latest(struct store_txn *txn, const struct store_alert_filter *filter,
                       const struct hash *after, struct found *found, struct err *err)
{
    int64_t updated_ms = INT64_MAX, row = INT64_MAX;
    if (after && place_of(txn, after, &updated_ms, &row, err) < 0)
        return -1;
    sqlite3_stmt *stmt =
        filter->state
            ? store_stmt(txn, "SELECT row FROM alert WHERE state = ?8 AND" LATER LATEST_FIRST)
            : store_stmt(txn, "SELECT row FROM alert WHERE" LATER LATEST_FIRST);
    bind_int(stmt, 1, filter->since_ms);
    bind_int(stmt, 2, until(filter));
    bind_int(stmt, 3, updated_ms);
    bind_int(stmt, 4, row);
    bind_option(stmt, 5, filter->detector);
    bind_option(stmt, 6, filter->topic);
    bind_int(stmt, 7, filter->limit);
    if (filter->state)
        bind_text(stmt, 8, filter->state);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0)
        add(found, sqlite3_column_int64(stmt, 0));
    return got;
}

/* ---- by words ---- */

/* Findings [first, last], in which a time lies. */
struct range {
    int64_t first, last;
};

static int edge(struct store_txn *txn, sqlite3_stmt *stmt, int64_t ms, int64_t *id, struct err *err)
{
    bind_int(stmt, 1, ms);
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *id = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return got < 0 ? -1 : 0;
}

/* Findings are numbered as they come; so a time, give or take the clock's errors, is a range. */
static int range_of(struct store_txn *txn, const struct store_alert_filter *filter,
                    struct range *range, struct err *err)
{
    *range = (struct range){0, INT64_MAX};
    if (filter->since_ms) {
        range->first = INT64_MAX; /* unless there is one */
        if (edge(txn,
                 store_stmt(txn, "SELECT id FROM finding WHERE seen_ms >= ?1"
                                 " ORDER BY seen_ms, id LIMIT 1"),
                 filter->since_ms - CLOCK_SLACK_MS, &range->first, err) < 0)
            return -1;
    }
    if (!filter->until_ms)
        return 0;
    range->last = 0;
    return edge(txn,
                store_stmt(txn, "SELECT id FROM finding WHERE seen_ms < ?1"
                                " ORDER BY seen_ms DESC, id DESC LIMIT 1"),
                filter->until_ms + CLOCK_SLACK_MS, &range->last, err);
}

/* The latest finding of the alert that has the words: the alert's place in the list. */
static int finding_of(struct store_txn *txn, const char *question, const struct hash *alert,
                      int64_t *id, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT f.id FROM finding f WHERE f.alert = " ALERT_ROW(
                            "?1") " AND EXISTS (SELECT 1 FROM alert_words WHERE alert_words MATCH"
                                  " ?2 AND rowid = f.id) ORDER BY f.id DESC LIMIT 1");
    bind_hash(stmt, 1, alert);
    bind_text(stmt, 2, question);
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *id = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return got < 0 ? -1 : 0;
}

/* What an earlier part of the list has had is left out by its later findings. */
#define HAS_WORDS(finding)                                                                         \
    "EXISTS (SELECT 1 FROM alert_words WHERE alert_words MATCH ?1 AND rowid = " finding ")"
#define WANTED                                                                                     \
    " f.id >= ?2 AND f.id <= ?3 AND f.seen_ms >= ?4 AND f.seen_ms < ?5"                            \
    " AND (?6 IS NULL OR a.state = ?6) AND (?7 IS NULL OR a.detector = ?7)"                        \
    " AND (?8 IS NULL OR a.topic GLOB ?8) AND (?9 IS NULL OR NOT EXISTS"                           \
    "  (SELECT 1 FROM finding l WHERE l.alert = a.row AND l.id >= ?9 AND " HAS_WORDS("l.id") "))"

/* From the words to the alerts. */
#define BY_WORDS                                                                                   \
    "SELECT a.row FROM alert_words CROSS JOIN finding f ON f.id = alert_words.rowid"               \
    " CROSS JOIN alert a ON a.row = f.alert WHERE alert_words MATCH ?1"                            \
    " AND alert_words.rowid >= ?2 AND alert_words.rowid <= ?3 AND" WANTED                          \
    " ORDER BY alert_words.rowid DESC"

/* From the alerts to the words, where few alerts are in that state. */
#define BY_STATE                                                                                      \
    "SELECT a.row FROM alert a CROSS JOIN finding f ON f.alert = a.row WHERE a.state = ?6 AND" WANTED \
    " AND " HAS_WORDS("f.id") " ORDER BY f.id DESC"

/* 1: at most FEW alerts are in that state. */
static int has_few(struct store_txn *txn, const char *state, struct err *err)
{
    if (!state)
        return 0;
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT count(*) FROM (SELECT 1 FROM alert WHERE state = ?1 LIMIT ?2)");
    bind_text(stmt, 1, state);
    bind_int(stmt, 2, FEW + 1);
    int got = store_step(txn, stmt, err);
    int64_t n = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return got < 0 ? -1 : n <= FEW;
}

/* Each alert once, where its latest finding is. */
static int collect(struct store_txn *txn, sqlite3_stmt *stmt, int64_t limit, struct found *found,
                   struct err *err)
{
    struct map *seen = map_new();
    int got = 0;
    while ((int64_t)found->n < limit && (got = store_step(txn, stmt, err)) > 0) {
        int64_t row = sqlite3_column_int64(stmt, 0);
        if (!map_set(seen, &row, sizeof(row), seen))
            add(found, row);
    }
    map_free(&seen, NULL);
    sqlite3_reset(stmt);
    return got < 0 ? -1 : 0;
}

static int look_up(struct store_txn *txn, const struct store_alert_filter *filter,
                   const char *question, const struct hash *after, struct found *found,
                   struct err *err)
{
    struct range range;
    int64_t place = 0;
    if (range_of(txn, filter, &range, err) < 0 ||
        (after && finding_of(txn, question, after, &place, err) < 0))
        return -1;
    if (after && place <= range.last)
        range.last = place - 1;
    int few = has_few(txn, filter->state, err);
    if (few < 0)
        return -1;
    sqlite3_stmt *stmt = few ? store_stmt(txn, BY_STATE) : store_stmt(txn, BY_WORDS);
    bind_text(stmt, 1, question);
    bind_int(stmt, 2, range.first);
    bind_int(stmt, 3, range.last);
    bind_int(stmt, 4, filter->since_ms);
    bind_int(stmt, 5, until(filter));
    bind_option(stmt, 6, filter->state);
    bind_option(stmt, 7, filter->detector);
    bind_option(stmt, 8, filter->topic);
    if (after)
        bind_int(stmt, 9, place);
    return collect(txn, stmt, filter->limit, found, err);
}

/* ---- both ---- */

static int show(struct store_txn *txn, const struct found *found, json_t **list, struct err *err)
{
    *list = json_array();
    for (size_t i = 0; i < found->n; i++) {
        json_t *alert;
        if (view_alert_row(txn, found->rows[i], &alert, err) < 0) {
            json_decref(*list);
            *list = NULL;
            return -1;
        }
        json_array_append_new(*list, alert);
    }
    return 0;
}

int store_view_alerts(struct store_txn *txn, const struct store_alert_filter *filter, json_t **list,
                      struct err *err)
{
    AUTO_BUF struct buf question = {0};
    struct hash id = {{0}}, *after = filter->after ? &id : NULL;
    struct found found = {0};
    if (words_question(filter, &question, err) < 0 ||
        (after && store_find_alert(txn, filter->after, after, err) < 0))
        return -1;
    int result = question.len ? look_up(txn, filter, buf_text(&question), after, &found, err)
                              : list_latest(txn, filter, after, &found, err);
    if (result == 0)
        result = show(txn, &found, list, err);
    free(found.rows);
    return result;
}
