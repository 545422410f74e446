/* The words and sentences of outcomes; see outcome.h. */
#include "alert/outcome.h"

#include <string.h>

#include "alert/followup.h"
#include "base/mem.h"

struct word {
    enum outcome_step step;
    const char *word, *sentence;
    const char *summary; /* of what it holds; NULL: nothing special */
};

/* By enum alert_outcome; behind them, why a delivery is held that is no finding's first. */
static const struct word words[] = {
    [OUTCOME_RANG] = {OUTCOME_STEPS, "rang", "it was news and was told", NULL},
    [OUTCOME_KNOWN_EVIDENCE] = {STEP_NEWS, "known-evidence", "everything it quotes was told before",
                                NULL},
    [OUTCOME_OLD_TEXT] = {STEP_NEWS, "old-text",
                          "what it quotes was in the document before the change", NULL},
    [OUTCOME_SAME_STORY] = {STEP_NEWS, "same-story",
                            "another text of a story that was told, without news", NULL},
    [OUTCOME_SAME_STATUS] = {STEP_NEWS, "same-status", "one more source for what is known", NULL},
    [OUTCOME_OLDER_SOURCE] = {STEP_NEWS, "older-source", "a source older than what is known", NULL},
    [OUTCOME_KNOWN_STATUS] = {STEP_NEWS, "known-status",
                              "a return to a status that was told before", NULL},
    [OUTCOME_SHADOW] = {STEP_MUTE, "shadow", "it is on trial, and rings nobody", NULL},
    [OUTCOME_CLOSED] = {STEP_MUTE, "closed", "the alert was closed by a person", NULL},
    [OUTCOME_MUTED] = {STEP_MUTE, "muted", "the topic is muted", NULL},
    [OUTCOME_SILENCED] = {STEP_MUTE, "silenced", "a silence holds for it", NULL},
    [OUTCOME_NOT_ROUTED] = {STEP_ROUTE, "not-routed", "no route leads to a notifier", NULL},
    [OUTCOME_SNOOZED] = {STEP_HOLD, "snoozed", "the alert is snoozed: held until that ends", NULL},
    [OUTCOME_PAUSED] = {STEP_HOLD, "paused", "tocsin is paused: held until it goes on",
                        "alerts while tocsin was paused"},
    [OUTCOME_QUIET] = {STEP_TIMING, "quiet", "quiet hours: held until they end",
                       "alerts in quiet hours"},
    [OUTCOME_DIGEST] = {STEP_TIMING, "digest", "held for the next digest",
                        "alerts since the last digest"},
    [OUTCOME_BATCHED] = {STEP_TIMING, "batch", "held for a moment, for others to join it",
                         "alerts at once"},
    [OUTCOME_LIMITED] = {STEP_TIMING, "limit",
                         "more than the route lets through: held for a summary",
                         "alerts beyond the limit"},
    [OUTCOME_STORM] = {STEP_VALVE, "storm", "too many in a minute: held for a summary",
                       "more alerts in the last minute"},
    {STEP_FOLLOWUP, FOLLOWUP_REMIND, "a reminder, unless somebody acknowledges it",
     "alerts to be reminded of"},
    {STEP_FOLLOWUP, FOLLOWUP_ESCALATE, "the next to be told, unless somebody acknowledges it",
     "alerts that nobody has acknowledged"},
};

static const struct word *find(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(words[i].word, word) == 0)
            return &words[i];
    }
    return NULL;
}

const char *outcome_word(enum alert_outcome outcome)
{
    return words[outcome].word;
}

const char *outcome_summary(const char *word)
{
    const struct word *found = find(word);
    return found && found->summary ? found->summary : "alerts that were held back";
}

const char *outcome_sentence(const char *word)
{
    const struct word *found = find(word);
    return found ? found->sentence : word;
}

enum outcome_step outcome_step(const char *word)
{
    const struct word *found = find(word);
    return found ? found->step : OUTCOME_STEPS;
}

const char *outcome_step_word(enum outcome_step step)
{
    static const char *const steps[OUTCOME_STEPS] = {
        [STEP_IDENTITY] = "identity", [STEP_NEWS] = "news",          [STEP_MUTE] = "mute",
        [STEP_ROUTE] = "route",       [STEP_HOLD] = "hold",          [STEP_TIMING] = "timing",
        [STEP_VALVE] = "valve",       [STEP_FOLLOWUP] = "follow-up",
    };
    return steps[step];
}
