/* Quotes: the sentence, the mark in it, the cut, joined evidence, whole characters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "host/quote.h"

#define ELLIPSIS "\xE2\x80\xA6"

static struct tocsin_document document_of(const char *text)
{
    return (struct tocsin_document){
        .text = text, .len = strlen(text), .title = "", .date = 20240101};
}

static struct ipc_quotes quotes_of(struct tocsin_document *document,
                                   const struct tocsin_evidence *evidence, size_t n)
{
    struct tocsin_finding finding = {.evidence = (struct tocsin_evidence *)(uintptr_t)evidence,
                                     .n_evidence = n};
    return quotes_make(document, &finding);
}

/* The marked part of a quote is the evidence itself. */
static void assert_marks(const struct ipc_quotes *quotes, const char *text)
{
    for (uint32_t i = 0; i < quotes->n; i++) {
        const struct ipc_quote *quote = &quotes->items[i];
        assert_true(quote->mark_end <= strlen(quote->quote));
        assert_memory_equal(quote->quote + quote->mark_start, text + quote->start,
                            quote->mark_end - quote->mark_start);
    }
}

static struct tocsin_evidence find(const char *text, const char *part)
{
    const char *at = strstr(text, part);
    assert_non_null(at);
    return (struct tocsin_evidence){(size_t)(at - text), (size_t)(at - text) + strlen(part)};
}

static void test_the_sentence_around(void **state)
{
    (void)state;
    const char *text = "First one. Leclerc would love to\nwin Le Mans one day. The last one.";
    struct tocsin_document document = document_of(text);
    struct tocsin_evidence evidence[] = {find(text, "Leclerc"), find(text, "day. The")};
    struct ipc_quotes quotes = quotes_of(&document, evidence, 2);
    assert_int_equal(quotes.n, 2);
    assert_string_equal(quotes.items[0].quote, "Leclerc would love to win Le Mans one day.");
    assert_int_equal(quotes.items[0].mark_start, 0);
    assert_int_equal(quotes.items[0].mark_end, 7);
    assert_string_equal(quotes.items[1].quote,
                        "Leclerc would love to win Le Mans one day. The last one.");
    assert_marks(&quotes, text);
    quotes_free(&quotes);
    tocsin_host_document_deinit(&document);
}

static void test_neighbours_are_one(void **state)
{
    (void)state;
    const char *text = "They won the 24 Hours of Le Mans again.";
    struct tocsin_document document = document_of(text);
    struct tocsin_evidence evidence[] = {find(text, "24"), find(text, "Hours"), find(text, "Le"),
                                         find(text, "e Mans"), find(text, "won")};
    struct ipc_quotes quotes = quotes_of(&document, evidence, 5);
    assert_int_equal(quotes.n, 3);
    assert_int_equal(quotes.items[0].end - quotes.items[0].start, strlen("24 Hours"));
    assert_int_equal(quotes.items[1].end - quotes.items[1].start, strlen("Le Mans"));
    assert_marks(&quotes, text);
    quotes_free(&quotes);
    tocsin_host_document_deinit(&document);
}

static void test_long_sentences_are_cut_around_the_mark(void **state)
{
    (void)state;
    AUTO_BUF struct buf text = {0};
    for (int i = 0; i < 200; i++)
        buf_puts(&text, i == 100 ? "NEEDLE " : "\xC3\xA9t\xC3\xA9 ");
    struct tocsin_document document = document_of(text.data);
    struct tocsin_evidence evidence = find(text.data, "NEEDLE");
    struct ipc_quotes quotes = quotes_of(&document, &evidence, 1);
    const char *quote = quotes.items[0].quote;
    assert_true(strlen(quote) <= QUOTE_MAX_BYTES + 2 * strlen(ELLIPSIS));
    assert_true(strlen(quote) > QUOTE_MAX_BYTES / 2);
    assert_memory_equal(quote, ELLIPSIS "\xC3\xA9", 5);
    assert_string_equal(quote + strlen(quote) - 5, "\xC3\xA9" ELLIPSIS);
    assert_marks(&quotes, text.data);
    assert_int_equal(quotes.items[0].mark_end - quotes.items[0].mark_start, 6);
    quotes_free(&quotes);
    tocsin_host_document_deinit(&document);
}

/* Any span of any text gives a quote of whole characters that holds its mark. */
static void test_every_span_of_an_odd_text(void **state)
{
    (void)state;
    AUTO_BUF struct buf text = {0};
    for (int i = 0; i < 40; i++)
        buf_puts(&text, i % 7 ? "\xF0\x9F\x98\x80\xE2\x82\xAC\xC3\xA9x" : ". \n\n A");
    struct tocsin_document document = document_of(text.data);
    for (size_t start = 0; start < text.len; start += 3) {
        for (size_t end = start + 1; end <= text.len; end += 17) {
            struct tocsin_evidence evidence = {start, end};
            struct ipc_quotes quotes = quotes_of(&document, &evidence, 1);
            const struct ipc_quote *quote = &quotes.items[0];
            size_t len = strlen(quote->quote), cut = 0;
            AUTO_FREE char *clean = tocsin_host_clean(quote->quote, len, &cut);
            assert_string_equal(clean, quote->quote);
            assert_int_equal(cut, 0);
            assert_true(quote->start <= start && quote->end >= end);
            assert_true(quote->mark_start < quote->mark_end && quote->mark_end <= len);
            assert_true(len <= QUOTE_MAX_BYTES + 2 * strlen(ELLIPSIS));
            quotes_free(&quotes);
        }
    }
    tocsin_host_document_deinit(&document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sentence_around),
        cmocka_unit_test(test_neighbours_are_one),
        cmocka_unit_test(test_long_sentences_are_cut_around_the_mark),
        cmocka_unit_test(test_every_span_of_an_odd_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
