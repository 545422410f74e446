/*
 * Alerts: from findings to what is to be told, and to whom. The rules of identity, revision and
 * ladder are DESIGN's; each step of the policy is a file of its own, pure given its state and
 * `now`; alert/policy.h has their order.
 *
 * A result is committed by the whole policy inside the store's transaction, on the writer's thread:
 * it reads the state it needs, decides, and writes findings, alerts, revisions, deliveries and the
 * reasons for everything that does not ring.
 */
#ifndef TOCSIN_ALERT_ALERT_H
#define TOCSIN_ALERT_ALERT_H

#include <jansson.h>

#include "alert/outcome.h"
#include "alert/route.h"
#include "config/config.h"
#include "detect/detect.h"
#include "store/deliveries.h"

struct alerts;

struct alerts_ops {
    /* After the commit: a delivery was queued for this notifier, `due`, the receiver's; or, when
     * that is NULL, some were queued or held: the store has them. */
    void (*queued)(void *arg, const char *notifier, struct store_due *due);
    /* Likewise: these are not to be sent any more; borrowed. */
    void (*withdrawn)(void *arg, const struct hash *ids, size_t n);
    /* For tocsinctl follow; borrowed. {"event": "revision", "alert", "revision", "number",
     * "detector", "topic", "headline", "change", "severity", "outcome", "notifiers", "source",
     * "path", "title", "date"}; "source" for a finding that made no revision, with its outcome;
     * "over" for trouble that ended; "paused" and "resumed". May be NULL. */
    void (*event)(void *arg, const json_t *event);
    /* Does anybody? If not, only "paused" and "resumed" are made. NULL: always. */
    bool (*is_followed)(void *arg);
};

struct alerts *alerts_new(struct loop *loop, struct store *store, const struct alerts_ops *ops,
                          void *arg);
/* After store_flush: no operation of this room may be under way. */
void alerts_free(struct alerts **alerts);
/* Before deliver_configure, so that no delivery is made for a notifier that is gone. */
void alerts_configure(struct alerts *alerts, struct config *config);
/* Takes the result. */
void alerts_result(struct alerts *alerts, struct detect_result *result);
/* tocsin's own trouble, as an alert of the detector "tocsin": subject names what it is about
 * ("source:news"); the same text for the same subject does not ring again until it was cleared. */
void alerts_trouble(struct alerts *alerts, const char *subject, const char *text);
void alerts_trouble_over(struct alerts *alerts, const char *subject);
/* A person's action: open, acknowledge, close, snooze [DURATION], mute [DURATION], unmute. `done`
 * gets NULL or why not, and may be NULL. The id may be cut short, to 4 digits. */
void alerts_action(struct alerts *alerts, const char *alert_id, const char *verb,
                   void (*done)(void *arg, const char *error), void *arg);
/* No new rings while paused, also over a restart; revisions are made and their deliveries held. */
void alerts_pause(struct alerts *alerts, bool paused);
bool alerts_paused(const struct alerts *alerts);
bool alerts_idle(const struct alerts *alerts);
/* What the policy did with findings since the start, by outcome; enum alert_outcome. */
const uint64_t *alerts_outcome_counts(const struct alerts *alerts);
/* Made since the start. */
uint64_t alerts_revisions(const struct alerts *alerts);

/* ---- for people ---- */

/* The result's reference is the receiver's; NULL with the error. */
typedef void alerts_answer_fn(void *arg, json_t *result, const char *error);

/* Nobody is rung for so long for what the matcher meets (alert/silence.h; borrowed): {"id"}. */
void alerts_silence(struct alerts *alerts, const json_t *matcher, int64_t duration_ms,
                    const char *author, const char *comment, alerts_answer_fn *answer, void *arg);
/* That is over before its time. */
void alerts_silence_end(struct alerts *alerts, int64_t id, alerts_answer_fn *answer, void *arg);
/* [{"id", "matcher", "author", "comment", "from_ms", "until_ms"}], those that hold, or all that are
 * kept. */
void alerts_silences(struct alerts *alerts, bool all, alerts_answer_fn *answer, void *arg);

/* Who would be told of such a finding at this moment, and when: [{"notifier", "place" (of the
 * route), "outcome", "why", "until_ms"}]; a new reference. */
json_t *alerts_preview(const struct alerts *alerts, const struct route_question *question,
                       int64_t at_ms);

/* Answered from the store's reader, as what follows. `filter`: {"state", "detector", "topic" (a
 * glob), "words" (a list), "person", "after" (an alert's id), "since_ms", "until_ms", "limit"}, all
 * optional, borrowed; they mean what struct store_alert_filter says.
 * [{"id", "detector", "topic", "subject", "edition", "headline", "severity", "labels", "state",
 * "revisions", "sources", "snoozed_until_ms", "created_ms", "updated_ms"}], the latest first. */
void alerts_list(struct alerts *alerts, const json_t *filter, alerts_answer_fn *answer, void *arg);
/* One alert, as above, with "fields", "ladder" (facts), "findings" (source, path, title, date,
 * status, quotes, outcome and why, "revision", and "steps" of the policy: alert/steps.h) and "told"
 * (revisions with their deliveries). */
void alerts_show(struct alerts *alerts, const char *alert_id, alerts_answer_fn *answer, void *arg);
/* The ladders of facts: [{"detector", "key", "edition", "fields", "status", "headline", "rungs":
 * [{"status", "sources": [{"date", "source", "path", "title", "summary", "quote"}]}]}], in the
 * order of their keys: the same documents give the same answer, whatever order they came in.
 * `filter`: {"detector", "status", "edition", "field": {NAME: part of a value}}. */
void alerts_facts(struct alerts *alerts, const json_t *filter, alerts_answer_fn *answer, void *arg);
/* What the policy made of a version: [{"alert", "detector", "topic", "summary", "outcome", "why",
 * "seen_ms"}]. */
void alerts_outcomes(struct alerts *alerts, int64_t version, alerts_answer_fn *answer, void *arg);
/* What did not ring at once, and why: {"reasons": [{"outcome", "n", "why"}], "findings": [{"alert",
 * "detector", "topic", "summary", "outcome", "why", "place", "file", "seen_ms"}]}, the latest
 * first. `filter`: {"outcome", "since_ms", "limit"}, all optional, borrowed. */
void alerts_suppressed(struct alerts *alerts, const json_t *filter, alerts_answer_fn *answer,
                       void *arg);
/* {"path"}: the whole path of the document that an alert shows, for opening it. */
void alerts_path(struct alerts *alerts, const char *alert_id, alerts_answer_fn *answer, void *arg);

#endif
