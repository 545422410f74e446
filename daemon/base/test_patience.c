/* A call that ends in time, and one that is left behind and ends later. */
#include "base/patience.h"

#include <unistd.h>

#include "tests/support/unit.h"

struct call {
    int asked[2], ended[2]; /* pipes */
    char byte;
};

static void run(void *arg)
{
    struct call *call = arg;
    if (read(call->asked[0], &call->byte, 1) != 1)
        call->byte = '\0';
}

static void end(void *arg)
{
    const struct call *call = arg;
    if (write(call->ended[1], &call->byte, 1) != 1)
        _exit(1);
}

static int set_up(void **state)
{
    static struct call call;
    *state = &call;
    return pipe(call.asked) | pipe(call.ended);
}

static int tear_down(void **state)
{
    const struct call *call = *state;
    return close(call->asked[0]) | close(call->asked[1]) | close(call->ended[0]) |
           close(call->ended[1]);
}

static void what_ends_in_time_is_the_callers(void **state)
{
    struct call *call = *state;
    assert_int_equal(write(call->asked[1], "a", 1), 1);
    assert_true(patience_run(60000, run, end, call));
    assert_int_equal(call->byte, 'a');
}

static void what_hangs_is_left_behind(void **state)
{
    struct call *call = *state;
    char byte = '\0';
    assert_false(patience_run(10, run, end, call));
    assert_int_equal(write(call->asked[1], "b", 1), 1);
    assert_int_equal(read(call->ended[0], &byte, 1), 1); /* its end */
    assert_int_equal(byte, 'b');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_ends_in_time_is_the_callers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_hangs_is_left_behind, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
