/*
 * Typed statements on what is known to be told: alerts, the findings they rest on, what was told,
 * revisions, mutes and switches. Called by alert/ within operations of the store; decides nothing.
 *
 * All return -1 with `err` when the store fails. Those that look something up return 1 when it is
 * there and 0 when it is not; the others return 0.
 */
#ifndef TOCSIN_STORE_ALERTS_H
#define TOCSIN_STORE_ALERTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "store/store.h"

/* A row of `alert`. The texts are owned when a function here filled it (store_alert_deinit). */
struct store_alert {
    struct hash id;
    char *detector, *topic, *subject, *key_base, *edition, *headline;
    char *labels, *fields; /* JSON */
    char *state;           /* open, acknowledged, closed */
    int severity;
    int64_t revisions, snoozed_until_ms, created_ms, updated_ms;
};
void store_alert_deinit(struct store_alert *alert);

int store_alert_get(struct store_txn *txn, const struct hash *id, struct store_alert *alert,
                    struct err *err);
/* Inserts it, or sets everything but id, detector and created_ms of the one that is there. */
int store_alert_put(struct store_txn *txn, const struct store_alert *alert, struct err *err);
/* Sets its number of revisions alone. */
int store_alert_revised(struct store_txn *txn, const struct store_alert *alert, struct err *err);
/* It has ended: nobody is reminded any more of what it has told until now. */
int store_alert_end(struct store_txn *txn, const struct hash *id, struct err *err);
/* The alert of a detector whose ladder has this key and edition. */
int store_alert_of_edition(struct store_txn *txn, const char *detector, const char *key_base,
                           const char *edition, struct hash *id, struct err *err);
/* Calls `each` with every edition of a key. */
int store_alert_editions(struct store_txn *txn, const char *detector, const char *key_base,
                         void (*each)(void *arg, const char *edition), void *arg, struct err *err);

/* A row of `finding`; texts are the caller's. */
struct store_finding {
    int64_t id;
    struct hash alert, origin;
    int64_t document, version;
    int32_t date;
    int rank;
    const char *status, *edition, *summary, *fields, *evidence, *outcome;
    const char *place; /* what of the configuration decided, "": nothing special */
    /* By which a person finds it again (store_view_alerts): the document's title and place, and the
     * topic; NULL: none. */
    const char *title, *source, *topic;
    int severity;
    double score;
    bool backfilled; /* a topic was looked for in an older version */
    int64_t seen_ms;
};
/* Sets finding->id. */
int store_finding_add(struct store_txn *txn, struct store_finding *finding, struct err *err);
/* Has this version said something of this alert already? */
int store_finding_known(struct store_txn *txn, const struct hash *alert, int64_t version,
                        struct err *err);
/* What came of it, and what said so: a silence, a line of the configuration; "" nothing special. */
int store_finding_outcome(struct store_txn *txn, int64_t id, const char *outcome, const char *place,
                          struct err *err);
/* Calls `each` with at most `limit` findings, the latest first, until it says true: 1. `topic` is
 * the status of a fact. */
int store_finding_each(struct store_txn *txn, int limit,
                       bool (*each)(void *arg, const char *detector, const char *topic,
                                    int64_t seen_ms),
                       void *arg, struct err *err);
/* The evidence of findings with news that other documents have, by origin. */
int store_finding_of_others(struct store_txn *txn, const struct hash *alert,
                            const struct hash *origin,
                            void (*each)(void *arg, const char *evidence), void *arg,
                            struct err *err);
/* The findings of an alert's latest day: what a ladder's present status is told from. */
int store_finding_latest(struct store_txn *txn, const struct hash *alert,
                         void (*each)(void *arg, int32_t date, int rank, const struct hash *origin,
                                      const char *status),
                         void *arg, struct err *err);
/* Gives findings that name no edition, of documents up to the year's end, to another alert. */
int store_finding_move(struct store_txn *txn, const struct hash *from, const struct hash *to,
                       int year, struct err *err);
/* Has the alert findings that such a move would leave behind; that it would take? */
int store_finding_stays(struct store_txn *txn, const struct hash *alert, int year, struct err *err);
int store_finding_moves(struct store_txn *txn, const struct hash *alert, int year, struct err *err);

int store_told_has(struct store_txn *txn, const struct hash *alert, const struct hash *what,
                   struct err *err);
int store_told_add(struct store_txn *txn, const struct hash *alert, const struct hash *what,
                   struct err *err);
int store_told_copy(struct store_txn *txn, const struct hash *from, const struct hash *to,
                    struct err *err);
int store_told_clear(struct store_txn *txn, const struct hash *alert, struct err *err);

struct store_revision {
    struct hash id, alert;
    int64_t number, finding;
    const char *headline, *change;
    int64_t created_ms;
};
int store_revision_add(struct store_txn *txn, const struct store_revision *revision,
                       struct err *err);

int store_mute_get(struct store_txn *txn, const char *detector, const char *topic,
                   int64_t *until_ms, struct err *err);
int store_mute_set(struct store_txn *txn, const char *detector, const char *topic, int64_t until_ms,
                   int64_t now_ms, struct err *err);
int store_mute_remove(struct store_txn *txn, const char *detector, const char *topic,
                      struct err *err);

/* `value` is the caller's to free. */
int store_setting_get(struct store_txn *txn, const char *name, char **value, struct err *err);
int store_setting_set(struct store_txn *txn, const char *name, const char *value, struct err *err);

/* How many there are in each state. */
int store_alert_counts(struct store_txn *txn, void (*each)(void *arg, const char *state, int64_t n),
                       void *arg, struct err *err);
/* Removes at most `limit` alerts that nothing happened to since `before_ms` and that have no
 * delivery to come, with all that belongs to them. Returns how many. */
int store_alert_expire(struct store_txn *txn, int64_t before_ms, int limit, struct err *err);

#endif
