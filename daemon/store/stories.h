/*
 * Typed statements on stories: which documents tell the same one, by the origin of each. Returns as
 * in store/alerts.h.
 */
#ifndef TOCSIN_STORE_STORIES_H
#define TOCSIN_STORE_STORIES_H

#include "base/hash.h"
#include "store/store.h"

/* The story of an origin that has one: 1. */
int store_story_get(struct store_txn *txn, const struct hash *origin, struct hash *story,
                    struct err *err);
/* Keeps it; `bands` are the hashes under which it is found. */
int store_story_add(struct store_txn *txn, const struct hash *origin, const struct hash *story,
                    const void *sketch, size_t sketch_len, const uint32_t *bands, size_t n_bands,
                    int64_t now_ms, struct err *err);
/* Calls `each` with at most `limit` that are kept under this band, the latest first. */
int store_story_band(struct store_txn *txn, uint32_t band, int limit,
                     void (*each)(void *arg, int64_t row), void *arg, struct err *err);
/* The sketch, borrowed until the next statement, and the story of such a row: 1. */
int store_story_sketch(struct store_txn *txn, int64_t row, const void **sketch, size_t *len,
                       struct hash *story, struct err *err);
/* Has the story texts of other origins? 1 or 0. */
int store_story_is_shared(struct store_txn *txn, const struct hash *story,
                          const struct hash *origin, struct err *err);
/* Calls `each` with the sketches of other origins of a story, of some of them when there are many.
 */
int store_story_sketches(struct store_txn *txn, const struct hash *story, const struct hash *origin,
                         void (*each)(void *arg, const void *sketch, size_t len), void *arg,
                         struct err *err);
/* Those that came before then are not found any more; which story an origin is of stays known, and
 * goes when it came before `known_before_ms`. At most `limit` of either: returns the larger number.
 */
int store_story_expire(struct store_txn *txn, int64_t before_ms, int64_t known_before_ms, int limit,
                       struct err *err);
/* Nothing of the texts of a document stays. */
int store_story_forget(struct store_txn *txn, int64_t document, struct err *err);

#endif
