/* The rules of completeness by hand-wound numbers: microseconds from 1 s on, settle 200 ms. */
#include "source/settle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"

#define MS   INT64_C(1000)
#define S    INT64_C(1000000)
#define WALL INT64_C(1700000000000000000) /* the wall clock at 0 of the monotonic one */

static const struct settle_rule plain = {.settle_us = 200 * MS, .trust_clock = true};
static const struct settle_rule at_once = {.settle_us = 0, .trust_clock = true};
static const struct settle_rule polled = {.settle_us = 200 * MS, .trust_clock = false};
static const struct settle_rule growing = {
    .settle_us = 200 * MS, .growing = true, .trust_clock = true};

static struct settle_stat stat_at(int64_t size, int64_t mtime_us)
{
    return (struct settle_stat){.size_bytes = size,
                                .mtime_ns = WALL + mtime_us * 1000,
                                .ctime_ns = WALL + mtime_us * 1000,
                                .links = 1};
}

static enum settle_need look(const struct settle_rule *rule, struct settle *settle,
                             struct settle_stat stat, int64_t now_us)
{
    return settle_look(rule, settle, &stat, now_us, WALL + now_us * 1000);
}

static void a_close_waits_settle(void **state)
{
    (void)state;
    struct settle settle = {0};
    assert_int_equal(settle_event(&plain, &settle, SETTLE_CLOSED, S), SETTLE_WAIT);
    assert_int_equal(settle.due_us, S + 200 * MS);
    assert_int_equal(settle_due(&settle), SETTLE_COMPLETE);
}

static void settle_zero_is_at_once(void **state)
{
    (void)state;
    struct settle settle = {0};
    assert_int_equal(settle_event(&at_once, &settle, SETTLE_WRITTEN, S), SETTLE_WAIT);
    assert_int_equal(settle_event(&at_once, &settle, SETTLE_CLOSED, S), SETTLE_COMPLETE);
}

static void a_close_begins_it_anew(void **state)
{
    (void)state;
    struct settle settle = {0};
    settle_event(&plain, &settle, SETTLE_CLOSED, S);
    settle_event(&plain, &settle, SETTLE_CLOSED, S + 150 * MS);
    assert_int_equal(settle.due_us, S + 350 * MS);
}

static void patience_ends(void **state)
{
    (void)state;
    struct settle settle = {0};
    int64_t now_us = S;
    enum settle_need need = SETTLE_WAIT;
    for (; need == SETTLE_WAIT && now_us < 10 * S; now_us += 5 * MS) {
        settle_event(&plain, &settle, SETTLE_WRITTEN, now_us);
        need = settle_event(&plain, &settle, SETTLE_CLOSED, now_us);
    }
    assert_int_equal(need, SETTLE_COMPLETE);
    assert_int_equal(now_us, S + 2 * S + 5 * MS);
    settle_reported(&settle, now_us);
    assert_int_equal(settle_event(&plain, &settle, SETTLE_CLOSED, now_us), SETTLE_WAIT);
}

static void written_again_after_the_close(void **state)
{
    (void)state;
    struct settle settle = {0};
    settle_event(&plain, &settle, SETTLE_CLOSED, S);
    assert_int_equal(settle_event(&plain, &settle, SETTLE_WRITTEN, S + 100 * MS), SETTLE_WAIT);
    assert_int_equal(settle.due_us, S + 100 * MS + 5 * S);
    assert_int_equal(settle_due(&settle), SETTLE_LOOK);
}

static void mode_and_times_set_after_the_close(void **state)
{
    (void)state;
    struct settle settle = {0};
    settle_event(&plain, &settle, SETTLE_CLOSED, S);
    assert_int_equal(settle_event(&plain, &settle, SETTLE_CHMODDED, S + 1), SETTLE_WAIT);
    assert_int_equal(settle.due_us, S + 200 * MS);
}

static void arrived_is_at_once(void **state)
{
    (void)state;
    struct settle settle = {0};
    assert_int_equal(settle_event(&plain, &settle, SETTLE_ARRIVED, S), SETTLE_COMPLETE);
}

static void a_link_is_at_once(void **state)
{
    (void)state;
    struct settle settle = {0};
    assert_int_equal(settle_event(&plain, &settle, SETTLE_CREATED, S), SETTLE_WAIT);
    assert_int_equal(settle.due_us, S);
    assert_int_equal(settle_due(&settle), SETTLE_LOOK);
    struct settle_stat two_names = stat_at(4, S);
    two_names.links = 2;
    assert_int_equal(look(&plain, &settle, two_names, S), SETTLE_COMPLETE);
    /* Linked, and the first name removed. */
    settle = (struct settle){0};
    settle_event(&plain, &settle, SETTLE_CREATED, S);
    struct settle_stat moved = stat_at(4, S);
    moved.ctime_ns++;
    assert_int_equal(look(&plain, &settle, moved, S), SETTLE_COMPLETE);
}

static void a_new_file_is_no_link(void **state)
{
    (void)state;
    struct settle settle = {0};
    settle_event(&plain, &settle, SETTLE_CREATED, S);
    assert_int_equal(look(&plain, &settle, stat_at(0, S), S), SETTLE_WAIT);
    assert_int_equal(settle.due_us, 6 * S);
    /* A link that is written through another name: no longer "only created". */
    settle_event(&plain, &settle, SETTLE_WRITTEN, 2 * S);
    struct settle_stat two_names = stat_at(4, 2 * S);
    two_names.links = 2;
    assert_int_equal(look(&plain, &settle, two_names, 2 * S), SETTLE_WAIT);
    assert_int_equal(settle.due_us, 7 * S);
}

static void stable_for_five_seconds(void **state)
{
    (void)state;
    struct settle settle = {0};
    settle_event(&plain, &settle, SETTLE_WRITTEN, S);
    assert_int_equal(settle.due_us, 6 * S);
    assert_int_equal(settle_due(&settle), SETTLE_LOOK);
    assert_int_equal(look(&plain, &settle, stat_at(4, S), 6 * S), SETTLE_COMPLETE);
}

/* Written through a memory map: no event, only the time changes. */
static void changes_without_events(void **state)
{
    (void)state;
    struct settle settle = {0};
    settle_event(&plain, &settle, SETTLE_WRITTEN, S);
    assert_int_equal(look(&plain, &settle, stat_at(4, 4 * S), 6 * S), SETTLE_WAIT);
    assert_int_equal(settle.due_us, 9 * S);
    assert_int_equal(look(&plain, &settle, stat_at(4, 8 * S), 9 * S), SETTLE_WAIT);
    assert_int_equal(settle.due_us, 13 * S);
    assert_int_equal(look(&plain, &settle, stat_at(4, 8 * S), 13 * S), SETTLE_COMPLETE);
}

static void a_time_in_the_future(void **state)
{
    (void)state;
    struct settle settle = {0};
    assert_int_equal(look(&plain, &settle, stat_at(4, 900 * S), S), SETTLE_WAIT);
    assert_int_equal(settle.due_us, 6 * S);
    assert_int_equal(look(&plain, &settle, stat_at(4, 900 * S), 6 * S), SETTLE_COMPLETE);
}

static void found_by_a_listing(void **state)
{
    (void)state;
    struct settle settle = {0};
    assert_int_equal(look(&plain, &settle, stat_at(4, -100 * S), S), SETTLE_COMPLETE);
    settle = (struct settle){0};
    assert_int_equal(look(&plain, &settle, stat_at(4, 9 * S), 12 * S), SETTLE_WAIT);
    assert_int_equal(settle.due_us, 14 * S);
}

static void found_closed(void **state)
{
    (void)state;
    struct settle settle = {0};
    struct settle_stat stat = stat_at(4, S);
    stat.closed = true;
    assert_int_equal(look(&plain, &settle, stat, S), SETTLE_WAIT);
    assert_int_equal(settle.due_us, S + 200 * MS);
    assert_int_equal(settle_due(&settle), SETTLE_COMPLETE);
    settle = (struct settle){0};
    assert_int_equal(look(&polled, &settle, stat, S), SETTLE_WAIT);
    assert_int_equal(settle.due_us, 6 * S);
}

/* Another machine's clock is not believed: two looks, five seconds apart. */
static void found_by_polling(void **state)
{
    (void)state;
    struct settle settle = {0};
    assert_int_equal(look(&polled, &settle, stat_at(4, -100 * S), S), SETTLE_WAIT);
    assert_int_equal(settle.due_us, 6 * S);
    assert_int_equal(look(&polled, &settle, stat_at(5, -100 * S), 6 * S), SETTLE_WAIT);
    assert_int_equal(look(&polled, &settle, stat_at(5, -100 * S), 11 * S), SETTLE_COMPLETE);
}

static void a_log_once_a_minute(void **state)
{
    (void)state;
    struct settle settle = {0};
    assert_int_equal(settle_event(&growing, &settle, SETTLE_WRITTEN, S), SETTLE_WAIT);
    assert_int_equal(settle.due_us, S + 200 * MS);
    settle_event(&growing, &settle, SETTLE_WRITTEN, S + 100 * MS);
    assert_int_equal(settle.due_us, S + 200 * MS);
    assert_int_equal(settle_due(&settle), SETTLE_COMPLETE);
    settle_reported(&settle, 2 * S);
    assert_int_equal(settle_event(&growing, &settle, SETTLE_WRITTEN, 3 * S), SETTLE_WAIT);
    assert_int_equal(settle.due_us, 62 * S);
    settle_reported(&settle, 62 * S);
    settle_event(&growing, &settle, SETTLE_CLOSED, 300 * S);
    assert_int_equal(settle.due_us, 300 * S + 200 * MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_close_waits_settle),
        cmocka_unit_test(settle_zero_is_at_once),
        cmocka_unit_test(a_close_begins_it_anew),
        cmocka_unit_test(patience_ends),
        cmocka_unit_test(written_again_after_the_close),
        cmocka_unit_test(mode_and_times_set_after_the_close),
        cmocka_unit_test(arrived_is_at_once),
        cmocka_unit_test(a_link_is_at_once),
        cmocka_unit_test(a_new_file_is_no_link),
        cmocka_unit_test(stable_for_five_seconds),
        cmocka_unit_test(changes_without_events),
        cmocka_unit_test(a_time_in_the_future),
        cmocka_unit_test(found_by_a_listing),
        cmocka_unit_test(found_closed),
        cmocka_unit_test(found_by_polling),
        cmocka_unit_test(a_log_once_a_minute),
    };
    return cmocka_run_group_tests_name("settle", tests, NULL, NULL);
}
