/* The order of the steps, and what they write; see policy.h. */
#include "alert/policy.h"

#include <stdlib.h>
#include <string.h>

#include "alert/hold.h"
#include "alert/identity.h"
#include "alert/mute.h"
#include "alert/route.h"
#include "alert/silence.h"
#include "alert/timing.h"
#include "alert/valve.h"
#include "base/mem.h"
#include "store/documents.h"
#include "store/forget.h"

/* So many deliveries of one run are handed over; more are a batch, which the outbox reads itself.
 */
#define READY_MAX 16

void policy_news_init(struct policy_news *news, const struct policy *policy, bool is_followed)
{
    policy_news_deinit(news);
    news->queued = NEW_N(bool, policy->config->n_notifiers + 1);
    news->events = is_followed ? json_array() : NULL;
}

void policy_news_deinit(struct policy_news *news)
{
    free(news->queued);
    for (size_t i = 0; i < news->n_ready; i++)
        store_due_free(&news->ready[i].due);
    free(news->ready);
    json_decref(news->events);
    *news = (struct policy_news){0};
}

static json_t *event_new(const struct policy_run *run, const char *event,
                         const struct store_alert *alert, const char *headline,
                         enum alert_outcome outcome)
{
    char id[HASH_HEX_SIZE];
    hash_hex(&alert->id, HASH_BYTES, id);
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "event", event, "alert", id,
                             "detector", alert->detector, "topic", alert->topic, "headline",
                             headline, "outcome", outcome_word(outcome));
    if (json && run->result) {
        json_object_set_new(json, "source", json_string(run->result->source));
        /* A path may be any bytes: then it is left out here. */
        json_t *path = json_string(run->result->path);
        if (path)
            json_object_set_new(json, "path", path);
        json_object_set_new(json, "title", json_string(run->result->title));
        json_object_set_new(json, "date", json_integer(run->result->date));
    }
    return json;
}

void policy_silent(struct policy_run *run, const struct store_alert *alert, const char *headline,
                   enum alert_outcome outcome)
{
    run->news->outcomes[outcome]++;
    if (!run->news->events)
        return;
    json_t *event = event_new(run, "source", alert, headline, outcome);
    if (event)
        json_array_append_new(run->news->events, event);
}

static int step_mute(struct policy_run *run, const struct policy_case *news,
                     enum alert_outcome *outcome, struct err *err)
{
    struct mute_state state = {.alert_state = news->alert->state};
    int got =
        store_mute_get(run->txn, news->alert->detector, news->topic, &state.mute_until_ms, err);
    if (got < 0)
        return -1;
    state.has_mute = got > 0;
    *outcome = mute_judge(&state, run->now_ms);
    return 0;
}

static struct route_question question_of(const struct policy_run *run,
                                         const struct policy_case *news)
{
    return (struct route_question){.detector = news->alert->detector,
                                   .topic = news->topic,
                                   .source = run->result ? run->result->source : "",
                                   .labels = news->labels,
                                   .severity = news->severity,
                                   .is_trouble = !run->result};
}

static int step_silence(struct policy_run *run, const struct policy_case *news,
                        enum alert_outcome *outcome, struct buf *place, struct err *err)
{
    struct route_question question = question_of(run, news);
    int64_t id;
    int found = silence_find(run->txn, &question, run->now_ms, &id, err);
    if (found <= 0)
        return found;
    AUTO_FREE char *silence = silence_place(id);
    buf_puts(place, silence);
    *outcome = OUTCOME_SILENCED;
    return 0;
}

static int step_hold(struct policy_run *run, const struct policy_case *news, int64_t *until_ms,
                     enum alert_outcome *outcome, struct err *err)
{
    AUTO_FREE char *paused = NULL;
    if (store_setting_get(run->txn, "paused", &paused, err) < 0)
        return -1;
    *outcome = hold_judge(paused && strcmp(paused, "true") == 0, news->alert->snoozed_until_ms,
                          run->now_ms, until_ms);
    return 0;
}

/* What a valve has to know of a notifier, oldest ring first. Returns how many they are. */
static int look_at_rings(struct policy_run *run, const char *notifier, int64_t window_ms,
                         enum alert_outcome held_for, int64_t *rung_ms, int64_t *held_until_ms,
                         struct err *err)
{
    *held_until_ms = 0;
    if (store_delivery_held_until(run->txn, notifier, outcome_word(held_for), run->now_ms,
                                  held_until_ms, err) < 0)
        return -1;
    return store_delivery_rung(run->txn, notifier, run->now_ms - window_ms, rung_ms, VALVE_MOST,
                               err);
}

static int step_timing(struct policy_run *run, const struct policy_case *news,
                       const struct config_timing *timing, const char *notifier, int64_t *until_ms,
                       enum alert_outcome *outcome, struct err *err)
{
    *outcome = OUTCOME_RANG;
    if (!timing)
        return 0;
    struct timing_state state = {0};
    AUTO_FREE int64_t *rung = NEW_N(int64_t, VALVE_MOST);
    int n = 0;
    if (timing->most)
        n = look_at_rings(run, notifier, timing->most_ms, OUTCOME_LIMITED, rung,
                          &state.limited_until_ms, err);
    if (n < 0 || (timing->batch_ms &&
                  store_delivery_held_until(run->txn, notifier, outcome_word(OUTCOME_BATCHED),
                                            run->now_ms, &state.batch_until_ms, err) < 0))
        return -1;
    state.rung_ms = rung;
    state.n_rung = (size_t)n;
    *outcome = timing_judge(timing, news->severity >= TOCSIN_URGENT, &state, run->now_ms, until_ms);
    return 0;
}

static int step_valve(struct policy_run *run, size_t notifier, int64_t *until_ms,
                      enum alert_outcome *outcome, struct err *err)
{
    int64_t per_minute = run->policy->per_minute[notifier];
    *outcome = OUTCOME_RANG;
    if (per_minute <= 0)
        return 0;
    const char *name = run->policy->config->notifiers[notifier].plugin.name;
    AUTO_FREE int64_t *rung = NEW_N(int64_t, VALVE_MOST);
    int64_t held_until;
    int n = look_at_rings(run, name, VALVE_WINDOW_MS, OUTCOME_STORM, rung, &held_until, err);
    if (n < 0)
        return -1;
    int64_t until =
        valve_judge(rung, (size_t)n, per_minute, VALVE_WINDOW_MS, held_until, run->now_ms);
    if (!until)
        return 0;
    *until_ms = until;
    *outcome = OUTCOME_STORM;
    return 0;
}

/* Steps 5 to 7 for one notifier. `hold` is what step 5 came to, until *until_ms. */
static int judge_when(struct policy_run *run, const struct policy_case *news, size_t notifier,
                      const struct config_timing *timing, enum alert_outcome hold,
                      int64_t *until_ms, enum alert_outcome *outcome, struct err *err)
{
    const char *name = run->policy->config->notifiers[notifier].plugin.name;
    *outcome = hold;
    if (hold == OUTCOME_RANG && step_timing(run, news, timing, name, until_ms, outcome, err) < 0)
        return -1;
    if (*outcome == OUTCOME_RANG && step_valve(run, notifier, until_ms, outcome, err) < 0)
        return -1;
    bool is_urgent = news->severity >= TOCSIN_URGENT;
    bool comes_by_itself = *outcome == OUTCOME_SNOOZED || *outcome == OUTCOME_STORM;
    int64_t quiet_until_ms =
        comes_by_itself && !is_urgent ? timing_quiet_until(timing, *until_ms) : 0;
    if (quiet_until_ms)
        *until_ms = quiet_until_ms;
    return 0;
}

char *policy_place(const struct config_route *route)
{
    if (!route->at.file)
        return mem_strdup("");
    return mem_printf("%s:%d", route->at.file, route->at.line);
}

static int deliver_one(struct policy_run *run, size_t notifier, const struct config_route *route,
                       const struct hash *revision, int64_t next_ms, enum alert_outcome outcome,
                       struct err *err)
{
    const char *name = run->policy->config->notifiers[notifier].plugin.name;
    bool now = outcome == OUTCOME_RANG;
    AUTO_FREE char *place = policy_place(route);
    struct store_delivery delivery = {
        .id = identity_delivery(name, revision, 1),
        .notifier = name,
        .state = now ? "queued" : "held",
        .reason = now ? "" : outcome_word(outcome),
        .place = place,
        .next_ms = next_ms,
        .created_ms = run->now_ms,
        .updated_ms = run->now_ms,
    };
    int added = store_delivery_add(run->txn, &delivery, revision, 1, err);
    if (added < 0)
        return -1;
    struct policy_news *news = run->news;
    if (!added || !now || news->n_ready == READY_MAX) {
        news->queued[notifier] = true;
        return 0;
    }
    news->ready = mem_grow(news->ready, &news->cap_ready, news->n_ready + 1, sizeof(*news->ready));
    news->ready[news->n_ready++] = (struct policy_ready){.notifier = notifier, .id = delivery.id};
    return 0;
}

/* For everybody who is wanted. One who rings at once makes it "rang". */
static int deliver_all(struct policy_run *run, const struct policy_case *news,
                       const struct config_route *const *by, enum alert_outcome *outcome,
                       struct buf *place, struct err *err)
{
    int64_t hold_until = run->now_ms;
    enum alert_outcome hold;
    if (step_hold(run, news, &hold_until, &hold, err) < 0)
        return -1;
    bool rang = false;
    for (size_t i = 0; i < run->policy->config->n_notifiers; i++) {
        if (!by[i])
            continue;
        int64_t next_ms = hold_until;
        if (judge_when(run, news, i, by[i]->timing, hold, &next_ms, outcome, err) < 0)
            return -1;
        rang |= *outcome == OUTCOME_RANG;
        AUTO_FREE char *own_place = policy_place(by[i]);
        buf_clear(place);
        buf_puts(place, own_place);
        if (deliver_one(run, i, by[i], &news->revision, next_ms, *outcome, err) < 0)
            return -1;
    }
    if (rang) {
        *outcome = OUTCOME_RANG;
        buf_clear(place);
    }
    return 0;
}

static int add_revision(struct policy_run *run, const struct policy_case *news, struct err *err)
{
    struct store_alert *alert = news->alert;
    alert->revisions++;
    if (strcmp(alert->state, "acknowledged") == 0)
        alert_text(&alert->state, "open");
    return store_revision_add(run->txn,
                              &(struct store_revision){
                                  .id = news->revision,
                                  .alert = alert->id,
                                  .number = alert->revisions,
                                  .finding = news->finding,
                                  .headline = news->headline,
                                  .change = news->change,
                                  .created_ms = run->now_ms,
                              },
                              err);
}

static void tell_loop(struct policy_run *run, const struct policy_case *news,
                      const struct config_route *const *by, enum alert_outcome outcome)
{
    run->news->outcomes[outcome]++;
    run->news->n_revisions++;
    json_t *event = NULL;
    if (run->news->events)
        event = event_new(run, "revision", news->alert, news->headline, outcome);
    if (!event)
        return;
    char id[HASH_HEX_SIZE];
    hash_hex(&news->revision, HASH_BYTES, id);
    json_object_set_new(event, "revision", json_string(id));
    json_object_set_new(event, "number", json_integer(news->alert->revisions));
    json_object_set_new(event, "change", json_string(news->change));
    json_object_set_new(event, "severity", json_integer(news->severity));
    json_t *names = json_array();
    for (size_t i = 0; i < run->policy->config->n_notifiers; i++) {
        if (by[i])
            json_array_append_new(names,
                                  json_string(run->policy->config->notifiers[i].plugin.name));
    }
    json_object_set_new(event, "notifiers", names);
    json_array_append_new(run->news->events, event);
}

/* With nobody wanted there is still a revision: the alert is listed, and it is not news again. */
static int tell_wanted(struct policy_run *run, const struct policy_case *news,
                       enum alert_outcome *outcome, struct buf *place, struct err *err)
{
    size_t n = run->policy->config->n_notifiers;
    AUTO_FREE const struct config_route **by = NEW_N(const struct config_route *, n + 1);
    struct route_question question = question_of(run, news);
    if (!route_notifiers(run->policy->config, &question, by))
        *outcome = OUTCOME_NOT_ROUTED;
    if (add_revision(run, news, err) < 0)
        return -1;
    if (*outcome == OUTCOME_RANG && deliver_all(run, news, by, outcome, place, err) < 0)
        return -1;
    tell_loop(run, news, by, *outcome);
    return 0;
}

/* What was told, or is not to be told, is no news afterwards: what was muted does not ring later,
 * when an unmuted topic finds the same sentence again. */
static int add_told(struct policy_run *run, const struct policy_case *news, struct err *err)
{
    for (size_t i = 0; i < news->n_told; i++) {
        if (store_told_add(run->txn, &news->alert->id, &news->told[i], err) < 0)
            return -1;
    }
    return 0;
}

int policy_tell(struct policy_run *run, const struct policy_case *news, enum alert_outcome *outcome,
                struct buf *place, struct err *err)
{
    AUTO_BUF struct buf own_place = {0};
    struct buf *by = place ? place : &own_place;
    if (step_mute(run, news, outcome, err) < 0)
        return -1;
    if (*outcome == OUTCOME_RANG && step_silence(run, news, outcome, by, err) < 0)
        return -1;
    if (add_told(run, news, err) < 0)
        return -1;
    if (*outcome != OUTCOME_RANG)
        policy_silent(run, news->alert, news->headline, *outcome);
    else if (tell_wanted(run, news, outcome, by, err) < 0)
        return -1;
    news->alert->updated_ms = run->now_ms;
    if (news->is_begun ? store_alert_revised(run->txn, news->alert, err)
                       : store_alert_put(run->txn, news->alert, err))
        return -1;
    return store_finding_outcome(run->txn, news->finding, outcome_word(*outcome), buf_text(by),
                                 err);
}

int policy_ready(struct policy_run *run, struct err *err)
{
    for (size_t i = 0; i < run->news->n_ready; i++) {
        struct policy_ready *ready = &run->news->ready[i];
        if (store_delivery_load(run->txn, &ready->id, 1, &ready->due, err) < 0)
            return -1;
    }
    return 0;
}

int policy_commit(struct policy_run *run, struct err *err)
{
    const struct detect_result *result = run->result;
    /* A person had the document forgotten while a detector was at work on it. */
    int forgotten = 0;
    if (result->n_findings)
        forgotten = store_version_is_forgotten(run->txn, result->version, err);
    if (forgotten)
        return forgotten < 0 ? -1 : 0;
    if (policy_topics(run, err) < 0 || policy_facts(run, err) < 0 ||
        store_pending_done(run->txn, result->version, result->detector, err) < 0)
        return -1;
    return policy_ready(run, err);
}
