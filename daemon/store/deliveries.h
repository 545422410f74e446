/*
 * Typed statements on deliveries: what alert/ puts in, what deliver/ takes out and marks, and the
 * tokens that notifiers keep. Called within operations of the store; decides nothing.
 *
 * Returns as in store/alerts.h: -1 with `err`; else 0, or where something is looked up, 1 or 0.
 */
#ifndef TOCSIN_STORE_DELIVERIES_H
#define TOCSIN_STORE_DELIVERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "store/store.h"

/* A time that does not come by itself: deliveries held by a pause. */
#define STORE_NEVER_MS (INT64_C(1) << 60)

/* Deliveries that are not to be sent any more: whoever has one at hand is to let go of it. Appended
 * to; all zero at first. */
struct store_withdrawn {
    struct hash *ids;
    size_t n, cap;
};
void store_withdrawn_deinit(struct store_withdrawn *withdrawn);

struct store_delivery {
    struct hash id;
    const char *notifier, *state, *summary, *reason;
    const char *place; /* where the configuration says so; not marked */
    int64_t attempts, next_ms, created_ms, updated_ms;
    const char *notice; /* NULL: it tells news; else what has become of the alert: notice.h */
    int64_t notice_ms, until_ms; /* of a notice: since when, until when (0: not known) */
    int64_t follow_up; /* the nth reminder: n; the nth step of an escalation: -n; not marked */
};
/* Inserts it with its revisions; 1 when it is new, 0 when this id was there already. */
int store_delivery_add(struct store_txn *txn, const struct store_delivery *delivery,
                       const struct hash *revisions, size_t n_revisions, struct err *err);
/* Sets state, attempts, next_ms, updated_ms and reason: 1. What was cancelled or superseded while
 * it was at hand stays so, unless it was sent all the same: 0. */
int store_delivery_mark(struct store_txn *txn, const struct store_delivery *delivery,
                        struct err *err);

/* One that is held goes on so: sets next_ms, updated_ms, reason and place. */
int store_delivery_hold(struct store_txn *txn, const struct store_delivery *delivery,
                        struct err *err);

/* For the storm valve: when the deliveries that were let through since then were made; oldest
 * first, at most `max`. Returns how many. */
int store_delivery_rung(struct store_txn *txn, const char *notifier, int64_t since_ms,
                        int64_t *made_ms, int max, struct err *err);
/* When the deliveries held for this reason are released, if there are any to come. */
int store_delivery_held_until(struct store_txn *txn, const char *notifier, const char *reason,
                              int64_t now_ms, int64_t *until_ms, struct err *err);

/* One revision as a notifier is told it; texts are owned by the loaded delivery. */
struct store_told {
    struct hash alert, revision;
    int number, severity, n_sources;
    bool is_fact; /* `topic` is its status */
    char *detector, *topic, *headline, *change, *labels, *fields, *evidence; /* the last 3: JSON */
    char *title, *root, *path, *source, *token;
    int32_t date;
    int64_t created_ms, started_ms; /* of the revision, of the alert */
};
struct store_due {
    struct hash id;
    char *notice; /* "": it tells news */
    int64_t notice_ms, until_ms;
    int64_t attempts, follow_up;
    int64_t since_ms, attempts_before; /* giving up and back-off count from there */
    char *summary;
    struct store_told *told;
    size_t n_told, n_total; /* loaded, and in the store */
};
void store_due_free(struct store_due **due);

/* The deliveries of a notifier whose time has come, held ones apart; oldest first, at most
 * `limit`. A notice waits until the news of its alert is out of the queue; that of an end waits for
 * held news, too. */
int store_delivery_due(struct store_txn *txn, const char *notifier, int64_t now_ms, int limit,
                       void (*each)(void *arg, const struct hash *id), void *arg, struct err *err);
/* Those that are to be sent, also the ones whose time has not come, in the order in which they were
 * made, until `each` is content; not the notices of an end. */
int store_delivery_oldest(struct store_txn *txn, const char *notifier,
                          bool (*each)(void *arg, const struct hash *id), void *arg,
                          struct err *err);
/* Where a walk over deliveries has come to; zero at first. */
struct store_place {
    int64_t updated_ms, row;
};
/* At most `limit` of those in this state, which wait for another try, become due, in the order in
 * which they were made. Returns how many. */
int store_delivery_wake(struct store_txn *txn, const char *notifier, const char *state, int limit,
                        struct store_place *after, struct err *err);
/* What is to be told of one of them, with at most `max_told` revisions; the caller owns it. 1, or 0
 * and NULL when there is none. */
int store_delivery_load(struct store_txn *txn, const struct hash *id, int max_told,
                        struct store_due **due, struct err *err);
/* Does anything wait for another try? */
int store_delivery_is_deferred(struct store_txn *txn, const char *notifier, struct err *err);
/* Are there notices that are not sent? */
int store_delivery_has_notices(struct store_txn *txn, const char *notifier, struct err *err);
/* The earliest time after now at which a delivery of the notifier wants something; 0: none. */
int store_delivery_next(struct store_txn *txn, const char *notifier, int64_t now_ms,
                        int64_t *next_ms, struct err *err);

/* Held deliveries whose time has come, oldest first, and their revisions. */
int store_delivery_held_due(struct store_txn *txn, const char *notifier, int64_t now_ms,
                            void (*each)(void *arg, const struct hash *delivery,
                                         const struct hash *revision, const char *reason,
                                         int64_t follow_up),
                            void *arg, struct err *err);
/* What is held of an alert becomes cancelled. */
int store_delivery_drop_held(struct store_txn *txn, const struct hash *alert, const char *reason,
                             int64_t now_ms, struct err *err);
/* Of what is held until now, what tells of topics that are muted becomes cancelled. */
int store_delivery_drop_muted(struct store_txn *txn, const char *notifier, int64_t now_ms,
                              const char *reason, struct err *err);
/* Likewise, what would tell once more of what is still to be told becomes superseded. */
int store_delivery_drop_early(struct store_txn *txn, const char *notifier, int64_t now_ms,
                              const char *reason, struct err *err);
/* Lets go what a pause holds. */
int store_delivery_resume(struct store_txn *txn, int64_t now_ms, struct err *err);
/* What was written of a notifier's deliveries when the clock was ahead of `now_ms` is made to have
 * been written now, what they wait for as long as it was. */
int store_delivery_clock_back(struct store_txn *txn, const char *notifier, int64_t now_ms,
                              struct err *err);
/* The notifiers that have deliveries to come. */
int store_delivery_notifiers(struct store_txn *txn, void (*each)(void *arg, const char *notifier),
                             void *arg, struct err *err);
int store_delivery_cancel(struct store_txn *txn, const char *notifier, const char *reason,
                          int64_t now_ms, struct err *err);
/* One thing that a notifier says of an alert: news ("") or a notice. */
struct store_word {
    enum store_said { STORE_SAID, STORE_TO_SAY, STORE_HELD, STORE_UNSAID } said;
    const char *notifier, *notice;
    int64_t until_ms;
    struct hash revision; /* of the alert */
};
/* What was said of an alert, in the order in which it was, then all else; a summary may say several
 * revisions of it. */
int store_delivery_words(struct store_txn *txn, const struct hash *alert,
                         void (*each)(void *arg, const struct store_word *word), void *arg,
                         struct err *err);
/* Notices of an alert that are not sent become superseded: those for one notifier (NULL: any). */
int store_delivery_withdraw(struct store_txn *txn, const struct hash *alert, const char *notifier,
                            const char *reason, int64_t now_ms, struct store_withdrawn *withdrawn,
                            struct err *err);
/* Likewise those of a notifier whose alerts have news that was let go after them; but not of ends,
 * which come after all news. */
int store_delivery_overtake(struct store_txn *txn, const char *notifier, const char *reason,
                            int64_t now_ms, struct store_withdrawn *withdrawn, struct err *err);
/* Likewise those of a notifier that never heard of their alerts (or of this one; NULL: any), and
 * will not: the news is dead or cancelled. */
int store_delivery_unheard(struct store_txn *txn, const char *notifier, const struct hash *alert,
                           int64_t now_ms, struct store_withdrawn *withdrawn, struct err *err);
/* Does anybody wait to be reminded of a revision that was told: is its alert open, has it not ended
 * since, and has it no later one? `n_reminded`: reminders that were made of it for the notifier. */
int store_delivery_reminds(struct store_txn *txn, const char *notifier, const struct hash *revision,
                           int64_t *n_reminded, int64_t *snoozed_until_ms, struct err *err);
/* Why a delivery is superseded whose revisions a summary tells. */
#define STORE_IN_SUMMARY "told in a summary"
/* Of a summary that was added: its revision at `position` is told once more, as in store_delivery.
 */
int store_summary_again(struct store_txn *txn, const struct hash *summary, size_t position,
                        int64_t follow_up, struct err *err);
/* The follow-ups of an alert that are not sent become superseded; those in a summary are taken out
 * of it. */
int store_delivery_followed(struct store_txn *txn, const struct hash *alert, const char *reason,
                            int64_t now_ms, struct store_withdrawn *withdrawn, struct err *err);
/* Likewise the reminders of an alert that are not held any more, and not sent yet. */
int store_delivery_called_back(struct store_txn *txn, const struct hash *alert, const char *reason,
                               int64_t now_ms, struct store_withdrawn *withdrawn, struct err *err);
/* Those of an alert are held until then at least; those of a snooze, and the news that it holds,
 * until then. */
int store_delivery_put_off(struct store_txn *txn, const struct hash *alert, int64_t until_ms,
                           int64_t now_ms, struct err *err);
/* ---- what people do ---- */

struct store_delivery_row {
    char *notifier, *state; /* the caller's */
    int64_t attempts;
    bool tells; /* anything at all: what it told may be gone */
};
void store_delivery_row_deinit(struct store_delivery_row *row);
int store_delivery_get(struct store_txn *txn, const struct hash *id, struct store_delivery_row *row,
                       struct err *err);
/* Queued again, now. */
int store_delivery_retry(struct store_txn *txn, const struct hash *id, int64_t now_ms,
                         struct err *err);
/* The same of at most `limit` deliveries of a notifier that are in this state and have not been
 * retried at `now_ms` already. Returns how many. */
int store_delivery_retry_some(struct store_txn *txn, const char *notifier, const char *state,
                              int64_t now_ms, int limit, struct err *err);

/* Counts by notifier and state; `oldest_ms` is when the oldest of open ones was made, else 0. */
int store_delivery_counts(struct store_txn *txn,
                          void (*each)(void *arg, const char *notifier, const char *state,
                                       int64_t n, int64_t oldest_ms),
                          void *arg, struct err *err);
/* The same of those that are still to be made, and cheap: what is done is not looked at. */
int store_delivery_open(struct store_txn *txn,
                        void (*each)(void *arg, const char *notifier, const char *state, int64_t n,
                                     int64_t oldest_ms),
                        void *arg, struct err *err);
/* Removes at most `limit` deliveries that ended before then, but not what was sent of a trouble
 * that lasts: whoever was told hears of its end. Returns how many. */
int store_delivery_expire(struct store_txn *txn, int64_t before_ms, int limit, struct err *err);

/* Nothing, if there is no such alert any more. */
int store_token_set(struct store_txn *txn, const char *notifier, const struct hash *alert,
                    const char *token, struct err *err);

#endif
