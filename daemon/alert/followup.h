/*
 * Once more: what nobody has acknowledged. Two options of a route ask for it, and a person:
 *
 *   remind-after     whom it was told to is told again, so long after it was sent, for each delay
 * of the list once escalate-after   the notifiers of the route are told in their order, each so
 * long after the one before
 *
 *   snooze           whom it was told to is told again when the snooze ends, unless something else
 *                    of it comes then
 *
 * A follow-up is a held delivery of its own. It is dropped as soon as somebody acknowledges, closes
 * or mutes, and when the alert has news, which is told anew and followed up anew. Quiet hours hold
 * it like anything else.
 */
#ifndef TOCSIN_ALERT_FOLLOWUP_H
#define TOCSIN_ALERT_FOLLOWUP_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "store/deliveries.h"

/* Why such a delivery is held; see alert/outcome.h for what people read. */
#define FOLLOWUP_REMIND   "remind"
#define FOLLOWUP_ESCALATE "escalate"

/* ---- pure ---- */

/* When the next reminder is due, after `n_reminded`; 0: there is none. `timing` may be NULL. */
int64_t followup_remind_ms(const struct config_timing *timing, bool is_urgent, int64_t n_reminded,
                           int64_t now_ms);
/* Which step of a route's escalation a notifier is: 0 is told at once. */
int64_t followup_step(const struct config_route *route, const char *notifier);
/* When it is told, if the first is told at `first_ms`; `first_ms` may be STORE_NEVER_MS. */
int64_t followup_escalate_ms(const struct config_timing *timing, bool is_urgent, int64_t step,
                             int64_t first_ms);

/* ---- operations of the store ---- */

/* A delivery was sent: what it told is followed up as the routes in force want it. *first_ms is
 * when the first of that is due, 0: nothing is. */
int followup_sent(struct store_txn *txn, const struct config *config, const char *notifier,
                  const struct store_due *sent, int64_t now_ms, int64_t *first_ms, struct err *err);
/* A person has snoozed an alert until then. `added[i]` is set for each notifier of the
 * configuration that is told again. */
int followup_snoozed(struct store_txn *txn, const struct config *config, const struct hash *alert,
                     int64_t until_ms, int64_t now_ms, bool *added, struct err *err);

#endif
