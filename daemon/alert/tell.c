/* Who is told of news, and what is written of it: steps 3 and 4 of policy.h. */
#include <stdlib.h>
#include <string.h>

#include "alert/mute.h"
#include "alert/place.h"
#include "alert/route.h"
#include "alert/run.h"
#include "alert/silence.h"
#include "base/mem.h"

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

static void step_shadow(const struct policy_case *news, enum alert_outcome *outcome,
                        struct buf *place)
{
    *outcome = news->shadow ? OUTCOME_SHADOW : OUTCOME_RANG;
    if (news->shadow)
        buf_puts(place, news->shadow);
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

/* Nobody is wanted. */
static void say_why(struct policy_run *run, const struct route_question *question,
                    const struct config_route *const *trials, enum alert_outcome *outcome,
                    struct buf *place)
{
    const struct config *config = run->policy->config;
    const struct config_route *route = route_first(config, question);
    *outcome = OUTCOME_NOT_ROUTED;
    for (size_t i = 0; i < config->n_notifiers && *outcome == OUTCOME_NOT_ROUTED; i++) {
        if (!trials[i])
            continue;
        route = trials[i];
        *outcome = OUTCOME_SHADOW;
    }
    AUTO_FREE char *own_place = route ? place_of_route(route) : mem_strdup("");
    buf_puts(place, own_place);
}

/* With nobody wanted there is still a revision: the alert is listed, and it is not news again. */
static int tell_wanted(struct policy_run *run, const struct policy_case *news,
                       enum alert_outcome *outcome, struct buf *place, struct err *err)
{
    size_t n = run->policy->config->n_notifiers;
    AUTO_FREE const struct config_route **by = NEW_N(const struct config_route *, n + 1);
    AUTO_FREE const struct config_route **trials = NEW_N(const struct config_route *, n + 1);
    struct route_question question = question_of(run, news);
    size_t n_wanted = route_notifiers(run->policy->config, &question, by);
    size_t n_trials = route_trials(run->policy->config, &question, by, trials);
    if (!n_wanted)
        say_why(run, &question, trials, outcome, place);
    /* Whoever is told of the news need not be reminded of what was before. */
    bool has_history = news->alert->revisions > 0;
    if (has_history && store_delivery_followed(run->txn, &news->alert->id, "there is news",
                                               run->now_ms, &run->news->withdrawn, err) < 0)
        return -1;
    if (add_revision(run, news, err) < 0 || (n_trials && policy_try(run, news, trials, err) < 0))
        return -1;
    if (*outcome == OUTCOME_RANG && policy_deliver(run, news, by, outcome, place, err) < 0)
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

static int put_alert(struct policy_run *run, const struct policy_case *news, struct err *err)
{
    if (!news->is_begun)
        return store_alert_put(run->txn, news->alert, err);
    return news->alert->revisions == 1 ? 0 : store_alert_revised(run->txn, news->alert, err);
}

int policy_tell(struct policy_run *run, const struct policy_case *news, enum alert_outcome *outcome,
                struct buf *place, struct err *err)
{
    AUTO_BUF struct buf own_place = {0};
    struct buf *by = place ? place : &own_place;
    step_shadow(news, outcome, by);
    if (*outcome == OUTCOME_RANG && step_mute(run, news, outcome, err) < 0)
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
    if (put_alert(run, news, err) < 0)
        return -1;
    if (*outcome == news->recorded && !by->len)
        return 0;
    return store_finding_outcome(run->txn, news->finding, outcome_word(*outcome), buf_text(by),
                                 err);
}
