/* Libraries that are opened when they are needed, by the C library, which is always there. */
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/library.h"

#define FUNCTIONS(F) F(strlen) F(labs)
struct functions {
    FUNCTIONS(LIBRARY_MEMBER)
};
static const char *const names[] = {FUNCTIONS(LIBRARY_NAME)};

static void functions_are_found(void **state)
{
    (void)state;
    struct functions functions = {0};
    struct err err;
    assert_int_equal(library_open("libc.so.6", names, ARRAY_LEN(names), &functions, &err), 0);
    assert_int_equal(functions.strlen("four"), 4);
    assert_int_equal(functions.labs(-5), 5);
    /* Then it is open, whatever is asked for. */
    assert_int_equal(library_open("libnone.so.0", names, ARRAY_LEN(names), &functions, &err), 0);
}

static void what_is_missing_is_named_and_nothing_is_set(void **state)
{
    (void)state;
    static const char *const odd[] = {"strlen", "strlenofnothing"};
    struct functions functions = {0}, none = {0};
    struct err err;
    assert_int_equal(library_open("libnone.so.0", names, ARRAY_LEN(names), &functions, &err), -1);
    assert_non_null(strstr(err.text, "libnone.so.0"));
    assert_int_equal(library_open("libc.so.6", odd, ARRAY_LEN(odd), &functions, &err), -1);
    assert_string_equal(err.text, "libc.so.6 has no strlenofnothing");
    assert_memory_equal(&functions, &none, sizeof(none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_found),
        cmocka_unit_test(what_is_missing_is_named_and_nothing_is_set),
    };
    return cmocka_run_group_tests_name("library", tests, NULL, NULL);
}
