/*
 * Statements that let go of what a document said: its texts, titles, and all that was found and
 * told because of it. What names it stays (place, file, hashes), so that the file is neither news
 * when it is met again, nor rings for what it rang for before. Called within operations of the
 * store, by document/.
 */
#ifndef TOCSIN_STORE_FORGET_H
#define TOCSIN_STORE_FORGET_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "store/store.h"

struct store_forgotten {
    int64_t versions, findings, alerts; /* how many are gone, or bare */
    struct hash *deliveries;            /* that were not sent, and tell less now, or nothing */
    size_t n_deliveries, cap_deliveries;
    int64_t cancelled; /* of them */
};
void store_forgotten_deinit(struct store_forgotten *forgotten);

/* Deletes at most `limit` of the document's texts, unless another document has the same. */
int store_forget_texts(struct store_txn *txn, int64_t document, int limit, int *n_deleted,
                       struct err *err);
/* All the rest: alerts that rest on it alone go, with their revisions and deliveries; from others
 * what came of it is taken out. */
int store_forget(struct store_txn *txn, int64_t document, int64_t now_ms,
                 struct store_forgotten *forgotten, struct err *err);

/* Was what this version says forgotten? */
int store_version_is_forgotten(struct store_txn *txn, int64_t version, struct err *err);
/* An alert that was forgotten is made again: what was told of it then counts as told. 1: something
 * was. */
int store_told_recall(struct store_txn *txn, const struct hash *alert, struct err *err);
/* Removes at most `limit` such memories of before then. */
int store_told_expire(struct store_txn *txn, int64_t before_ms, int limit, struct err *err);

#endif
