/* The whole policy on a real store in memory: what rings, what does not, and the word for it. */
#include "alert/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/actions.h"
#include "alert/edition.h"
#include "alert/identity.h"
#include "base/mem.h"
#include "fake_loop.h"
#include "results.h"
#include "store/bind.h"
#include "store/deliveries.h"
#include "unit.h"

struct fixture {
    struct loop *loop;
    struct store *store;
    struct config_notifier notifiers[2];
    struct config_plugin detector;
    struct config config;
    int64_t per_minute[2];
    struct policy policy;
    int64_t now_ms, version;
    int n_rings, n_silent; /* of the last commit */
    char outcome[32];      /* of its last finding */
    char change[64], last_alert[HASH_HEX_SIZE];
    bool done;
};

struct step {
    struct fixture *fixture;
    struct detect_result *result;
    const char *subject, *text; /* trouble; text NULL: over */
    const char *verb;
    struct policy_news news;
    char error[256];
};

static int setup(void **state)
{
    struct fixture *f = NEW(struct fixture);
    f->loop = loop_new();
    f->notifiers[0].plugin.name = mem_strdup("desktop");
    f->notifiers[1].plugin.name = mem_strdup("log");
    f->detector.name = mem_strdup("topics");
    f->config = (struct config){.refs = 1,
                                .notifiers = f->notifiers,
                                .n_notifiers = 2,
                                .detectors = &f->detector,
                                .n_detectors = 1};
    f->per_minute[0] = 3;
    f->policy = (struct policy){&f->config, f->per_minute};
    f->now_ms = FAKE_LOOP_START_MS;
    struct err err;
    assert_int_equal(store_open(f->loop, ":memory:", &f->store, &err), STORE_OPENED_NEW);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    store_free(&f->store);
    loop_free(&f->loop);
    free(f->notifiers[0].plugin.name);
    free(f->notifiers[1].plugin.name);
    free(f->detector.name);
    free(f);
    return 0;
}

static int run_step(struct store_txn *txn, void *arg, struct err *err)
{
    struct step *step = arg;
    policy_news_init(&step->news, &step->fixture->policy, true);
    struct policy_run run = {.txn = txn,
                             .policy = &step->fixture->policy,
                             .news = &step->news,
                             .result = step->result,
                             .now_ms = step->fixture->now_ms};
    if (step->verb)
        return actions_do(&run, step->fixture->last_alert, step->verb, err);
    if (step->result)
        return policy_commit(&run, err);
    return step->text ? policy_trouble(&run, step->subject, step->text, err)
                      : policy_trouble_over(&run, step->subject, err);
}

static void note_events(struct fixture *f, const json_t *events)
{
    size_t i;
    json_t *event;
    json_array_foreach(events, i, event)
    {
        const char *kind = json_string_value(json_object_get(event, "event"));
        if (strcmp(kind, "over") == 0)
            continue;
        f->n_silent += strcmp(kind, "source") == 0;
        f->n_rings += strcmp(kind, "revision") == 0;
        snprintf(f->outcome, sizeof(f->outcome), "%s",
                 json_string_value(json_object_get(event, "outcome")));
        snprintf(f->last_alert, sizeof(f->last_alert), "%s",
                 json_string_value(json_object_get(event, "alert")));
        const char *change = json_string_value(json_object_get(event, "change"));
        snprintf(f->change, sizeof(f->change), "%s", change ? change : "");
    }
}

static void step_done(void *arg, const char *error)
{
    struct step *step = arg;
    snprintf(step->error, sizeof(step->error), "%s", error ? error : "");
    step->fixture->done = true;
}

static bool is_done(void *arg)
{
    return ((struct fixture *)arg)->done;
}

static void run(struct fixture *f, struct step *step)
{
    step->fixture = f;
    f->done = false;
    f->n_rings = f->n_silent = 0;
    store_write(f->store, run_step, step_done, step);
    assert_true(fake_loop_wait(f->loop, is_done, f));
    assert_string_equal(step->error, "");
    note_events(f, step->news.events);
    policy_news_deinit(&step->news);
    detect_result_free(&step->result);
}

/* Commits a result; returns how many revisions it made. */
static int commit(struct fixture *f, struct detect_result *result)
{
    struct step step = {.result = result};
    run(f, &step);
    return f->n_rings;
}

static int commit_topic(struct fixture *f, const char *origin, int64_t version, const char *quote)
{
    struct detect_result *result = result_new("topics", false, 1, version, origin, 20260101);
    result_topic(result, "acme", quote);
    return commit(f, result);
}

static int commit_fact(struct fixture *f, const char *origin, int32_t date, const char *status,
                       const char *year)
{
    struct detect_result *result = result_new("lemans", true, 1, ++f->version, origin, date);
    result_fact(result, status, "Charles Leclerc", year, "he said so");
    return commit(f, result);
}

static void act(struct fixture *f, const char *verb)
{
    struct step step = {.verb = verb};
    run(f, &step);
}

/* ---- one number from the store ---- */

/* The fixture first: `asked` looks for it there. */
struct question {
    struct fixture *fixture;
    const char *sql;
    int64_t answer;
};

static int run_ask(struct store_txn *txn, void *arg, struct err *err)
{
    struct question *question = arg;
    sqlite3_stmt *stmt = store_stmt(txn, question->sql);
    int got;
    while ((got = store_step(txn, stmt, err)) > 0)
        question->answer = sqlite3_column_int64(stmt, 0);
    return got;
}

static void asked(void *arg, const char *error)
{
    assert_null(error);
    (*(struct fixture **)arg)->done = true;
}

#define ask(f, sql) ask_store((f), "" sql)
static int64_t ask_store(struct fixture *f, const char *sql)
{
    struct question question = {f, sql, -1};
    f->done = false;
    store_write(f->store, run_ask, asked, &question);
    assert_true(fake_loop_wait(f->loop, is_done, f));
    return question.answer;
}

/* Each alert says of itself how many revisions it has. */
static bool revisions_are_right(struct fixture *f)
{
    return ask(f, "SELECT count(*) FROM alert a WHERE revisions <> (SELECT count(*) FROM revision r"
                  " WHERE r.alert = a.row)") == 0;
}

/* ---- topics ---- */

static void evidence_rings_once(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(commit_topic(f, "a", 1, "Acme buys Bolt."), 1);
    assert_int_equal(ask(f, "SELECT count(*) FROM delivery WHERE state = 'queued'"), 2);
    assert_int_equal(commit_topic(f, "a", 2, "ACME  buys Bolt"), 0);
    assert_string_equal(f->outcome, "known-evidence");
    assert_int_equal(commit_topic(f, "a", 3, "Acme sells Bolt."), 1);
    assert_int_equal(commit_topic(f, "a", 4, "Acme buys Bolt."), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM alert"), 1);
    assert_int_equal(ask(f, "SELECT max(number) FROM revision"), 2);
    assert_int_equal(ask(f, "SELECT count(*) FROM finding"), 4);
    assert_int_equal(commit_topic(f, "b", 5, "Acme buys Bolt."), 1);
    assert_int_equal(ask(f, "SELECT count(*) FROM alert"), 2);
}

static void the_same_version_again_changes_nothing(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(commit_topic(f, "a", 1, "Acme buys Bolt."), 1);
    assert_int_equal(commit_topic(f, "a", 1, "Acme buys Bolt."), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM finding"), 1);
}

static void several_findings_of_a_topic_are_one_revision(void **state)
{
    struct fixture *f = *state;
    struct detect_result *result = result_new("topics", false, 1, 1, "a", 20260101);
    result_quote(result_topic(result, "acme", "One."), "Two.");
    result_topic(result, "acme", "Three.");
    result_topic(result, "bolt", "One.");
    assert_int_equal(commit(f, result), 2);
    assert_int_equal(ask(f, "SELECT count(*) FROM told"), 4);
    assert_int_equal(ask(f, "SELECT count(*) FROM finding WHERE outcome = 'rang'"), 3);
    result = result_new("topics", false, 1, 2, "a", 20260101);
    result_quote(result_topic(result, "acme", "Two."), "Four.");
    assert_int_equal(commit(f, result), 1);
    assert_int_equal(
        ask(f, "SELECT count(*) FROM finding WHERE evidence LIKE '%\"Four.\",\"new\":true%'"), 1);
}

/* ---- facts ---- */

static void three_articles_one_wish(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(commit_fact(f, "a", 20251214, "interest", ""), 1);
    assert_string_equal(f->change, "");
    assert_int_equal(commit_fact(f, "b", 20240617, "interest", ""), 0);
    assert_string_equal(f->outcome, "same-status");
    assert_int_equal(commit_fact(f, "c", 20260101, "interest", ""), 0);
    assert_int_equal(ask(f, "SELECT count(DISTINCT origin) FROM finding"), 3);
    assert_int_equal(ask(f, "SELECT count(*) FROM alert"), 1);
}

static void a_change_of_status_rings_from_what_to_what(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(commit_fact(f, "a", 20250101, "interest", ""), 1);
    assert_int_equal(commit_fact(f, "b", 20250201, "confirmed", ""), 1);
    assert_string_equal(f->change, "interest → confirmed");
    assert_int_equal(commit_fact(f, "c", 20250115, "rumoured", ""), 0);
    assert_string_equal(f->outcome, "older-source");
    assert_int_equal(commit_fact(f, "d", 20250301, "ruled_out", ""), 1);
    assert_string_equal(f->change, "confirmed → ruled_out");
    assert_int_equal(commit_fact(f, "e", 20250401, "confirmed", ""), 0);
    assert_string_equal(f->outcome, "known-status");
    assert_int_equal(ask(f, "SELECT topic = 'confirmed' FROM alert"), 1);
}

static void both_statuses_in_one_document_are_one_ring(void **state)
{
    struct fixture *f = *state;
    struct detect_result *result = result_new("lemans", true, 1, 1, "a", 20250101);
    result_fact(result, "confirmed", "Charles Leclerc", "", "he will");
    result_fact(result, "interest", "Charles Leclerc", "", "he would");
    assert_int_equal(commit(f, result), 1);
    assert_int_equal(ask(f, "SELECT topic = 'confirmed' FROM alert"), 1);
    assert_int_equal(ask(f, "SELECT count(*) FROM finding WHERE outcome = 'older-source'"), 1);
}

static void a_year_takes_the_open_ladder_over(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(commit_fact(f, "a", 20251214, "interest", ""), 1);
    assert_int_equal(commit_fact(f, "b", 20251220, "confirmed", "2026"), 1);
    assert_string_equal(f->change, "interest → confirmed");
    assert_int_equal(ask(f, "SELECT count(*) FROM alert"), 1);
    assert_int_equal(ask(f, "SELECT edition = '2026' FROM alert"), 1);
    /* An older edition is another fact; a younger wish opens a new one. */
    assert_int_equal(commit_fact(f, "c", 20251230, "result", "2024"), 1);
    assert_int_equal(commit_fact(f, "d", 20270101, "interest", ""), 1);
    assert_int_equal(ask(f, "SELECT count(*) FROM alert"), 3);
    assert_int_equal(ask(f, "SELECT count(*) FROM alert WHERE edition = ''"), 1);
}

/* Which findings are together, as one number: a sum that no other grouping of these gives. */
#define GROUPS                                                                                     \
    "SELECT sum(n * n * key) FROM (SELECT count(*) AS n, 1 + max(a.edition = '2026')"              \
    " + 10 * max(a.edition = '2027') AS key FROM finding f JOIN alert a ON a.row = f.alert"        \
    " GROUP BY f.alert)"

static int64_t groups_of_order(const int *order)
{
    static const struct {
        const char *origin, *status, *year;
        int32_t date;
    } facts[] = {{"a", "interest", "", 20250301},
                 {"b", "rumoured", "", 20260301},
                 {"c", "interest", "", 20270901},
                 {"d", "confirmed", "2026", 20260101},
                 {"e", "interest", "2027", 20250401}};
    void *state;
    setup(&state);
    struct fixture *f = state;
    for (size_t i = 0; i < ARRAY_LEN(facts); i++)
        commit_fact(f, facts[order[i]].origin, facts[order[i]].date, facts[order[i]].status,
                    facts[order[i]].year);
    int64_t groups = ask(f, GROUPS);
    assert_int_equal(ask(f, "SELECT count(*) FROM alert a WHERE NOT EXISTS"
                            " (SELECT 1 FROM finding WHERE alert = a.row)"),
                     0);
    teardown(&state);
    return groups;
}

static void editions_do_not_depend_on_the_order(void **state)
{
    (void)state;
    int order[] = {0, 1, 2, 3, 4};
    int64_t first = groups_of_order(order);
    int n = 0;
    for (int code = 0; code < 5 * 5 * 5 * 5 * 5; code++) {
        int seen = 0;
        for (int i = 0, rest = code; i < 5; i++, rest /= 5) {
            order[i] = rest % 5;
            seen |= 1 << order[i];
        }
        if (seen != 31)
            continue;
        n++;
        assert_int_equal(groups_of_order(order), first);
    }
    assert_int_equal(n, 120);
}

/* ---- persons ---- */

static void muted_topics_are_silent_until_unmuted(void **state)
{
    struct fixture *f = *state;
    commit_topic(f, "a", 1, "One.");
    act(f, "mute");
    assert_int_equal(commit_topic(f, "b", 2, "Two."), 0);
    assert_string_equal(f->outcome, "muted");
    assert_int_equal(ask(f, "SELECT count(*) FROM finding WHERE outcome = 'muted'"), 1);
    assert_true(revisions_are_right(f));
    act(f, "unmute");
    assert_int_equal(commit_topic(f, "b", 3, "Two."), 0);
    assert_int_equal(commit_topic(f, "b", 4, "Three."), 1);
    act(f, "mute 1h");
    assert_int_equal(commit_topic(f, "b", 5, "Four."), 0);
    f->now_ms += 3600000;
    assert_int_equal(commit_topic(f, "b", 6, "Five."), 1);
    assert_true(revisions_are_right(f));
}

static void acknowledged_rings_again_with_news_and_closed_does_not(void **state)
{
    struct fixture *f = *state;
    commit_topic(f, "a", 1, "One.");
    act(f, "acknowledge");
    assert_int_equal(ask(f, "SELECT state = 'acknowledged' FROM alert"), 1);
    assert_int_equal(commit_topic(f, "a", 2, "Two."), 1);
    assert_int_equal(ask(f, "SELECT state = 'open' FROM alert"), 1);
    act(f, "close");
    assert_int_equal(commit_topic(f, "a", 3, "Three."), 0);
    assert_string_equal(f->outcome, "closed");
}

static void a_snoozed_alert_is_held(void **state)
{
    struct fixture *f = *state;
    commit_topic(f, "a", 1, "One.");
    act(f, "snooze 10m");
    assert_int_equal(commit_topic(f, "a", 2, "Two."), 1);
    assert_string_equal(f->outcome, "snoozed");
    assert_int_equal(ask(f, "SELECT min(next_ms) FROM delivery WHERE state = 'held'"),
                     f->now_ms + 600000);
}

static void a_route_to_nobody_is_listed_only(void **state)
{
    struct fixture *f = *state;
    struct config_route nobody = {.min_severity = 1};
    f->config.routes = &nobody;
    f->config.n_routes = 1;
    assert_int_equal(commit_topic(f, "a", 1, "One."), 1);
    assert_string_equal(f->outcome, "not-routed");
    assert_int_equal(ask(f, "SELECT count(*) FROM delivery"), 0);
}

static void the_valve_holds_what_is_too_much(void **state)
{
    struct fixture *f = *state;
    const char *origins[] = {"a", "b", "c", "d", "e"};
    for (int i = 0; i < 5; i++) {
        commit_topic(f, origins[i], i + 1, "One.");
        f->now_ms += 1000;
    }
    assert_int_equal(
        ask(f, "SELECT count(*) FROM delivery WHERE notifier = 'desktop' AND state = 'held'"), 2);
    assert_int_equal(
        ask(f, "SELECT count(*) FROM delivery WHERE notifier = 'log' AND state = 'queued'"), 5);
    assert_int_equal(ask(f, "SELECT max(next_ms) - min(next_ms) FROM delivery"
                            " WHERE notifier = 'desktop' AND state = 'held'"),
                     0);
    assert_int_equal(ask(f, "SELECT max(next_ms) FROM delivery WHERE notifier = 'desktop'"),
                     FAKE_LOOP_START_MS + 60000);
}

/* ---- trouble ---- */

static int trouble(struct fixture *f, const char *text)
{
    struct step step = {.subject = "source:news", .text = text};
    run(f, &step);
    return f->n_rings;
}

static void trouble_rings_once_until_it_was_over(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(trouble(f, "the folder is gone"), 1);
    assert_int_equal(trouble(f, "the folder is gone"), 0);
    assert_int_equal(trouble(f, NULL), 0);
    assert_int_equal(ask(f, "SELECT state = 'closed' FROM alert"), 1);
    assert_int_equal(trouble(f, "the folder is gone"), 1);
    assert_int_equal(ask(f, "SELECT state = 'open' FROM alert"), 1);
    assert_int_equal(ask(f, "SELECT count(*) FROM revision"), 2);
    assert_int_equal(ask(f, "SELECT count(*) FROM alert WHERE topic = 'source'"), 1);
}

struct expiry {
    struct fixture *fixture;
    int64_t before_ms;
    int n_deliveries, n_alerts;
};

static int run_expiry(struct store_txn *txn, void *arg, struct err *err)
{
    struct expiry *expiry = arg;
    expiry->n_deliveries = store_delivery_expire(txn, expiry->before_ms, 10, err);
    expiry->n_alerts = store_alert_expire(txn, expiry->before_ms, 10, err);
    return expiry->n_deliveries < 0 || expiry->n_alerts < 0 ? -1 : 0;
}

static void expire(struct fixture *f, int64_t before_ms, int n_deliveries, int n_alerts)
{
    struct expiry expiry = {f, before_ms, -1, -1};
    f->done = false;
    store_write(f->store, run_expiry, asked, &expiry);
    assert_true(fake_loop_wait(f->loop, is_done, f));
    assert_int_equal(expiry.n_deliveries, n_deliveries);
    assert_int_equal(expiry.n_alerts, n_alerts);
}

static void what_is_old_and_told_goes(void **state)
{
    struct fixture *f = *state;
    commit_topic(f, "a", 1, "One.");
    commit_topic(f, "b", 2, "One.");
    expire(f, f->now_ms + 1, 0, 0); /* all of it is still to be sent */
    ask(f, "UPDATE delivery SET state = 'sent' WHERE notifier = 'log' RETURNING 1");
    expire(f, f->now_ms, 0, 0); /* not that old */
    expire(f, f->now_ms + 1, 2, 0);
    ask(f, "UPDATE delivery SET state = 'sent' RETURNING 1");
    expire(f, f->now_ms + 1, 2, 2);
    assert_int_equal(ask(f, "SELECT (SELECT count(*) FROM finding) + (SELECT count(*) FROM told)"
                            " + (SELECT count(*) FROM revision) + (SELECT count(*) FROM alert)"
                            " + (SELECT count(*) FROM delivery_revision)"),
                     0);
}

static void a_pending_row_goes_with_the_result(void **state)
{
    struct fixture *f = *state;
    ask(f, "INSERT INTO document VALUES(1, 'news', x'61', 1, 1, 1, 1, x'00', 1, x'00', 1, NULL)"
           " RETURNING id");
    ask(f, "INSERT INTO version(id, document, number, hash, text_hash, size, date, title,"
           " media_type, charset, note, seen_ms)"
           " VALUES(9, 1, 1, x'00', x'00', 1, 0, '', '', '', '', 1) RETURNING id");
    ask(f, "INSERT INTO pending(version, detector) VALUES(9, 'topics') RETURNING 1");
    assert_int_equal(ask(f, "SELECT count(*) FROM pending"), 1);
    commit(f, result_new("topics", false, 1, 9, "a", 20260101));
    assert_int_equal(ask(f, "SELECT count(*) FROM pending"), 0);
}

static int commit_old(struct fixture *f, int64_t version, const char *quote, const char *new_quote)
{
    struct detect_result *result = result_new("topics", false, 1, version, "a", 20260101);
    struct detect_finding *finding = result_topic(result, "acme", quote);
    finding->evidence[0].is_old = true;
    if (new_quote)
        result_quote(finding, new_quote);
    return commit(f, result);
}

static void old_text_of_a_changed_document_is_no_news(void **state)
{
    struct fixture *f = *state;
    ask(f, "INSERT INTO document VALUES(1, 'news', x'61', 1, 1, 1, 1, x'00', 1, x'00', 1, NULL)"
           " RETURNING id");
    ask(f, "INSERT INTO version(id, document, number, hash, text_hash, size, date, title,"
           " media_type, charset, note, seen_ms)"
           " SELECT value, 1, value, x'00', x'00', 1, 0, '', '', '', '', 1"
           " FROM json_each('[1,2,3,4,5]') RETURNING id");
    assert_int_equal(commit_old(f, 1, "One.", NULL), 0);
    assert_string_equal(f->outcome, "old-text");
    assert_true(revisions_are_right(f));
    assert_int_equal(commit_old(f, 2, "One.", "Two."), 1);
    assert_int_equal(ask(f, "SELECT count(*) FROM finding WHERE outcome = 'rang' AND place = ''"),
                     1);
    assert_int_equal(ask(f, "SELECT count(*) FROM told"), 1);
    f->detector.match = CONFIG_MATCH_WHOLE;
    assert_int_equal(commit_old(f, 3, "One.", NULL), 1);
    f->detector.match = CONFIG_MATCH_NEW_TEXT;
    /* What an earlier version said, nobody has told: that one was put aside. */
    ask(f, "INSERT INTO pending(version, detector, quarantined_ms) VALUES(3, 'topics', 1)"
           " RETURNING 1");
    assert_int_equal(commit_old(f, 4, "Three.", NULL), 1);
    ask(f, "DELETE FROM pending RETURNING 1");
    assert_int_equal(commit_old(f, 5, "Four.", NULL), 0);
    assert_string_equal(f->outcome, "old-text");
}

static void a_detector_that_comes_too_late_is_not_heard(void **state)
{
    struct fixture *f = *state;
    ask(f, "INSERT INTO document VALUES(1, 'news', x'61', 1, 1, 1, 1, x'00', 1, x'00', 1, NULL)"
           " RETURNING id");
    ask(f, "INSERT INTO version(id, document, number, hash, text_hash, size, date, title,"
           " media_type, charset, note, seen_ms, forgotten_ms)"
           " VALUES(9, 1, 1, x'00', x'00', 1, 0, '', '', '', '', 1, 2) RETURNING id");
    assert_int_equal(commit_topic(f, "a", 9, "Acme buys Bolt."), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM finding"), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM alert"), 0);
}

/* As store_forget leaves it. */
static void forget_all(struct fixture *f)
{
    ask(f,
        "INSERT INTO told_before SELECT a.id, t.what, 1 FROM told t JOIN alert a ON a.row = t.alert");
    ask(f, "DELETE FROM alert");
}

static void what_was_forgotten_does_not_ring_again(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(commit_topic(f, "a", 1, "Acme buys Bolt."), 1);
    assert_int_equal(commit_fact(f, "b", 20260101, "interest", ""), 1);
    forget_all(f);
    assert_int_equal(commit_topic(f, "a", 2, "Acme buys Bolt."), 0);
    assert_string_equal(f->outcome, "known-evidence");
    assert_int_equal(commit_topic(f, "a", 3, "Acme sells Bolt."), 1);
    assert_int_equal(commit_fact(f, "b", 20260101, "interest", ""), 0);
    assert_string_equal(f->outcome, "known-status");
    assert_int_equal(commit_fact(f, "b", 20260102, "confirmed", ""), 1);
    assert_int_equal(ask(f, "SELECT count(*) FROM told_before"), 0);
}

static void actions_say_what_is_wrong(void **state)
{
    struct fixture *f = *state;
    commit_topic(f, "a", 1, "One.");
    const char *wrong[] = {"sing", "acknowledge 5m", "mute forever", "snooze 0"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct step step = {.fixture = f, .verb = wrong[i]};
        f->done = false;
        store_write(f->store, run_step, step_done, &step);
        assert_true(fake_loop_wait(f->loop, is_done, f));
        assert_string_not_equal(step.error, "");
        policy_news_deinit(&step.news);
    }
    f->last_alert[8] = '\0';
    act(f, "acknowledge");
    assert_int_equal(ask(f, "SELECT state = 'acknowledged' FROM alert"), 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(evidence_rings_once),
        CASE(the_same_version_again_changes_nothing),
        CASE(several_findings_of_a_topic_are_one_revision),
        CASE(three_articles_one_wish),
        CASE(a_change_of_status_rings_from_what_to_what),
        CASE(both_statuses_in_one_document_are_one_ring),
        CASE(a_year_takes_the_open_ladder_over),
        cmocka_unit_test(editions_do_not_depend_on_the_order),
        CASE(muted_topics_are_silent_until_unmuted),
        CASE(acknowledged_rings_again_with_news_and_closed_does_not),
        CASE(a_snoozed_alert_is_held),
        CASE(a_route_to_nobody_is_listed_only),
        CASE(the_valve_holds_what_is_too_much),
        CASE(trouble_rings_once_until_it_was_over),
        CASE(what_is_old_and_told_goes),
        CASE(a_pending_row_goes_with_the_result),
        CASE(old_text_of_a_changed_document_is_no_news),
        CASE(a_detector_that_comes_too_late_is_not_heard),
        CASE(what_was_forgotten_does_not_ring_again),
        CASE(actions_say_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
