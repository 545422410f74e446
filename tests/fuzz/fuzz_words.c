/*
 * Any bytes as text: words, sentences, paragraphs, folding, showing, shortening, differences. Each
 * result must keep the promises of tocsin/text.h.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/text.h>
#include <utf8proc.h>

#include "lib/test_paths.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool is_utf8(const char *text, size_t len)
{
    utf8proc_int32_t c;
    while (len) {
        utf8proc_ssize_t n =
            utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &c);
        if (n <= 0)
            return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

static void check_words(const struct tocsin_words *words, size_t len)
{
    for (size_t i = 0; i < words->n; i++) {
        const struct tocsin_word *word = &words->words[i];
        require(word->folded_len > 0);
        require(is_utf8(word->folded, word->folded_len));
        require(word->start < word->end && word->end <= len);
        require(!i || word->start >= words->words[i - 1].start);
    }
}

/* Every word is in just one span. */
static void check_spans(const struct tocsin_spans *spans, const struct tocsin_words *words,
                        size_t len)
{
    uint32_t end = 0, word = 0;
    for (size_t i = 0; i < spans->n; i++) {
        const struct tocsin_span *span = &spans->spans[i];
        require(span->start >= end && span->start < span->end && span->end <= len);
        require(span->first_word == word && span->end_word >= word);
        end = span->end;
        word = span->end_word;
    }
    require(word == words->n);
}

/* Nothing is left to be folded; but marks between which one was dropped can meet, and are put in
 * their order when that is done once more. */
static void check_folded(const char *text, size_t len)
{
    char *folded = tocsin_fold(text, len);
    char *again = tocsin_fold(folded, strlen(folded));
    char *at_last = tocsin_fold(again, strlen(again));
    require(strlen(again) == strlen(folded) && !strcmp(again, at_last));
    free(folded);
    free(again);
    free(at_last);
}

static void check_shown(const char *text, size_t len)
{
    char *shown = tocsin_display(text, len);
    char *shorter = tocsin_shorten(shown, 20);
    require(is_utf8(shown, strlen(shown)) && is_utf8(shorter, strlen(shorter)));
    free(shown);
    free(shorter);
}

static void check_diff(const char *text, size_t len)
{
    struct tocsin_spans added;
    tocsin_diff_added(text, len, text, len, &added);
    require(added.n == 0);
    tocsin_spans_free(&added);
    size_t half = len / 2;
    tocsin_diff_added(text, half, text + half, len - half, &added);
    for (size_t i = 0; i < added.n; i++)
        require(added.spans[i].start < added.spans[i].end && added.spans[i].end <= len - half &&
                (!i || added.spans[i].start >= added.spans[i - 1].end));
    tocsin_spans_free(&added);
}

/* Names are in order, of words with text between them, and have no more parts than words. */
static void check_names(const char *text, const struct tocsin_words *words)
{
    struct tocsin_names names;
    tocsin_names_make(text, words->words, words->n, NULL, NULL, &names);
    for (size_t i = 0; i < names.n; i++) {
        const struct tocsin_name *name = &names.names[i];
        require(name->first < name->end && name->end <= words->n && name->parts >= 1 &&
                name->parts <= name->end - name->first &&
                (!i || name->first >= names.names[i - 1].end));
    }
    tocsin_names_free(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct tocsin_words words;
    struct tocsin_spans spans;
    tocsin_words_make(text, size, &words);
    check_words(&words, size);
    check_names(text, &words);
    require(test_paths_agree(text, size));
    tocsin_sentences_make(text, size, &words, &spans);
    check_spans(&spans, &words, size);
    tocsin_spans_free(&spans);
    tocsin_paragraphs_make(text, size, &words, &spans);
    check_spans(&spans, &words, size);
    tocsin_spans_free(&spans);
    tocsin_words_free(&words);
    check_shown(text, size);
    check_folded(text, size);
    check_diff(text, size);
    return 0;
}
