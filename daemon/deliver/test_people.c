/* What people do to deliveries, at the moments at which it could go wrong. */
#include "tests/support/unit.h"

#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "results.h"
#include "tests/scenario/world.h"

static struct world *world;
static sem_t gate;
static struct {
    int64_t n;
    bool done, busy;
    char *error;
} acted;

static int setup(void **state)
{
    (void)state;
    sem_init(&gate, 0, 0);
    world = world_new();
    world_notifier(world, "log");
    world_configure(world);
    assert_true(world_settle(world));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    sem_post(&gate); /* a case that failed may have left it shut */
    world_free(&world);
    sem_destroy(&gate);
    free(acted.error);
    memset(&acted, 0, sizeof(acted));
    return 0;
}

/* ---- what happens ---- */

static void find_topic(const char *document)
{
    static int64_t version;
    struct detect_result *result = result_new("topics", false, 1, ++version, document, 20260101);
    result_quote(result_topic(result, "acme", document), document);
    alerts_result(world_alerts(world), result);
    assert_true(world_settle(world));
}

/* The id of the delivery that tells of a document; the caller's. */
static char *delivery_of(const char *document)
{
    char error[256], *id = NULL;
    json_t *list = world_ask(world, world_ask_deliveries, NULL, error), *delivery;
    size_t i;
    json_array_foreach(list, i, delivery)
    {
        if (strstr(json_string_value(json_object_get(delivery, "headline")), document))
            id = mem_strdup(json_string_value(json_object_get(delivery, "id")));
    }
    json_decref(list);
    assert_non_null(id);
    return id;
}

static void has_acted(void *arg, int64_t n, bool busy, const char *error)
{
    (void)arg;
    acted.done = true;
    acted.n = n;
    acted.busy = busy;
    acted.error = mem_strdup(error);
}

static bool is_done(void *arg)
{
    (void)arg;
    return acted.done;
}

static int wait_at_gate(struct store_txn *txn, void *arg, struct err *err)
{
    (void)txn;
    (void)arg;
    (void)err;
    while (sem_wait(&gate) < 0)
        ;
    return 0;
}

/* The writer is at work until open_gate. */
static void shut_gate(void)
{
    store_write(world_store(world), wait_at_gate, NULL, NULL);
}

static void open_gate(void)
{
    sem_post(&gate);
    assert_true(world_settle(world));
}

static bool never(void *arg)
{
    return --*(int *)arg < 0;
}

/* All that can happen while the writer is at work. */
static void let_others_work(void)
{
    int rounds = 50;
    assert_true(fake_loop_wait(world_loop(world), never, &rounds));
}

static struct ring *next_ring(void)
{
    return world_ring(world, "log");
}

static void expect_ring(const char *document)
{
    struct ring *ring = next_ring();
    if (!ring)
        fail_msg("nothing was told, wanted %s", document);
    assert_non_null(strstr(ring->headline, document));
    ring_free(&ring);
}

/* ---- cases ---- */

/* The one before it ends while the writer has not come to the drop yet: the queue goes on, but not
 * with what is to be dropped. */
static void dropped_while_the_writer_is_busy(void **state)
{
    (void)state;
    fake_hosts_behave("log", FAKE_SLOW);
    find_topic("first");
    find_topic("second");
    find_topic("third");
    expect_ring("first");
    AUTO_FREE char *second = delivery_of("second");
    fake_hosts_behave("log", FAKE_OK);
    shut_gate();
    deliver_drop(world_deliver(world), second, has_acted, NULL);
    let_others_work();
    assert_false(acted.done);
    fake_loop_advance(world_loop(world), 60000, NULL, NULL);
    let_others_work();
    expect_ring("third");
    assert_null(next_ring());
    open_gate();
    assert_true(fake_loop_wait(world_loop(world), is_done, NULL));
    assert_null(acted.error);
    assert_int_equal(acted.n, 1);
    world_pass(world, 3600000);
    assert_null(next_ring());
}

/* Its time comes while the writer has not come to the drop yet: it is loaded, and not sent. */
static void dropped_while_it_becomes_due(void **state)
{
    (void)state;
    fake_hosts_behave("log", FAKE_LATER);
    find_topic("only");
    expect_ring("only");
    AUTO_FREE char *only = delivery_of("only");
    fake_hosts_behave("log", FAKE_OK);
    shut_gate();
    deliver_drop(world_deliver(world), only, has_acted, NULL);
    let_others_work();
    fake_loop_advance(world_loop(world), 60000, NULL, NULL);
    let_others_work();
    assert_null(next_ring());
    open_gate();
    assert_true(fake_loop_wait(world_loop(world), is_done, NULL));
    assert_null(acted.error);
    world_pass(world, 3600000);
    assert_null(next_ring());
}

/* What could not be dropped after all is sent. */
static int refuse(struct store_txn *txn, void *arg, struct err *err)
{
    (void)arg;
    sqlite3_stmt *stmt = store_stmt(
        txn, "CREATE TEMP TRIGGER no BEFORE UPDATE ON main.delivery WHEN NEW.state = 'cancelled'"
             " BEGIN SELECT RAISE(ABORT, 'not this time'); END");
    return store_exec(txn, stmt, err);
}

static void what_the_store_refuses_to_drop_is_sent(void **state)
{
    (void)state;
    fake_hosts_behave("log", FAKE_HANGS);
    find_topic("first");
    find_topic("second");
    expect_ring("first");
    store_write(world_store(world), refuse, NULL, NULL);
    AUTO_FREE char *second = delivery_of("second");
    fake_hosts_behave("log", FAKE_OK);
    deliver_drop(world_deliver(world), second, has_acted, NULL);
    assert_true(fake_loop_wait(world_loop(world), is_done, NULL));
    assert_non_null(strstr(acted.error, "not this time"));
    world_pass(world, 3600000);
    expect_ring("first");
    expect_ring("second");
    assert_null(next_ring());
}

/* The result of an attempt counts, whatever was asked meanwhile. */
static void retried_while_it_is_sent(void **state)
{
    (void)state;
    fake_hosts_behave("log", FAKE_LATER);
    find_topic("only");
    expect_ring("only");
    fake_hosts_behave("log", FAKE_OK);
    shut_gate();
    fake_loop_advance(world_loop(world), 60000, NULL, NULL);
    let_others_work();
    expect_ring("only"); /* its result waits for the writer */
    deliver_retry(world_deliver(world), "log", has_acted, NULL);
    open_gate();
    assert_true(fake_loop_wait(world_loop(world), is_done, NULL));
    assert_null(acted.error);
    assert_int_equal(acted.n, 0);
    world_pass(world, 3600000);
    assert_null(next_ring());
}

/* A second drop of the same one waits for nobody. */
static void dropped_twice(void **state)
{
    (void)state;
    fake_hosts_behave("log", FAKE_LATER);
    find_topic("only");
    expect_ring("only");
    AUTO_FREE char *only = delivery_of("only");
    shut_gate();
    deliver_drop(world_deliver(world), only, has_acted, NULL);
    let_others_work();
    deliver_drop(world_deliver(world), only, has_acted, NULL);
    let_others_work();
    assert_true(acted.done && acted.busy);
    assert_non_null(strstr(acted.error, "at hand"));
    free(acted.error);
    memset(&acted, 0, sizeof(acted));
    open_gate();
    assert_true(fake_loop_wait(world_loop(world), is_done, NULL));
    assert_null(acted.error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(dropped_while_the_writer_is_busy, setup, teardown),
        cmocka_unit_test_setup_teardown(dropped_while_it_becomes_due, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_store_refuses_to_drop_is_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(retried_while_it_is_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(dropped_twice, setup, teardown),
    };
    return cmocka_run_group_tests_name("people", tests, NULL, NULL);
}
