/* A topic that is muted when it has very many alerts. */
#include "tests/support/unit.h"

#include <string.h>

#include "base/mem.h"
#include "results.h"
#include "store/alerts.h"
#include "store/tidings.h"
#include "tests/scenario/world.h"

#define N_ALERTS 1100
#define N_OTHERS 50  /* of another topic */
#define PART     100 /* one write tells of so many, and others get their turn */

static struct world *world;

static int setup(void **state)
{
    (void)state;
    world = world_new();
    world_notifier(world, "hook")->plugin.follows = true;
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

static void find_topic(const char *topic, int n)
{
    AUTO_FREE char *document = mem_printf("%s-%d", topic, n);
    struct detect_result *result = result_new("topics", false, 1, n + 1, document, 20260101);
    result_quote(result_topic(result, topic, document), document);
    alerts_result(world_alerts(world), result);
}

/* What the hook hears, by the notice. */
static int rings(enum tocsin_notice notice)
{
    int n = 0;
    for (struct ring *ring; (ring = world_ring(world, "hook")); n++) {
        assert_true(ring->ok);
        assert_int_equal(ring->notice, notice);
        ring_free(&ring);
    }
    return n;
}

static void find_all(void)
{
    for (int i = 0; i < N_OTHERS; i++)
        find_topic("bolt", i);
    for (int i = 0; i < N_ALERTS; i++)
        find_topic("acme", i);
    assert_true(world_settle(world));
    world_pass(world, 1000);
    assert_int_equal(rings(TOCSIN_NEWS), N_ALERTS + N_OTHERS);
}

static void act(struct world *w, void *arg)
{
    alerts_action(world_alerts(w), world_last_alert(w), arg, world_acted, w);
}

/* Until the action is done, and no longer. */
static void ask(const char *verb)
{
    char error[256];
    AUTO_FREE char *text = mem_strdup(verb);
    world_ask(world, act, text, error);
    assert_string_equal(error, "");
}

/* ---- looking on ---- */

static struct {
    int64_t n, before, most; /* notices: now, at the look before; made between two */
    bool is_over;
} watch;

static int count_notices(struct store_txn *txn, void *arg, struct err *err)
{
    (void)arg;
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT count(*) FROM delivery WHERE notice = 'muted'");
    if (store_step(txn, stmt, err) < 0)
        return -1;
    watch.n = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return 0;
}

/* Somebody else who writes all the time. */
static void counted(void *arg, const char *error)
{
    (void)arg;
    assert_null(error);
    watch.most = watch.n - watch.before > watch.most ? watch.n - watch.before : watch.most;
    watch.before = watch.n;
    watch.is_over = watch.n == N_ALERTS;
    if (!watch.is_over)
        store_write(world_store(world), count_notices, counted, NULL);
}

static bool is_over(void *arg)
{
    (void)arg;
    return watch.is_over;
}

/* ---- cases ---- */

static void all_hear_of_it_part_by_part(void **state)
{
    (void)state;
    find_all();
    memset(&watch, 0, sizeof(watch));
    store_write(world_store(world), count_notices, counted, NULL);
    ask("mute");
    assert_true(fake_loop_wait(world_loop(world), is_over, NULL));
    assert_in_range(watch.most, 1, PART);
    world_pass(world, 1000);
    assert_int_equal(rings(TOCSIN_MUTED), N_ALERTS);
}

/* As a crash leaves it when nothing of it is said yet. */
static int leave_tiding(struct store_txn *txn, void *arg, struct err *err)
{
    (void)arg;
    char detector[] = "topics", topic[] = "acme";
    struct store_tiding tiding = {
        .detector = detector, .topic = topic, .is_muted = true, .below = INT64_MAX};
    if (store_mute_set(txn, detector, topic, 0, 1, err) < 0)
        return -1;
    return store_tiding_set(txn, &tiding, err);
}

static void a_start_says_what_a_crash_has_left(void **state)
{
    (void)state;
    find_all();
    store_write(world_store(world), leave_tiding, NULL, NULL);
    assert_true(world_settle(world));
    assert_int_equal(rings(TOCSIN_MUTED), 0);
    world_restart(world);
    world_pass(world, 1000);
    assert_int_equal(rings(TOCSIN_MUTED), N_ALERTS);
}

static void none_is_told_once_it_is_unmuted(void **state)
{
    (void)state;
    find_all();
    fake_hosts_behave("hook", FAKE_LATER);
    ask("mute");
    ask("unmute");
    assert_true(world_settle(world));
    while (world_any_ring(world)) {
        struct ring *ring = world_ring(world, "hook");
        ring_free(&ring);
    }
    fake_hosts_behave("hook", FAKE_OK);
    world_pass(world, 3600000);
    assert_int_equal(rings(TOCSIN_MUTED), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_hear_of_it_part_by_part, setup, teardown),
        cmocka_unit_test_setup_teardown(a_start_says_what_a_crash_has_left, setup, teardown),
        cmocka_unit_test_setup_teardown(none_is_told_once_it_is_unmuted, setup, teardown),
    };
    return cmocka_run_group_tests_name("tiding", tests, NULL, NULL);
}
