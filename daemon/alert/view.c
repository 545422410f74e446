/*
 * Alerts for people: questions to the store's reader, and the ladders that are put together from
 * the answers. Functions named run_* are on the reader's thread.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "alert/inside.h"
#include "alert/ladder.h"
#include "alert/outcome.h"
#include "alert/steps.h"
#include "base/mem.h"
#include "store/views.h"

#define LIST_LIMIT     100
#define LIST_LIMIT_MAX 100000

struct question {
    struct alerts *alerts;
    int (*ask)(struct store_txn *txn, struct question *question, struct err *err);
    json_t *filter;
    char *alert;
    int64_t version;
    json_t *result;
    alerts_answer_fn *answer;
    void *arg;
};

static int run_question(struct store_txn *txn, void *arg, struct err *err)
{
    struct question *question = arg;
    json_decref(question->result);
    question->result = NULL;
    return question->ask(txn, question, err);
}

static void answered(void *arg, const char *error)
{
    struct question *question = arg;
    alerts_answered(question->alerts);
    if (error) {
        json_decref(question->result);
        question->result = NULL;
    }
    question->answer(question->arg, question->result, error);
    json_decref(question->filter);
    free(question->alert);
    free(question);
}

/* Takes what `question` holds. */
static void ask(struct alerts *alerts, const struct question *question)
{
    struct question *copy = mem_copy(question, sizeof(*question));
    copy->alerts = alerts;
    alerts_asked(alerts);
    store_read(alerts_store(alerts), run_question, answered, copy);
}

/* ---- lists ---- */

static const char *filter_text(const json_t *filter, const char *name)
{
    return json_string_value(json_object_get(filter, name));
}

static int ask_list(struct store_txn *txn, struct question *question, struct err *err)
{
    const json_t *filter = question->filter;
    struct store_alert_filter wanted = {
        .state = filter_text(filter, "state"),
        .detector = filter_text(filter, "detector"),
        .topic = filter_text(filter, "topic"),
        .words = json_object_get(filter, "words"),
        .person = filter_text(filter, "person"),
        .after = filter_text(filter, "after"),
        .since_ms = json_integer_value(json_object_get(filter, "since_ms")),
        .until_ms = json_integer_value(json_object_get(filter, "until_ms")),
        .limit = json_integer_value(json_object_get(filter, "limit")),
    };
    if (wanted.limit <= 0)
        wanted.limit = LIST_LIMIT;
    if (wanted.limit > LIST_LIMIT_MAX)
        wanted.limit = LIST_LIMIT_MAX;
    return store_view_alerts(txn, &wanted, &question->result, err);
}

void alerts_list(struct alerts *alerts, const json_t *filter, alerts_answer_fn *answer, void *arg)
{
    ask(alerts,
        &(struct question){
            .ask = ask_list, .filter = json_deep_copy(filter), .answer = answer, .arg = arg});
}

/* Why a delivery is held, as a sentence. */
static void add_why_held(json_t *revisions)
{
    size_t i, k;
    json_t *revision, *delivery;
    json_array_foreach(revisions, i, revision)
    {
        json_array_foreach(json_object_get(revision, "deliveries"), k, delivery)
        {
            if (strcmp(filter_text(delivery, "state"), "held") == 0)
                json_object_set_new(delivery, "why",
                                    json_string(outcome_sentence(filter_text(delivery, "reason"))));
        }
    }
}

/* Each entry's outcome, as a sentence. */
static void add_why(json_t *list)
{
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        json_object_set_new(entry, "why",
                            json_string(outcome_sentence(filter_text(entry, "outcome"))));
    }
}

static int ask_outcomes(struct store_txn *txn, struct question *question, struct err *err)
{
    if (store_view_outcomes(txn, question->version, &question->result, err) < 0)
        return -1;
    add_why(question->result);
    return 0;
}

void alerts_outcomes(struct alerts *alerts, int64_t version, alerts_answer_fn *answer, void *arg)
{
    ask(alerts,
        &(struct question){.ask = ask_outcomes, .version = version, .answer = answer, .arg = arg});
}

static int ask_suppressed(struct store_txn *txn, struct question *question, struct err *err)
{
    const char *outcome = filter_text(question->filter, "outcome");
    int64_t since_ms = json_integer_value(json_object_get(question->filter, "since_ms"));
    int64_t limit = json_integer_value(json_object_get(question->filter, "limit"));
    json_t *reasons = NULL, *findings = NULL;
    if (outcome && outcome_step(outcome) == OUTCOME_STEPS)
        return err_set(err, "there is no reason \"%s\"", outcome);
    if (store_view_suppressed_counts(txn, since_ms, &reasons, err) < 0)
        return -1;
    if (store_view_suppressed(txn, outcome, since_ms, limit > 0 ? limit : LIST_LIMIT, &findings,
                              err) < 0) {
        json_decref(reasons);
        return -1;
    }
    add_why(reasons);
    add_why(findings);
    question->result = json_pack("{s:o, s:o}", "reasons", reasons, "findings", findings);
    return 0;
}

void alerts_suppressed(struct alerts *alerts, const json_t *filter, alerts_answer_fn *answer,
                       void *arg)
{
    ask(alerts,
        &(struct question){
            .ask = ask_suppressed, .filter = json_deep_copy(filter), .answer = answer, .arg = arg});
}

/* ---- ladders ---- */

static const char *first_quote(const json_t *finding)
{
    const json_t *piece = json_array_get(json_object_get(finding, "evidence"), 0);
    const char *quote = filter_text(piece, "quote");
    return quote ? quote : "";
}

static json_t *source_json(json_t *finding)
{
    return json_pack("{s:O, s:O, s:O, s:O, s:O, s:s}", "date", json_object_get(finding, "date"),
                     "source", json_object_get(finding, "source"), "path",
                     json_object_get(finding, "path"), "title", json_object_get(finding, "title"),
                     "summary", json_object_get(finding, "summary"), "quote", first_quote(finding));
}

/* A document that says the same twice on one rung, in two sentences or two versions, is one source.
 * `first`: the rung's. */
static bool is_known_source(const json_t *findings, size_t first, size_t at)
{
    const char *origin = filter_text(json_array_get(findings, at), "origin");
    for (size_t i = first; i < at; i++) {
        if (strcmp(filter_text(json_array_get(findings, i), "origin"), origin) == 0)
            return true;
    }
    return false;
}

/* Findings in the order of a ladder, as rungs. */
static json_t *rungs_json(const json_t *findings)
{
    json_t *rungs = json_array(), *rung = NULL, *finding;
    size_t i, first = 0;
    json_array_foreach(findings, i, finding)
    {
        const char *status = filter_text(finding, "status");
        if (!rung || strcmp(filter_text(rung, "status"), status) != 0) {
            rung = json_pack("{s:s, s:[]}", "status", status, "sources");
            json_array_append_new(rungs, rung);
            first = i;
        }
        if (!is_known_source(findings, first, i))
            json_array_append_new(json_object_get(rung, "sources"), source_json(finding));
    }
    return rungs;
}

/* What stands is shown by the first document that said so since: the order of arrival, which the
 * alert's own headline depends on, has no part in it. */
static json_t *ladder_json(const json_t *alert, const json_t *findings)
{
    json_t *rungs = rungs_json(findings);
    const json_t *last = json_array_get(rungs, json_array_size(rungs) - 1);
    const json_t *source = json_array_get(json_object_get(last, "sources"), 0);
    json_t *fields = NULL, *finding;
    size_t i;
    json_array_foreach(findings, i, finding)
    {
        if (!fields && last &&
            strcmp(filter_text(finding, "status"), filter_text(last, "status")) == 0)
            fields = json_object_get(finding, "fields");
    }
    return json_pack("{s:O, s:O, s:O, s:O?, s:s?, s:O?, s:o}", "detector",
                     json_object_get(alert, "detector"), "key", json_object_get(alert, "key"),
                     "edition", json_object_get(alert, "edition"), "fields", fields, "status",
                     filter_text(last, "status"), "headline", json_object_get(source, "summary"),
                     "rungs", rungs);
}

struct ladders {
    struct hash *ids;
    size_t n, cap;
};

static void take_ladder(void *arg, const struct hash *id)
{
    struct ladders *ladders = arg;
    ladders->ids = mem_grow(ladders->ids, &ladders->cap, ladders->n + 1, sizeof(*ladders->ids));
    ladders->ids[ladders->n++] = *id;
}

static bool has_value(const json_t *values, const char *part)
{
    size_t i;
    json_t *value;
    json_array_foreach(values, i, value)
    {
        if (json_is_string(value) && strcasestr(json_string_value(value), part))
            return true;
    }
    return false;
}

static bool ladder_wanted(const json_t *ladder, json_t *filter)
{
    static const char *const texts[] = {"detector", "status", "edition"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const char *wanted = filter_text(filter, texts[i]), *has = filter_text(ladder, texts[i]);
        if (wanted && (!has || fnmatch(wanted, has, 0) != 0))
            return false;
    }
    const char *name;
    json_t *part;
    json_object_foreach(json_object_get(filter, "field"), name, part)
    {
        const json_t *values = json_object_get(json_object_get(ladder, "fields"), name);
        if (json_is_string(part) && !has_value(values, json_string_value(part)))
            return false;
    }
    return true;
}

static int add_ladder(struct store_txn *txn, struct question *question, const struct hash *id,
                      struct err *err)
{
    json_t *alert = NULL, *findings = NULL;
    int result = store_view_alert(txn, id, &alert, err);
    if (result == 0)
        result = store_view_findings(txn, id, &findings, err);
    json_t *ladder = result == 0 && json_array_size(findings) ? ladder_json(alert, findings) : NULL;
    if (ladder && ladder_wanted(ladder, question->filter))
        json_array_append(question->result, ladder);
    json_decref(ladder);
    json_decref(alert);
    json_decref(findings);
    return result;
}

static int ask_facts(struct store_txn *txn, struct question *question, struct err *err)
{
    struct ladders ladders = {0};
    int result = store_view_ladders(txn, take_ladder, &ladders, err);
    question->result = json_array();
    for (size_t i = 0; result == 0 && i < ladders.n; i++)
        result = add_ladder(txn, question, &ladders.ids[i], err);
    free(ladders.ids);
    return result;
}

void alerts_facts(struct alerts *alerts, const json_t *filter, alerts_answer_fn *answer, void *arg)
{
    ask(alerts,
        &(struct question){
            .ask = ask_facts, .filter = json_deep_copy(filter), .answer = answer, .arg = arg});
}

/* ---- one alert ---- */

/* The revision that a finding made; NULL: it made none. */
static const json_t *revision_of(const json_t *finding, const json_t *revisions)
{
    const json_t *number = json_object_get(finding, "revision");
    size_t i;
    json_t *revision;
    json_array_foreach(revisions, i, revision)
    {
        if (number && json_equal(json_object_get(revision, "number"), number))
            return revision;
    }
    return NULL;
}

static void add_steps(const json_t *alert, json_t *findings, const json_t *revisions)
{
    size_t i;
    json_t *finding;
    json_array_foreach(findings, i, finding)
    {
        json_object_set_new(finding, "steps",
                            steps_of(alert, finding, revision_of(finding, revisions)));
    }
}

static int ask_show(struct store_txn *txn, struct question *question, struct err *err)
{
    struct hash id;
    json_t *findings, *revisions;
    if (store_find_alert(txn, question->alert, &id, err) < 0 ||
        store_view_alert(txn, &id, &question->result, err) < 0 ||
        store_view_findings(txn, &id, &findings, err) < 0)
        return -1;
    add_why(findings);
    const char *status = filter_text(json_array_get(findings, 0), "status");
    if (status && *status)
        json_object_set_new(question->result, "ladder", rungs_json(findings));
    json_object_set_new(question->result, "findings", findings);
    if (store_view_revisions(txn, &id, &revisions, err) < 0)
        return -1;
    add_why_held(revisions);
    add_steps(question->result, findings, revisions);
    json_object_set_new(question->result, "told", revisions);
    return 0;
}

void alerts_show(struct alerts *alerts, const char *alert_id, alerts_answer_fn *answer, void *arg)
{
    ask(alerts, &(struct question){
                    .ask = ask_show, .alert = mem_strdup(alert_id), .answer = answer, .arg = arg});
}

static int ask_path(struct store_txn *txn, struct question *question, struct err *err)
{
    struct hash id;
    if (store_find_alert(txn, question->alert, &id, err) < 0 ||
        store_view_path(txn, &id, &question->result, err) < 0)
        return -1;
    if (!question->result)
        return err_set(err, "the alert is of no document");
    return 0;
}

void alerts_path(struct alerts *alerts, const char *alert_id, alerts_answer_fn *answer, void *arg)
{
    ask(alerts, &(struct question){
                    .ask = ask_path, .alert = mem_strdup(alert_id), .answer = answer, .arg = arg});
}
