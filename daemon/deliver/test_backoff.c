/* Back-off: doubles, is bounded, is spread. */
#include "deliver/backoff.h"

#include "unit.h"

#define MIDDLE (UINT32_MAX / 2)

static void doubles_up_to_the_bound(void **state)
{
    (void)state;
    assert_in_range(backoff_delay_ms(1000, 60000, 1, MIDDLE), 999, 1001);
    assert_in_range(backoff_delay_ms(1000, 60000, 2, MIDDLE), 1999, 2001);
    assert_in_range(backoff_delay_ms(1000, 60000, 5, MIDDLE), 15999, 16001);
    assert_in_range(backoff_delay_ms(1000, 60000, 50, MIDDLE), 59999, 60001);
    assert_in_range(backoff_delay_ms(1000, 60000, INT64_MAX, MIDDLE), 59999, 60001);
}

static void is_spread_by_a_fifth(void **state)
{
    (void)state;
    assert_in_range(backoff_delay_ms(1000, 60000, 1, 0), 799, 801);
    assert_in_range(backoff_delay_ms(1000, 60000, 1, UINT32_MAX), 1199, 1201);
}

static void is_never_nothing(void **state)
{
    (void)state;
    assert_int_equal(backoff_delay_ms(0, 0, 1, 0), 1);
    assert_int_equal(backoff_delay_ms(1, 1, 3, 0), 1);
    assert_in_range(backoff_delay_ms(5000, 1000, 1, MIDDLE), 999, 1001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_up_to_the_bound),
        cmocka_unit_test(is_spread_by_a_fifth),
        cmocka_unit_test(is_never_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
