/*
 * What the policy did with a finding, and the word for it that is kept in the store
 * (finding.outcome) and shown to people. Every finding ends in exactly one; all but OUTCOME_RANG
 * say why nobody heard of it, or not yet.
 */
#ifndef TOCSIN_ALERT_OUTCOME_H
#define TOCSIN_ALERT_OUTCOME_H

enum alert_outcome {
    OUTCOME_RANG,
    /* Nothing new. */
    OUTCOME_KNOWN_EVIDENCE,
    OUTCOME_OLD_TEXT,
    OUTCOME_SAME_STORY,
    OUTCOME_SAME_STATUS,
    OUTCOME_OLDER_SOURCE,
    OUTCOME_KNOWN_STATUS,
    /* New, and nobody wants to hear it. */
    OUTCOME_SHADOW,
    OUTCOME_CLOSED,
    OUTCOME_MUTED,
    OUTCOME_SILENCED,
    OUTCOME_NOT_ROUTED,
    /* New, and on its way later. */
    OUTCOME_SNOOZED,
    OUTCOME_PAUSED,
    OUTCOME_QUIET,
    OUTCOME_DIGEST,
    OUTCOME_BATCHED,
    OUTCOME_LIMITED,
    OUTCOME_STORM,
    OUTCOME_N
};

/* The steps of the policy, in their order; see policy.h. */
enum outcome_step {
    STEP_IDENTITY,
    STEP_NEWS,
    STEP_MUTE,
    STEP_ROUTE,
    STEP_HOLD,
    STEP_TIMING,
    STEP_VALVE,
    STEP_FOLLOWUP,
    OUTCOME_STEPS
};

/* "rang", "known-evidence", ... */
const char *outcome_word(enum alert_outcome outcome);
/* What several are called that were held for this, after their number: "alerts while tocsin was
 * paused". */
const char *outcome_summary(const char *word);
/* A sentence for a person; for an unknown word, the word itself. */
const char *outcome_sentence(const char *word);
/* Which step says this word; OUTCOME_STEPS: none, or nothing was against it. */
enum outcome_step outcome_step(const char *word);
const char *outcome_step_word(enum outcome_step step);

#endif
