/* Text for people: folded, cleaned, shortened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <tocsin/text.h>

#include "base/mem.h"

static void check_display(const char *text, size_t len, const char *expected)
{
    AUTO_FREE char *got = tocsin_display(text, len);
    assert_string_equal(got, expected);
}

static void check_shorten(const char *text, size_t max_chars, const char *expected)
{
    AUTO_FREE char *got = tocsin_shorten(text, max_chars);
    assert_string_equal(got, expected);
}

static void test_fold(void **state)
{
    (void)state;
    AUTO_FREE char *name = tocsin_fold("  P\u00E9rez-Companc,\tLUIS ", 23);
    assert_string_equal(name, "perez companc luis");
    AUTO_FREE char *empty = tocsin_fold(" - ", 3);
    assert_string_equal(empty, "");
}

static void test_display(void **state)
{
    (void)state;
    check_display("", 0, "");
    check_display("a \t\r\n b\u00A0\u2028c", 13, "a b c");
    check_display("x\x1B[31my\x7Fz\xC2\x9B", 11, "x[31myz");
    check_display("a\u202Eb\u2066c\u200Fd\u061Ce", 16, "abcde");
    check_display("a\xFF"
                  "b\x00"
                  "c\xC3",
                  6, "abc");
    check_display(" kept ", 6, " kept ");
}

static void test_shorten(void **state)
{
    (void)state;
    check_shorten("", 5, "");
    check_shorten("short", 5, "short");
    check_shorten("Leclerc would like to race", 16, "Leclerc would\u2026");
    check_shorten("Donaudampfschifffahrt", 10, "Donaudamp\u2026");
    check_shorten("a Donaudampfschifffahrt", 10, "a Donauda\u2026");
    check_shorten("\u00E9\u00E9\u00E9\u00E9\u00E9\u00E9", 4, "\u00E9\u00E9\u00E9\u2026");
    /* A mark stays with its letter. */
    check_shorten("abce\u0301fgh", 5, "abc\u2026");
    check_shorten("ab", 0, "\u2026");
    check_shorten("\xFF\xFF\xFF\xFF", 2, "\xFF\u2026");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_display),
        cmocka_unit_test(test_shorten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
