/* What waits for a notifier that refuses, when there is much of it. */
#include "tests/support/unit.h"

#include <string.h>

#include "results.h"
#include "tests/scenario/world.h"

#define N_WAITING 1300
#define STEP_MOST 500 /* one write makes so many due, and others get their turn */

static struct world *world;
static struct {
    int64_t waiting, before, most; /* that wait: now, at the look before; were woken between two */
    bool is_over;
} watch;

static int setup(void **state)
{
    (void)state;
    memset(&watch, 0, sizeof(watch));
    world = world_new();
    world_notifier(world, "log");
    world_configure(world);
    assert_true(world_settle(world));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_free(&world);
    return 0;
}

/* ---- what happens ---- */

static void find_topic(void)
{
    struct detect_result *result = result_new("topics", false, 1, 1, "document", 20260101);
    result_quote(result_topic(result, "acme", "quote"), "quote");
    alerts_result(world_alerts(world), result);
    assert_true(world_settle(world));
}

/* Of the one delivery that waits, very many more, all refused at one time. */
static int copy_waiting(struct store_txn *txn, void *arg, struct err *err)
{
    (void)arg;
    sqlite3_stmt *stmt = store_stmt(
        txn, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)"
             " INSERT INTO delivery(id, notifier, state, attempts, summary, next_ms, created_ms,"
             " updated_ms, reason) SELECT randomblob(32), notifier, state, attempts, '',"
             " next_ms + 3600000, created_ms, updated_ms, reason FROM n, delivery");
    sqlite3_bind_int(stmt, 1, N_WAITING);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    return store_exec(txn,
                      store_stmt(txn, "INSERT OR IGNORE INTO delivery_revision(delivery, position,"
                                      " revision) SELECT d.row, 0, dr.revision"
                                      " FROM delivery d, delivery_revision dr"),
                      err);
}

static int count_waiting(struct store_txn *txn, void *arg, struct err *err)
{
    (void)arg;
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT count(*) FROM delivery WHERE state = 'deferred'"
                                         " AND next_ms > created_ms");
    if (store_step(txn, stmt, err) < 0)
        return -1;
    watch.waiting = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return 0;
}

/* Somebody else who writes all the time. */
static void counted(void *arg, const char *error)
{
    (void)arg;
    assert_null(error);
    int64_t woken = watch.before - watch.waiting;
    watch.most = woken > watch.most ? woken : watch.most;
    watch.before = watch.waiting;
    if (watch.waiting)
        store_write(world_store(world), count_waiting, counted, NULL);
    else
        watch.is_over = true;
}

static bool is_over(void *arg)
{
    (void)arg;
    return watch.is_over;
}

static int rings(bool ok)
{
    int n = 0;
    for (struct ring *ring; (ring = world_ring(world, "log")); n++) {
        assert_int_equal(ring->ok, ok);
        ring_free(&ring);
    }
    return n;
}

/* ---- cases ---- */

static void woken_in_small_steps(void **state)
{
    (void)state;
    fake_hosts_behave("log", FAKE_LATER);
    find_topic();
    assert_int_equal(rings(false), 1);
    store_write(world_store(world), copy_waiting, NULL, NULL);
    assert_true(world_settle(world));
    fake_hosts_behave("log", FAKE_OK);
    watch.before = N_WAITING + 1;
    fake_loop_advance(world_loop(world), 20000, NULL, NULL);
    store_write(world_store(world), count_waiting, counted, NULL);
    assert_true(fake_loop_wait(world_loop(world), is_over, NULL));
    assert_in_range(watch.most, 1, STEP_MOST + 1); /* and the one that is taken */
    world_pass(world, 1000);
    assert_int_equal(rings(true), N_WAITING + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(woken_in_small_steps, setup, teardown),
    };
    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
