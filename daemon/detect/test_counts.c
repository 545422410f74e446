/* How long detection took, by classes. */
#include "unit.h"

#include "detect/inside.h"

static void each_time_is_in_the_first_class_that_holds_it(void **state)
{
    (void)state;
    struct detect_counts counts = {0};
    counts_took(&counts, 0);
    counts_took(&counts, 100);
    counts_took(&counts, 101);
    counts_took(&counts, 10000000);
    counts_took(&counts, 10000001);
    counts_took(&counts, UINT64_C(1) << 40);
    assert_int_equal(counts.took[0], 2);
    assert_int_equal(counts.took[1], 1);
    assert_int_equal(counts.took[DETECT_N_BOUNDS - 1], 1);
    assert_int_equal(counts.took[DETECT_N_BOUNDS], 2);
    assert_int_equal(counts.took_us, 20000202 + (UINT64_C(1) << 40));
}

static void the_classes_grow(void **state)
{
    (void)state;
    for (size_t i = 1; i < DETECT_N_BOUNDS; i++)
        assert_true(detect_bounds_us[i] > detect_bounds_us[i - 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_time_is_in_the_first_class_that_holds_it),
        cmocka_unit_test(the_classes_grow),
    };
    return cmocka_run_group_tests_name("counts", tests, NULL, NULL);
}
