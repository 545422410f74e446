/*
 * One run of the policy (policy.h), and what its steps, a file each, ask of each other: from what
 * is found (topics.c, facts.c) to who is told (tell.c) and when (rings.c).
 */
#ifndef TOCSIN_ALERT_RUN_H
#define TOCSIN_ALERT_RUN_H

#include <jansson.h>
#include <tocsin/plugin.h>

#include "alert/alert.h"
#include "alert/outcome.h"
#include "base/buf.h"
#include "store/alerts.h"
#include "store/deliveries.h"

/* The configuration's part; shared, immutable. */
struct policy {
    struct config *config;
    const int64_t *per_minute; /* of config->notifiers[i], defaults resolved */
};

/* A delivery that may go at once. */
struct policy_ready {
    size_t notifier; /* config->notifiers[i] */
    struct hash id;
    struct store_due *due;
};
/* What the loop has to hear after the commit. */
struct policy_news {
    bool *queued; /* config->notifiers[i] has others, too */
    struct policy_ready *ready;
    size_t n_ready, cap_ready;
    struct store_withdrawn withdrawn;
    bool has_tidings; /* there may be more to say of whole topics: policy_tidings */
    json_t *events;   /* NULL: nobody follows, and none are made */
    uint64_t outcomes[OUTCOME_N];
    uint64_t n_revisions;
};
void policy_news_init(struct policy_news *news, const struct policy *policy, bool is_followed);
void policy_news_deinit(struct policy_news *news);

/* One run. */
struct policy_run {
    struct store_txn *txn;
    const struct policy *policy;
    struct policy_news *news;
    const struct detect_result *result; /* NULL: tocsin's own trouble */
    const char *only; /* topics that were to be looked for afterwards, a name a line; NULL: all */
    int64_t now_ms;
    struct hash
        story; /* of the result's document: its origin, or that of an earlier one (story.h) */
};

/* News on an alert, when steps 1 and 2 are done. */
struct policy_case {
    struct store_alert *alert; /* in the store already; updated and put again */
    bool is_begun; /* it was, in this run: the store has it as it is, but with one revision */
    struct hash revision;
    const struct hash *told; /* what counts as told from now on */
    size_t n_told;
    int64_t finding;             /* the one that is shown */
    enum alert_outcome recorded; /* what its row says so far, without a place */
    const char *topic, *headline, *change;
    const struct config_texts *labels;
    int severity;
    const char *shadow; /* where it is said that it rings nobody; NULL: it may ring */
};
/* Steps 3 to 8: tell.c. What decided, besides the alert itself (a silence, a line of the
 * configuration), is added to `place`, which may be NULL. */
int policy_tell(struct policy_run *run, const struct policy_case *news, enum alert_outcome *outcome,
                struct buf *place, struct err *err);

/* Steps 5 to 8, for everybody who is wanted (`by` as of route_notifiers): rings.c. One who rings at
 * once makes it "rang"; else `place` says which line of the configuration holds it. */
int policy_deliver(struct policy_run *run, const struct policy_case *news,
                   const struct config_route *const *by, enum alert_outcome *outcome,
                   struct buf *place, struct err *err);

/* Records for each notifier that a route on trial would have told it (`trials` as of route_trials):
 * a delivery that is cancelled. */
int policy_try(struct policy_run *run, const struct policy_case *news,
               const struct config_route *const *trials, struct err *err);

/* What has become of the alert: told to those notifiers that know of it and want to know that, and
 * once. `until_ms`: 0 when it does not pass by itself. */
int policy_notice(struct policy_run *run, const struct hash *alert, enum tocsin_notice notice,
                  int64_t until_ms, struct err *err);
/* It is so no more: what of it is not sent, need not be. */
int policy_withdraw(struct policy_run *run, const struct hash *alert, const char *reason,
                    struct err *err);
/* The same of the alerts on a topic, that of `like`: TOCSIN_MUTED, or no more. Begins with it; what
 * is left is for policy_tidings. */
int policy_topic_muted(struct policy_run *run, const struct store_alert *like, bool is_muted,
                       int64_t until_ms, struct err *err);

int policy_topics(struct policy_run *run, struct err *err); /* topics.c */
int policy_facts(struct policy_run *run, struct err *err);  /* facts.c */

/* A finding's row as the store wants it, with the texts that had to be made for it. */
struct finding_row {
    struct store_finding row;
    char *source, *fields, *evidence;
};
void finding_row_init(struct finding_row *row, const struct policy_run *run,
                      const struct detect_finding *finding, const bool *is_new);
void finding_row_deinit(struct finding_row *row);
char *finding_labels(const struct detect_finding *finding);
char *finding_fields(const struct detect_finding *finding);
/* Makes an alert open and empty, with copies of the texts. */
void alert_init(struct store_alert *alert, const struct policy_run *run, const char *detector,
                const char *topic, const char *subject);
/* Puts it into the store. If it was there before and was forgotten, what it told then is no
 * news: 1.
 */
int alert_begin(struct policy_run *run, const struct store_alert *alert, struct err *err);
/* Replaces a text of an alert; `text` may be the old one. */
void alert_text(char **field, const char *text);
/* What people see of the alert, from a finding that is news. */
void alert_show(struct store_alert *alert, const struct detect_finding *finding);
/* For follow: a finding that did not ring. */
void policy_silent(struct policy_run *run, const struct store_alert *alert, const char *headline,
                   enum alert_outcome outcome);

#endif
