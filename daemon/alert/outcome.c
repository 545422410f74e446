/* The words and sentences of outcomes; see outcome.h. */
#include "alert/outcome.h"

#include <string.h>

#include "alert/followup.h"
#include "base/mem.h"

static const struct {
    const char *word, *sentence;
    const char *summary; /* of what it holds; NULL: nothing special */
} outcomes[OUTCOME_N] = {
    [OUTCOME_RANG] = {"rang", "it was news and was told", NULL},
    [OUTCOME_KNOWN_EVIDENCE] = {"known-evidence", "everything it quotes was told before", NULL},
    [OUTCOME_OLD_TEXT] = {"old-text", "what it quotes was in the document before the change", NULL},
    [OUTCOME_SAME_STORY] = {"same-story", "another text of a story that was told, without news",
                            NULL},
    [OUTCOME_SAME_STATUS] = {"same-status", "one more source for what is known", NULL},
    [OUTCOME_OLDER_SOURCE] = {"older-source", "a source older than what is known", NULL},
    [OUTCOME_KNOWN_STATUS] = {"known-status", "a return to a status that was told before", NULL},
    [OUTCOME_SHADOW] = {"shadow", "its topic is on trial and rings nobody", NULL},
    [OUTCOME_CLOSED] = {"closed", "the alert was closed by a person", NULL},
    [OUTCOME_MUTED] = {"muted", "the topic is muted", NULL},
    [OUTCOME_SILENCED] = {"silenced", "a silence holds for it", NULL},
    [OUTCOME_NOT_ROUTED] = {"not-routed", "no route leads to a notifier", NULL},
    [OUTCOME_SNOOZED] = {"snoozed", "the alert is snoozed: held until that ends", NULL},
    [OUTCOME_PAUSED] = {"paused", "tocsin is paused: held until it goes on",
                        "alerts while tocsin was paused"},
    [OUTCOME_QUIET] = {"quiet", "quiet hours: held until they end", "alerts in quiet hours"},
    [OUTCOME_DIGEST] = {"digest", "held for the next digest", "alerts since the last digest"},
    [OUTCOME_BATCHED] = {"batch", "held for a moment, for others to join it", "alerts at once"},
    [OUTCOME_LIMITED] = {"limit", "more than the route lets through: held for a summary",
                         "alerts beyond the limit"},
    [OUTCOME_STORM] = {"storm", "too many in a minute: held for a summary",
                       "more alerts in the last minute"},
};

/* Why a delivery is held that is no finding's first: followup.h. */
static const struct {
    const char *word, *sentence, *summary;
} follow_ups[] = {
    {FOLLOWUP_REMIND, "a reminder, unless somebody acknowledges it", "alerts to be reminded of"},
    {FOLLOWUP_ESCALATE, "the next to be told, unless somebody acknowledges it",
     "alerts that nobody has acknowledged"},
};

const char *outcome_word(enum alert_outcome outcome)
{
    return outcomes[outcome].word;
}

const char *outcome_summary(const char *word)
{
    for (int i = 0; i < OUTCOME_N; i++) {
        if (outcomes[i].summary && strcmp(outcomes[i].word, word) == 0)
            return outcomes[i].summary;
    }
    for (size_t i = 0; i < ARRAY_LEN(follow_ups); i++) {
        if (strcmp(follow_ups[i].word, word) == 0)
            return follow_ups[i].summary;
    }
    return "alerts that were held back";
}

const char *outcome_sentence(const char *word)
{
    for (int i = 0; i < OUTCOME_N; i++) {
        if (strcmp(outcomes[i].word, word) == 0)
            return outcomes[i].sentence;
    }
    for (size_t i = 0; i < ARRAY_LEN(follow_ups); i++) {
        if (strcmp(follow_ups[i].word, word) == 0)
            return follow_ups[i].sentence;
    }
    return word;
}
