/* Sentences and paragraphs of prose: wrapped lines, headlines, lists, abbreviations. The rules of
 * UAX #29 themselves are tested with Unicode's data by test_unicode.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <tocsin/text.h>

#include "base/buf.h"

typedef void make_fn(const char *text, size_t len, const struct tocsin_words *words,
                     struct tocsin_spans *spans);

static void check_made(make_fn *make, const char *text, const char *expected)
{
    struct tocsin_words words;
    struct tocsin_spans spans;
    tocsin_words_make(text, strlen(text), &words);
    make(text, strlen(text), &words, &spans);
    AUTO_BUF struct buf out = {0};
    size_t word = 0;
    for (size_t i = 0; i < spans.n; i++) {
        const struct tocsin_span *span = &spans.spans[i];
        buf_puts(&out, i ? "|" : "");
        buf_append(&out, text + span->start, span->end - span->start);
        assert_int_equal(span->first_word, word);
        word = span->end_word;
        if (word > span->first_word) {
            assert_true(words.words[span->first_word].start >= span->start);
            assert_true(words.words[word - 1].end <= span->end);
        }
    }
    assert_int_equal(word, words.n);
    assert_string_equal(buf_text(&out), expected);
    tocsin_spans_free(&spans);
    tocsin_words_free(&words);
}

static void check(const char *text, const char *expected)
{
    check_made(tocsin_sentences_make, text, expected);
}

static void test_plain(void **state)
{
    (void)state;
    check("", "");
    check(" \n ", "");
    check("One. Two? Three!", "One.|Two?|Three!");
    check("He said: \u201CYes.\u201D Then he left.", "He said: \u201CYes.\u201D|Then he left.");
    check("It costs 3.50 euros. Fine.", "It costs 3.50 euros.|Fine.");
    check("\u6771\u4EAC\u3002\u6771\u4EAC\u3002", "\u6771\u4EAC\u3002|\u6771\u4EAC\u3002");
}

static void test_abbreviations(void **state)
{
    (void)state;
    check("Dr. Smith met J. Doe. They spoke.", "Dr. Smith met J. Doe.|They spoke.");
    check("The No. 50 car won. No. It lost.", "The No. 50 car won.|No.|It lost.");
    check("Many, e.g. Ferrari vs. Porsche. Yes.", "Many, e.g. Ferrari vs. Porsche.|Yes.");
    check("Er gewann die 24. Ausgabe am 14. Juni 2025. Danach feierte er.",
          "Er gewann die 24. Ausgabe am 14. Juni 2025.|Danach feierte er.");
    check("He was 24. Then he won.", "He was 24.|Then he won.");
    check("In the U.S. They vote. The U.S. Senate met.",
          "In the U.S.|They vote.|The U.S. Senate met.");
    check("On Dec. 14 it rained. M\u00E4rz. Er kam.", "On Dec. 14 it rained.|M\u00E4rz.|Er kam.");
    check("Am 3. M\u00E4rz kam er. \u00C9. Zola schrieb.",
          "Am 3. M\u00E4rz kam er.|\u00C9. Zola schrieb.");
    check("Averyverylongwordindeed. Next.", "Averyverylongwordindeed.|Next.");
    check("St.", "St.");
}

static void test_wrapped(void **state)
{
    (void)state;
    check("Charles Leclerc would very much like to drive at the race of\n"
          "Le Mans one day. He said so in an interview that appeared on\r\n"
          "Sunday.",
          "Charles Leclerc would very much like to drive at the race of\n"
          "Le Mans one day.|He said so in an interview that appeared on\r\n"
          "Sunday.");
    check("a headline\nin two lines", "a headline\nin two lines");
}

static void test_headlines(void **state)
{
    (void)state;
    check("Leclerc eyes Le Mans\n"
          "Charles Leclerc would very much like to drive at the race of\n"
          "Le Mans one day.",
          "Leclerc eyes Le Mans|"
          "Charles Leclerc would very much like to drive at the race of\n"
          "Le Mans one day.");
    check("Title\n\nText goes on\n \nand ends", "Title|Text goes on|and ends");
    check("First\nSecond\nThird", "First|Second|Third");
    check("They want:\n- a tram\n- a bus that comes every ten minutes\n2. A train\n",
          "They want:|- a tram|- a bus that comes every ten minutes|2.|A train");
    AUTO_BUF struct buf text = {0}, expected = {0};
    for (int i = 0; i < 200; i++) {
        buf_puts(&text, "x ");
        buf_puts(&expected, i ? " x" : "x");
    }
    buf_puts(&text, "\nend");
    buf_puts(&expected, "|end");
    check(buf_text(&text), buf_text(&expected));
}

static void test_paragraphs(void **state)
{
    (void)state;
    check_made(tocsin_paragraphs_make, "", "");
    check_made(tocsin_paragraphs_make, "\n\n a\nb \n\t\nc\r\n\r\n\r\nd", "a\nb|c|d");
}

/* What a single character costs must not grow with the text. */
static void test_hostile(void **state)
{
    (void)state;
    static const char *const parts[] = {"1.", "a\n", ". ", "\u0301", ".\u201D", "A.", "\n"};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        AUTO_BUF struct buf text = {0};
        while (text.len < 1000000)
            buf_puts(&text, parts[i]);
        struct tocsin_words words;
        struct tocsin_spans spans;
        tocsin_words_make(text.data, text.len, &words);
        tocsin_sentences_make(text.data, text.len, &words, &spans);
        for (size_t at = 1; at < spans.n; at++)
            assert_true(spans.spans[at - 1].end <= spans.spans[at].start);
        tocsin_spans_free(&spans);
        tocsin_words_free(&words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),      cmocka_unit_test(test_abbreviations),
        cmocka_unit_test(test_wrapped),    cmocka_unit_test(test_headlines),
        cmocka_unit_test(test_paragraphs), cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
