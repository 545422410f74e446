/* Typed statements on silences: what shall ring nobody for a time, whoever says so. Returns as in
 * store/alerts.h. */
#ifndef TOCSIN_STORE_SILENCES_H
#define TOCSIN_STORE_SILENCES_H

#include <jansson.h>
#include <stdint.h>

#include "store/store.h"

struct store_silence {
    int64_t id;          /* given by store_silence_add */
    const char *matcher; /* JSON; see alert/silence.h */
    const char *author, *comment;
    int64_t from_ms, until_ms;
};
int store_silence_add(struct store_txn *txn, struct store_silence *silence, struct err *err);
/* Ends it now: 1. 0: there is none, or it has ended. */
int store_silence_end(struct store_txn *txn, int64_t id, int64_t now_ms, struct err *err);
/* Calls `each` with those that hold now, the oldest first, until it says true: 1. */
int store_silence_each(struct store_txn *txn, int64_t now_ms,
                       bool (*each)(void *arg, int64_t id, const char *matcher), void *arg,
                       struct err *err);
/* Removes those that ended before then. */
int store_silence_expire(struct store_txn *txn, int64_t before_ms, struct err *err);
/* [{"id", "matcher": {...}, "author", "comment", "from_ms", "until_ms"}], those that hold now, or
 * all that are kept. */
int store_view_silences(struct store_txn *txn, int64_t now_ms, bool all, json_t **list,
                        struct err *err);

#endif
