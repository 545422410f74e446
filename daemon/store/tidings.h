/*
 * Typed statements on tidings: what is to be said of all alerts of a topic, of which there may be
 * more than one operation should take on. A tiding is in the store until all of it is said, so that
 * a crash on the way loses nothing. Called by alert/ within operations of the store; decides
 * nothing. Returns as in store/alerts.h.
 */
#ifndef TOCSIN_STORE_TIDINGS_H
#define TOCSIN_STORE_TIDINGS_H

#include "store/deliveries.h"

struct store_tiding {
    char *detector, *topic;
    bool is_muted;    /* or not any more */
    int64_t until_ms; /* muted; 0: for good */
    int64_t below;    /* its findings from this number on are done; INT64_MAX at first */
};
void store_tiding_deinit(struct store_tiding *tiding);

/* A topic has one: the last takes the place of others. */
int store_tiding_set(struct store_txn *txn, const struct store_tiding *tiding, struct err *err);
/* Any; the caller's. 1, or 0 when there is none. */
int store_tiding_get(struct store_txn *txn, struct store_tiding *tiding, struct err *err);
int store_tiding_remove(struct store_txn *txn, const struct store_tiding *tiding, struct err *err);
/* The alerts of the topic that are not closed, those with the latest findings first: `limit`
 * findings are looked at, and `below` says how far that is. Returns how many there were. */
int store_tiding_alerts(struct store_txn *txn, struct store_tiding *tiding, int limit,
                        void (*each)(void *arg, const struct hash *alert), void *arg,
                        struct err *err);
/* Of the notices that the topic is muted, and that are not sent, `limit` become superseded. Returns
 * how many. */
int store_tiding_withdraw(struct store_txn *txn, const struct store_tiding *tiding, int limit,
                          const char *reason, int64_t now_ms, struct store_withdrawn *withdrawn,
                          struct err *err);

#endif
