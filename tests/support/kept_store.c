/* See kept_store.h. */
#include "tests/support/kept_store.h"

#include "base/loop.h"
#include "tests/support/unit.h"

struct loop *loop;
struct store *store;

int kept_store_setup(void **state)
{
    (void)state;
    struct err err;
    loop = loop_new();
    assert_int_equal(store_open(loop, ":memory:", &store, &err), STORE_OPENED_NEW);
    return 0;
}

int kept_store_teardown(void **state)
{
    (void)state;
    store_free(&store);
    loop_free(&loop);
    return 0;
}

static int call(struct store_txn *txn, void *arg, struct err *err)
{
    return (*(check_fn **)arg)(txn, err);
}

static void called(void *arg, const char *error)
{
    (void)arg;
    if (error)
        fail_msg("%s", error);
}

void within(check_fn *check)
{
    store_write(store, call, called, &check);
    store_flush(store);
}
