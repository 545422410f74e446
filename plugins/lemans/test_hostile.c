/* Text that nobody means well: nothing may crash, and time may only grow with the text. */
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"

#include "merge.h"
#include "testing.h"

#define MANY 200000

static void survive(void **state, const char *text, size_t len)
{
    struct testing *t = testing_open(state, text, len, 20300301);
    facts_find(testing_story(t));
    facts_merge(testing_story(t));
    testing_close(&t);
}

static void test_empty(void **state)
{
    survive(state, "", 0);
    survive(state, " ", 1);
    survive(state, "\0\0\0", 3);
    survive(state, " date 2030-01-01", 16);
    survive(state, " date 2030-13-45 Le Mans", 24);
}

static void test_invalid(void **state)
{
    static const char bad[] =
        "Le Mans \xff\xfe\xc3 Charles \xe2\x80 Leclerc won \xf0\x9f #\xed\xa0\x80"
        "50 \"\xc2";
    survive(state, bad, sizeof bad - 1);
}

static void test_long_word(void **state)
{
    size_t len = 16u << 20;
    AUTO_FREE char *text = mem_alloc(len);
    memset(text, 'M', len);
    memcpy(text, "Le Mans ", 8);
    survive(state, text, len);
}

static void repeat(struct buf *text, const char *part, size_t n)
{
    buf_clear(text);
    buf_puts(text, "Le Mans. ");
    for (size_t i = 0; i < n; i++)
        buf_puts(text, part);
}

static double seconds(void **state, const struct buf *text)
{
    struct timespec from, to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    survive(state, buf_text(text), text->len);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* Ten times the text takes at most some thirty times as long: far from the square. */
static void test_repeated(void **state)
{
    static const char *const parts[] = {
        "Leclerc ",
        "Charles Leclerc won Le Mans. ",
        "Anna Berg, ",
        "Ann Ben Carl Dora Emil ",
        "would love to ",
        "he said \"I would love to race\" at Le Mans\n",
        "the the the Dane and ",
        "#7 2024 Le Mans Cup, ",
        "\" ",
        "- ",
    };
    AUTO_BUF struct buf text = {0};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        repeat(&text, parts[i], MANY / 100);
        double small = seconds(state, &text);
        repeat(&text, parts[i], MANY / 10);
        double large = seconds(state, &text);
        if (large > 0.5 && large > 30 * small)
            fail_msg("\"%s\": %.3f s, then %.3f s", parts[i], small, large);
    }
}

/* A fixed seed, so that a failure can be repeated. */
static void test_random(void **state)
{
    static const char *const words[] = {"Le",  "Mans", "Charles", "Leclerc", "won",  "the", "#50",
                                        "\"",  ",",    ".",       "\n",      "he",   "not", "2024",
                                        "and", "with", "Ferrari", "would",   "love", "to",  "race"};
    unsigned seed = 7;
    for (int round = 0; round < 300; round++) {
        AUTO_BUF struct buf text = {0};
        for (int i = 0; i < 120; i++) {
            seed = seed * 1103515245u + 12345u;
            buf_printf(&text, "%s%s", words[(seed >> 16) % ARRAY_LEN(words)],
                       seed & 0x800000 ? " " : "");
        }
        survive(state, buf_text(&text), text.len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),     cmocka_unit_test(test_invalid),
        cmocka_unit_test(test_long_word), cmocka_unit_test(test_repeated),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, testing_setup, testing_teardown);
}
