/* How far a canary came; see daemon/canary.h. Returns as in store/alerts.h. */
#ifndef TOCSIN_STORE_CANARY_H
#define TOCSIN_STORE_CANARY_H

#include <stdint.h>

#include "store/store.h"

struct store_canary {
    int64_t n_versions, n_findings, n_sent;
    char *outcome;          /* of the last finding; NULL: there is none */
    char *notifier, *state; /* of a delivery that was not sent; NULL: there is none */
};
void store_canary_deinit(struct store_canary *canary);
/* Of documents of this source, since then. */
int store_canary_look(struct store_txn *txn, const char *source, int64_t since_ms,
                      struct store_canary *canary, struct err *err);

#endif
