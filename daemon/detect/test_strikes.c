/* What failure leads to: the policy alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "detect/strikes.h"

static void a_plugin_has_a_second_try_alone_and_no_third(void **state)
{
    (void)state;
    assert_int_equal(strikes_of_plugin(1), STRIKES_ALONE);
    assert_int_equal(strikes_of_plugin(2), STRIKES_QUARANTINE);
    assert_int_equal(strikes_of_plugin(3), STRIKES_QUARANTINE);
}

static void reading_has_two_more_tries(void **state)
{
    (void)state;
    assert_int_equal(strikes_of_reading(0), STRIKES_AGAIN);
    assert_int_equal(strikes_of_reading(1), STRIKES_AGAIN);
    assert_int_equal(strikes_of_reading(2), STRIKES_AGAIN);
    assert_int_equal(strikes_of_reading(3), STRIKES_QUARANTINE);
}

static void kills_from_outside_are_forgiven_for_a_while(void **state)
{
    (void)state;
    assert_false(strikes_count_kill(1));
    assert_false(strikes_count_kill(3));
    assert_true(strikes_count_kill(4));
}

static void the_first_death_costs_no_pause(void **state)
{
    (void)state;
    assert_int_equal(strikes_pause_ms(0), 0);
    assert_int_equal(strikes_pause_ms(1), 0);
    assert_int_equal(strikes_pause_ms(2), 100);
    assert_int_equal(strikes_pause_ms(3), 200);
}

static void the_pause_is_bounded(void **state)
{
    (void)state;
    int64_t before = 0;
    for (int deaths = 1; deaths < 40; deaths++) {
        assert_true(strikes_pause_ms(deaths) >= before);
        before = strikes_pause_ms(deaths);
    }
    assert_int_equal(strikes_pause_ms(INT32_MAX), 30000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plugin_has_a_second_try_alone_and_no_third),
        cmocka_unit_test(reading_has_two_more_tries),
        cmocka_unit_test(kills_from_outside_are_forgiven_for_a_while),
        cmocka_unit_test(the_first_death_costs_no_pause),
        cmocka_unit_test(the_pause_is_bounded),
    };
    return cmocka_run_group_tests_name("strikes", tests, NULL, NULL);
}
