/* What is new in a text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <tocsin/text.h>

#include "base/buf.h"

static void check(const char *before, const char *now, const char *expected)
{
    struct tocsin_spans added;
    tocsin_diff_added(before, strlen(before), now, strlen(now), &added);
    AUTO_BUF struct buf out = {0};
    for (size_t i = 0; i < added.n; i++) {
        buf_puts(&out, i ? "|" : "");
        buf_append(&out, now + added.spans[i].start, added.spans[i].end - added.spans[i].start);
    }
    assert_string_equal(buf_text(&out), expected);
    tocsin_spans_free(&added);
}

static void test_nothing_new(void **state)
{
    (void)state;
    check("", "", "");
    check("One. Two.", "Two. One.", "");
    check("One. Two.", "One.", "");
    check("One  two\tthree. Four.", " One two three.\n\n\nFour. ", "");
    check("Charles Leclerc would very much like to drive at the race of\nLe Mans one day.",
          "Charles Leclerc would very much like to drive\nat the race of Le Mans one day.", "");
}

static void test_sentences(void **state)
{
    (void)state;
    check("", "All is new. Really.", "All is new. Really.");
    check("One. Two.", "One. New. Two.", "New.");
    check("One. Two.", "One. New. Newer. Two. Last.", "New. Newer.|Last.");
    check("He may race.", "He will race.", "He will race.");
}

static void test_lines(void **state)
{
    (void)state;
    check("10:00 up\n10:05 down\n", "10:00 up\n10:05 down\n10:10 up\n", "10:10 up");
    check("Alpha\nBeta\nGamma", "Alpha\nDelta\nGamma", "Delta");
    /* No full stops: one sentence to the rules, but a line alone is new. */
    check("a list of things that goes on for quite a while\nand on and on\n",
          "a list of things that goes on for quite a while\nand on and on\nand one more\n",
          "and one more");
}

static void test_bad_bytes(void **state)
{
    (void)state;
    check("a\xFF.", "a\xFF. B\xFE.", "B\xFE.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_new),
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_bad_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
