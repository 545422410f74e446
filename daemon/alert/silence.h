/*
 * Silences: what a person wants nobody to be rung for, for a time, and says why. A matcher is a
 * JSON object of lists, at least one: {"topic": patterns, "detector": names, "source": names,
 * "label": labels, all of which the alert must have}. It matches as a route does.
 *
 * What a silence meets is kept and listed, as what is muted is, and is no news afterwards. What was
 * held already is dropped when its time comes, if a silence holds then.
 */
#ifndef TOCSIN_ALERT_SILENCE_H
#define TOCSIN_ALERT_SILENCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "alert/route.h"
#include "store/store.h"

/* -1 with what is wrong with it. */
int silence_check(const json_t *matcher, struct err *err);
bool silence_matches(const json_t *matcher, const struct route_question *question);

/* Runs within an operation: 1 and the number of the first silence that holds and matches, else 0.
 */
int silence_find(struct store_txn *txn, const struct route_question *question, int64_t now_ms,
                 int64_t *id, struct err *err);
/* 1: some silence holds now, so that it is worth asking what it meets. */
int silence_any(struct store_txn *txn, int64_t now_ms, struct err *err);
/* "silence 3", the caller's: where it says so. */
char *silence_place(int64_t id);

#endif
