/*
 * Who is who: the ids of alerts, revisions and deliveries, and the key of a fact. Pure.
 *
 *   alert     H(detector, topic, subject)       subject: a topic's document of origin; a fact's key
 *   revision  H(alert, evidence not yet told)   or, of a fact, H(alert, the new status)
 *   delivery  H(notifier, its revisions)        the idempotency key at every attempt
 *   end       H(notifier, alert, how many revisions it had): the delivery that tells of its end
 *   follow-up H(notifier, revision, which one it is): the delivery that tells it once more
 *   evidence  H(the quote, folded)              so white space, case and accents make no news
 */
#ifndef TOCSIN_ALERT_IDENTITY_H
#define TOCSIN_ALERT_IDENTITY_H

#include <stddef.h>

#include "base/hash.h"
#include "config/config.h"
#include "detect/detect.h"

/* `topic` is "" for facts: the status is no part of a fact's identity. */
struct hash identity_alert(const char *detector, const char *topic, const char *subject);
struct hash identity_evidence(const char *quote);
struct hash identity_status(const char *status);
/* Of trouble: the text, and which time it is that the trouble comes. */
struct hash identity_trouble(const char *text, int64_t number);
/* The order of `told` makes no difference; it is sorted in place. */
struct hash identity_revision(const struct hash *alert, struct hash *told, size_t n);
/* Likewise the order of `revisions`, which is kept. */
struct hash identity_delivery(const char *notifier, const struct hash *revisions, size_t n);

struct hash identity_followup(const char *notifier, const struct hash *revision, int64_t follow_up);
/* The nth thing that is said of the alert, at `now_ms`. */
struct hash identity_notice(const char *notifier, const struct hash *alert, const char *notice,
                            int64_t n, int64_t now_ms);

/* The folded values of a fact's key fields without the edition, in the order of key_fields, each
 * field's values sorted: "driver=charles leclerc;team=ferrari". A fact that names nothing is keyed
 * to its document: "origin=HEX". The caller frees it. */
char *identity_key(const struct config_texts *key_fields, const char *edition_field,
                   const struct hash *origin, const struct detect_finding *finding);
/* The edition that the fact names, folded; "" when it names none. The caller frees it. */
char *identity_edition(const char *edition_field, const struct detect_finding *finding);

#endif
