/*
 * Who would be told, and when? What routes and their times say of a finding that is not there, at
 * some moment. Nothing of the store is asked: pauses, snoozes, silences and what has rung already
 * are of no matter.
 */
#include <string.h>

#include "alert/followup.h"
#include "alert/inside.h"
#include "alert/place.h"
#include "alert/timing.h"

static json_t *told_json(const struct config_notifier *notifier, const struct config_route *route,
                         bool is_urgent, int64_t at_ms)
{
    const struct timing_state nothing = {0};
    int64_t until_ms;
    enum alert_outcome outcome = timing_judge(route->timing, is_urgent, &nothing, at_ms, &until_ms);
    int64_t step = followup_step(route, notifier->plugin.name);
    const char *word = step ? FOLLOWUP_ESCALATE : outcome_word(outcome);
    if (step)
        until_ms = followup_escalate_ms(route->timing, is_urgent, step, until_ms);
    AUTO_FREE char *place = place_of_route(route);
    return json_pack("{s:s, s:s, s:s, s:s, s:I}", "notifier", notifier->plugin.name, "place", place,
                     "outcome", word, "why", outcome_sentence(word), "until_ms",
                     (json_int_t)until_ms);
}

static json_t *trial_json(const struct config_notifier *notifier, const struct config_route *route)
{
    const char *word = outcome_word(OUTCOME_SHADOW);
    AUTO_FREE char *place = place_of_route(route);
    return json_pack("{s:s, s:s, s:s, s:s, s:I}", "notifier", notifier->plugin.name, "place", place,
                     "outcome", word, "why", outcome_sentence(word), "until_ms", (json_int_t)0);
}

json_t *alerts_preview(const struct alerts *alerts, const struct route_question *question,
                       int64_t at_ms)
{
    const struct config *config = alerts_config(alerts);
    AUTO_FREE const struct config_route **by =
        NEW_N(const struct config_route *, config->n_notifiers + 1);
    AUTO_FREE const struct config_route **trials =
        NEW_N(const struct config_route *, config->n_notifiers + 1);
    json_t *told = json_array();
    route_notifiers(config, question, by);
    route_trials(config, question, by, trials);
    for (size_t i = 0; i < config->n_notifiers; i++) {
        if (by[i])
            json_array_append_new(told, told_json(&config->notifiers[i], by[i],
                                                  question->severity >= TOCSIN_URGENT, at_ms));
        if (trials[i])
            json_array_append_new(told, trial_json(&config->notifiers[i], trials[i]));
    }
    return told;
}
