/* Words: the definition of tocsin/plugin.h, with offsets, over all scripts and over bad bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <tocsin/text.h>

#include "base/buf.h"
#include "lib/test_paths.h"

/* The words of a text as "folded@start-end" joined by spaces. */
static char *words_of(const char *text, size_t len)
{
    struct tocsin_words words;
    tocsin_words_make(text, len, &words);
    struct buf out = {0};
    for (size_t i = 0; i < words.n; i++) {
        const struct tocsin_word *word = &words.words[i];
        buf_printf(&out, "%s%.*s@%u-%u", i ? " " : "", (int)word->folded_len, word->folded,
                   word->start, word->end);
    }
    tocsin_words_free(&words);
    assert_null(words.words);
    return buf_take(&out);
}

static void check(const char *text, const char *expected)
{
    AUTO_FREE char *got = words_of(text, strlen(text));
    assert_string_equal(got, expected);
}

static void test_ascii(void **state)
{
    (void)state;
    check("", "");
    check(" .,-", "");
    check("Le Mans 24h", "le@0-2 mans@3-7 24h@8-11");
    check("a", "a@0-1");
    check("under_score don't", "under@0-5 score@6-11 don@12-15 t@16-17");
}

static void test_folding(void **state)
{
    (void)state;
    check("Stra\u00DFe", "strasse@0-7");
    check("\u00C9t\u00E9", "ete@0-5");
    check("e\u0301t", "et@0-4");
    check("\uFB01n", "fin@0-4");
    check("\u0130x", "ix@0-3");
    check("\u03A3\u03C2", "\u03C3\u03C3@0-4");
    check("\u1E9E", "ss@0-3");
    check("\u2167", "viii@0-3");
    check("\u00BD", "1@0-2 2@0-2");
    check("soft\u00ADhyphen", "soft@0-4 hyphen@6-12");
}

static void test_marks(void **state)
{
    (void)state;
    check("a\u0301\u0302 b", "a@0-5 b@6-7");
    check(" \u0301a", "a@3-4");
    check("a.\u0301b", "a@0-1 b@4-5");
    check("\u0301", "");
    /* The ypogegrammeni folds to a letter and stands behind the other marks. */
    check("\u03B1\u0345\u0301", "\u03B1\u03B9@0-6");
    /* Two marks that stay, in the wrong order: the canonical order puts class 216 first. */
    check("a\u302E\U0001D165", "a\U0001D165\u302E@0-8");
    /* A dropped mark of class 0 holds the order of those around it. */
    check("a\u302E\u0903", "a\u302E\u0903@0-7");
}

static void test_unspaced(void **state)
{
    (void)state;
    check("\u6771\u4EAC 24", "\u6771@0-3 \u4EAC@3-6 24@7-9");
    check("\u304C", "\u304B@0-3");
    check("x\u6771y", "x@0-1 \u6771@1-4 y@4-5");
    check("\u0E40\u0E01\u0E34\u0E21", "\u0E40@0-3 \u0E01@3-9 \u0E21@9-12");
    check("\uFF76\uFF9E", "\u30AB@0-6");
    check("\uAC00\uAC01", "\u1100\u1161\u1100\u1161\u11A8@0-6");
}

static void test_bad_bytes(void **state)
{
    (void)state;
    static const char text[] = "a\xFF"
                               "b\xC3 c\x00"
                               "d\xED\xA0\x80"
                               "e\xE2\x82";
    AUTO_FREE char *got = words_of(text, sizeof(text) - 1);
    assert_string_equal(got, "a@0-1 b@2-3 c@5-6 d@7-8 e@11-12");
}

static void test_growth(void **state)
{
    (void)state;
    /* One character of three bytes that becomes eighteen, and a long run of waiting marks. */
    AUTO_BUF struct buf text = {0};
    for (int i = 0; i < 2000; i++)
        buf_puts(&text, "\uFDFA");
    struct tocsin_words words;
    tocsin_words_make(text.data, text.len, &words);
    assert_int_equal(words.n, 2000 * 3 + 1);
    tocsin_words_free(&words);

    buf_clear(&text);
    buf_puts(&text, "a");
    for (int i = 0; i < 100000; i++)
        buf_puts(&text, i % 2 ? "\u302E" : "\U0001D165");
    tocsin_words_make(text.data, text.len, &words);
    assert_int_equal(words.n, 1);
    assert_int_equal(words.words[0].folded_len, text.len);
    assert_int_equal(words.words[0].end, text.len);
    tocsin_words_free(&words);
}

/* Blocks of 64 bytes: words and other characters across their borders. */
static void test_paths(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "a",      "Z9",     " ",    "-",    "\u00E9",
        "\u0301", "\u6771", "\xFF", "word", "aVeryLongWordThatGoesOn",
        ". ",     "\n",     "{@[`"};
    uint32_t random = 24;
    AUTO_BUF struct buf text = {0};
    for (int round = 0; round < 20000; round++) {
        buf_clear(&text);
        random = random * 1664525u + 1013904223u;
        size_t common = random >> 24 & 1 ? 4 : ARRAY_LEN(pieces);
        for (uint32_t n = random >> 25; n > 0; n--) {
            random = random * 1664525u + 1013904223u;
            buf_puts(&text,
                     pieces[(random >> 16) % (random >> 8 & 7 ? common : ARRAY_LEN(pieces))]);
        }
        assert_true(test_paths_agree(buf_text(&text), text.len));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ascii),     cmocka_unit_test(test_folding),
        cmocka_unit_test(test_marks),     cmocka_unit_test(test_unspaced),
        cmocka_unit_test(test_bad_bytes), cmocka_unit_test(test_growth),
        cmocka_unit_test(test_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
