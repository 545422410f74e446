/* A receiver's wish to be left alone: it lasts, it ends, a good answer ends it at once. */
#include "quiet.h"

#include "unit.h"

static void it_lasts_as_long_as_was_asked(void **state)
{
    (void)state;
    struct quiet quiet = {0};
    assert_int_equal(quiet_left_ms(&quiet, 5), 0);
    quiet_note(&quiet, 1000, 30000, "HTTP 429");
    assert_int_equal(quiet_left_ms(&quiet, 1000), 30000);
    assert_int_equal(quiet_left_ms(&quiet, 30999), 1);
    assert_string_equal(quiet.reason, "HTTP 429");
    assert_int_equal(quiet_left_ms(&quiet, 31000), 0);
    assert_int_equal(quiet_left_ms(&quiet, 99000), 0);
    quiet_deinit(&quiet);
}

static void the_last_reply_counts(void **state)
{
    (void)state;
    struct quiet quiet = {0};
    quiet_note(&quiet, 0, 30000, "long");
    quiet_note(&quiet, 0, 10, "short");
    assert_int_equal(quiet_left_ms(&quiet, 0), 10);
    quiet_note(&quiet, 0, 0, NULL);
    assert_int_equal(quiet_left_ms(&quiet, 0), 0);
    quiet_deinit(&quiet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_lasts_as_long_as_was_asked),
        cmocka_unit_test(the_last_reply_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
