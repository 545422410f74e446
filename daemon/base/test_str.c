/* Durations, sizes, dates and near misses: exact values, limits, and what must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"

static void test_durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
        const char *shortest;
    } good[] = {
        {"0", 0, "0"},
        {"500ms", 500, "500ms"},
        {"90s", 90000, "1m30s"},
        {"1h30m", 5400000, "1h30m"},
        {"2d", 172800000, "2d"},
        {"2w", 1209600000, "14d"},
        {"1w1ms", 604800001, "7d1ms"},
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        int64_t ms = -1;
        assert_true(str_duration_parse(good[i].text, &ms));
        assert_int_equal(ms, good[i].ms);
        char out[48];
        str_duration_format(ms, out, sizeof(out));
        assert_string_equal(out, good[i].shortest);
    }
    static const char *const bad[] = {"",
                                      "5",
                                      "ms",
                                      "5 s",
                                      "-5s",
                                      "30m1h",
                                      "1h1h",
                                      "1.5h",
                                      "5sec",
                                      "s5",
                                      "1h30",
                                      "99999999999999999999s",
                                      "9223372036854775807w"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        int64_t ms;
        assert_false(str_duration_parse(bad[i], &ms));
    }
}

static void test_sizes(void **state)
{
    (void)state;
    int64_t bytes;
    assert_true(str_size_parse("512", &bytes) && bytes == 512);
    assert_true(str_size_parse("16M", &bytes) && bytes == 16 << 20);
    assert_true(str_size_parse("1T", &bytes) && bytes == 1LL << 40);
    assert_false(str_size_parse("16MB", &bytes));
    assert_false(str_size_parse("M", &bytes));
    assert_false(str_size_parse("8388608T", &bytes));
    char out[48];
    str_size_format(1536, out, sizeof(out));
    assert_string_equal(out, "1536");
    str_size_format(64 << 10, out, sizeof(out));
    assert_string_equal(out, "64K");
}

static void test_dates(void **state)
{
    (void)state;
    int32_t date = 0;
    assert_true(str_date_parse("2024-02-29", 10, &date));
    assert_int_equal(date, 20240229);
    static const char *const bad[] = {"2023-02-29", "1900-02-29", "2024-13-01",
                                      "2024-00-10", "2024-04-31", "0000-01-01",
                                      "2024-1-011", "2024/01/01", "2024-01-0a"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(str_date_parse(bad[i], strlen(bad[i]), &date));
    assert_false(str_date_parse("2024-01-011", 11, &date));
    char out[32];
    str_date_format(20240229, out, sizeof(out));
    assert_string_equal(out, "2024-02-29");
    str_date_format(0, out, sizeof(out));
    assert_string_equal(out, "");
    assert_int_equal(str_date_from_ms(0), 19700101);
    assert_int_equal(str_date_from_ms(-1), 19691231);
    assert_int_equal(str_date_from_ms(951782400000), 20000229);
    str_time_format(951782400123, out, sizeof(out));
    assert_string_equal(out, "2000-02-29T00:00:00.123Z");
    str_time_format(-1, out, sizeof(out));
    assert_string_equal(out, "1969-12-31T23:59:59.999Z");
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"recursive", "include", "exclude", "settle"};
    assert_string_equal(str_nearest("recursvie", names, 4), "recursive");
    assert_string_equal(str_nearest("exlude", names, 4), "exclude");
    assert_null(str_nearest("colour", names, 4));
    assert_null(str_nearest("x", names, 4));
    char longest[100];
    memset(longest, 'a', sizeof(longest) - 1);
    longest[99] = '\0';
    assert_null(str_nearest(longest, names, 4));
}

static void test_words(void **state)
{
    (void)state;
    bool yes = false;
    int64_t n = 0;
    assert_true(str_bool_parse("Yes", &yes) && yes);
    assert_true(str_bool_parse("off", &yes) && !yes);
    assert_false(str_bool_parse("maybe", &yes));
    assert_true(str_int_parse("-12", &n) && n == -12);
    assert_false(str_int_parse("12x", &n));
    assert_false(str_int_parse("", &n));
    assert_true(str_starts("tocsin", "toc") && !str_starts("to", "toc"));
    assert_true(str_ends("a.yaml", ".yaml") && !str_ends("l", ".yaml"));
    assert_true(str_equal(NULL, NULL) && !str_equal("a", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations), cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_dates),     cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
