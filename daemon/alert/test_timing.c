/* Hours, digests, batches and limits of a route. */
#include "tests/support/unit.h"

#include <stdlib.h>

#include <tocsin/plugin.h>

#include "alert/timing.h"
#include "base/mem.h"
#include "config/config.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)

static char utc[] = "UTC", paris[] = "Europe/Paris", none[] = "none";

/* A moment of 2026, by the clock of a zone. */
static int64_t at(const char *zone_name, int month, int day, int hour, int minute)
{
    struct zone *zone = zone_open(zone_name, NULL);
    assert_non_null(zone);
    struct civil civil = {2026, month, day, hour, minute, 0};
    int64_t utc_s = zone_utc(zone, &civil);
    zone_free(&zone);
    return utc_s * 1000;
}

static struct config_timing *quiet(char *zone, char **hours, size_t n)
{
    struct config_route route = {
        .zone = zone, .at_most = none, .digest = none, .quiet = {.items = hours, .n = n}};
    return timing_new(&route);
}

static void a_route_without_times_has_none(void **state)
{
    (void)state;
    struct config_timing *timing = quiet(utc, NULL, 0);
    assert_null(timing);
    struct timing_state now = {0};
    int64_t until;
    assert_int_equal(timing_judge(NULL, false, &now, 50, &until), OUTCOME_RANG);
    assert_int_equal(until, 50);
    assert_int_equal(timing_quiet_until(NULL, 50), 0);
}

static void hours_end_on_the_next_day(void **state)
{
    (void)state;
    char night[] = "22:00-07:00", *hours[] = {night};
    struct config_timing *timing = quiet(paris, hours, 1);
    int64_t end = at(paris, 2, 11, 7, 0);
    assert_int_equal(timing_quiet_until(timing, at(paris, 2, 10, 21, 59)), 0);
    assert_int_equal(timing_quiet_until(timing, at(paris, 2, 10, 22, 0)), end);
    assert_int_equal(timing_quiet_until(timing, at(paris, 2, 11, 3, 0)), end);
    assert_int_equal(timing_quiet_until(timing, at(paris, 2, 11, 6, 59)), end);
    assert_int_equal(timing_quiet_until(timing, end), 0);
    timing_free(&timing);
}

static void days_are_those_on_which_they_begin(void **state)
{
    (void)state;
    char night[] = "Fri 22:00-07:00", *hours[] = {night};
    struct config_timing *timing = quiet(utc, hours, 1);
    assert_int_equal(timing_quiet_until(timing, at(utc, 2, 12, 23, 0)), 0); /* Thursday */
    assert_int_equal(timing_quiet_until(timing, at(utc, 2, 13, 23, 0)), at(utc, 2, 14, 7, 0));
    assert_int_equal(timing_quiet_until(timing, at(utc, 2, 14, 6, 0)), at(utc, 2, 14, 7, 0));
    assert_int_equal(timing_quiet_until(timing, at(utc, 2, 14, 23, 0)), 0);
    timing_free(&timing);
}

static void what_follows_on_is_one_silence_and_has_an_end(void **state)
{
    (void)state;
    char morning[] = "00:00-12:00", evening[] = "12:00-24:00", *halves[] = {morning, evening};
    struct config_timing *timing = quiet(utc, halves, 2);
    int64_t now = at(utc, 2, 10, 3, 0), until = timing_quiet_until(timing, now);
    assert_true(until > now + 20 * 24 * HOUR_MS); /* always quiet: looked at again some day */
    timing_free(&timing);
}

static void the_clock_is_put_forward_over_their_end(void **state)
{
    (void)state;
    char night[] = "22:00-02:30", *hours[] = {night};
    struct config_timing *timing = quiet(paris, hours, 1);
    assert_int_equal(timing_quiet_until(timing, at(paris, 3, 29, 1, 0)), at(paris, 3, 29, 3, 0));
    assert_int_equal(timing_quiet_until(timing, at(paris, 10, 25, 1, 0)),
                     at(paris, 10, 25, 2, 30)); /* the first of two */
    timing_free(&timing);
}

static void the_first_that_is_against_it_decides(void **state)
{
    (void)state;
    char night[] = "22:00-07:00", *hours[] = {night}, digest[] = "08:00", most[] = "2/1h";
    struct config_route route = {.zone = utc,
                                 .at_most = most,
                                 .digest = none,
                                 .batch_ms = 5 * MINUTE_MS,
                                 .quiet = {.items = hours, .n = 1}};
    struct config_timing *timing = timing_new(&route);
    struct timing_state state_now = {0};
    int64_t until, noon = at(utc, 2, 10, 12, 0);
    assert_int_equal(timing_judge(timing, false, &state_now, at(utc, 2, 10, 23, 0), &until),
                     OUTCOME_QUIET);
    assert_int_equal(until, at(utc, 2, 11, 7, 0));
    assert_int_equal(timing_judge(timing, false, &state_now, noon, &until), OUTCOME_BATCHED);
    assert_int_equal(until, noon + 5 * MINUTE_MS);
    state_now.batch_until_ms = noon + MINUTE_MS;
    assert_int_equal(timing_judge(timing, false, &state_now, noon, &until), OUTCOME_BATCHED);
    assert_int_equal(until, noon + MINUTE_MS);
    assert_int_equal(timing_judge(timing, true, &state_now, noon, &until), OUTCOME_RANG);
    assert_int_equal(until, noon);
    /* It is not let go into quiet hours. */
    int64_t late = at(utc, 2, 10, 21, 58);
    assert_int_equal(timing_judge(timing, false, &(struct timing_state){0}, late, &until),
                     OUTCOME_BATCHED);
    assert_int_equal(until, at(utc, 2, 11, 7, 0));
    timing_free(&timing);
    route.batch_ms = 0;
    timing = timing_new(&route);
    const int64_t rung[] = {noon - 30 * MINUTE_MS, noon - MINUTE_MS};
    state_now = (struct timing_state){.rung_ms = rung, .n_rung = 2};
    assert_int_equal(timing_judge(timing, false, &state_now, noon, &until), OUTCOME_LIMITED);
    assert_int_equal(until, noon + 30 * MINUTE_MS);
    state_now.n_rung = 1;
    assert_int_equal(timing_judge(timing, false, &state_now, noon, &until), OUTCOME_RANG);
    timing_free(&timing);
    route.digest = digest;
    timing = timing_new(&route);
    assert_int_equal(timing_judge(timing, false, &state_now, noon, &until), OUTCOME_DIGEST);
    assert_int_equal(until, at(utc, 2, 11, 8, 0));
    timing_free(&timing);
}

static void what_makes_no_sense_is_said(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "22:00",
                                      "22:00-",
                                      "25:00-07:00",
                                      "07:00-07:00",
                                      "24:00-07:00",
                                      "Funday 22:00-07:00",
                                      "daily 22:00-07:00x",
                                      "22:60-07:00",
                                      "-1:00-07:00"};
    struct timing_hours hours;
    struct err err;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(timing_hours_parse(bad[i], &hours, &err), -1);
    assert_int_equal(timing_hours_parse("Sat,Sun 00:00-24:00", &hours, &err), 0);
    assert_int_equal(hours.weekdays, 1u << 6 | 1u << 7);
    assert_int_equal(hours.end_min, 1440);
    static const char *const worse[] = {"10", "/1h", "0/1h", "10/", "10/0s", "1001/1h", "x/1h"};
    int64_t n, ms;
    for (size_t i = 0; i < ARRAY_LEN(worse); i++)
        assert_int_equal(timing_rate_parse(worse[i], &n, &ms, &err), -1);
    assert_int_equal(timing_rate_parse("10/1h30m", &n, &ms, &err), 0);
    assert_int_equal(n, 10);
    assert_int_equal(ms, 90 * MINUTE_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_route_without_times_has_none),
        cmocka_unit_test(hours_end_on_the_next_day),
        cmocka_unit_test(days_are_those_on_which_they_begin),
        cmocka_unit_test(what_follows_on_is_one_silence_and_has_an_end),
        cmocka_unit_test(the_clock_is_put_forward_over_their_end),
        cmocka_unit_test(the_first_that_is_against_it_decides),
        cmocka_unit_test(what_makes_no_sense_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
