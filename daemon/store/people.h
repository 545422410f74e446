/*
 * What people ask of the store, as JSON: alerts and all that belongs to them. Called within read
 * operations for the control socket; the shapes are what tocsinctl prints with --output json.
 *
 * All return 0, or -1 with the reason; results are new references. Hashes are lower-case hex.
 */
#ifndef TOCSIN_STORE_PEOPLE_H
#define TOCSIN_STORE_PEOPLE_H

#include <jansson.h>

#include "store/store.h"

/* [{"id", "detector", "topic", "edition", "headline", "severity", "state", "labels", "fields",
 *   "revisions", "sources", "created_ms", "updated_ms"}], the latest news first.
 * args, each optional: "state", "detector", "topic", "since_ms", "limit" (200). */
int store_people_alerts(struct store_txn *txn, const json_t *args, json_t **result,
                        struct err *err);

/* The whole id, for free(3), of the one alert whose id begins with these hex digits; -1 when there
 * is none, or more than one. */
int store_people_alert_id(struct store_txn *txn, const char *begins, char **id, struct err *err);

/* That alert, as above, with
 *   "findings": [{"document", "path", "title", "date", "status", "summary", "outcome", "score",
 *     "fields", "evidence", "seen_ms"}], by the documents' dates,
 *   "revisions": [{"id", "number", "headline", "change", "created_ms"}],
 *   "deliveries": [{"id", "notifier", "state", "attempts", "next_ms", "updated_ms", "reason"}]. */
int store_people_alert(struct store_txn *txn, const char *begins, json_t **result, struct err *err);

/* What was found in a document, whichever version of it:
 * [{"alert", "detector", "topic", "status", "summary", "outcome", "version", "evidence"}]. */
int store_people_outcomes(struct store_txn *txn, int64_t document, json_t **result,
                          struct err *err);

#endif
