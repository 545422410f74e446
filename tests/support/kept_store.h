/* A store in memory for the cases of a unit program, and checks that run in its transactions. */
#ifndef TOCSIN_TESTS_KEPT_STORE_H
#define TOCSIN_TESTS_KEPT_STORE_H

#include "store/store.h"

extern struct loop *loop;
extern struct store *store;

/* For cmocka: before and after each case. */
int kept_store_setup(void **state);
int kept_store_teardown(void **state);

/* Runs in a transaction of the writer and waits for it; a check that fails fails the case. */
typedef int check_fn(struct store_txn *txn, struct err *err);
void within(check_fn *check);

#endif
