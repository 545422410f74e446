/*
 * A query, a newline, a document. What is parsed must come back from its canonical form as the
 * same; what matches must be a candidate of the index and have evidence within the text; both the
 * error and the explanation of anything can be printed.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/text.h>

#include "topics/evidence.h"
#include "topics/explain.h"
#include "topics/index.h"

#define SEED UINT64_C(1)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_canon(const struct node *query)
{
    struct query_error error;
    struct buf canon = {0}, again = {0};
    query_canon(query, &canon);
    /* Writing AND out and folding can make a query longer than is allowed. */
    if (canon.len <= QUERY_MAX_BYTES) {
        struct node *parsed = query_parse(buf_text(&canon), canon.len, &error);
        require(parsed != NULL);
        query_canon(parsed, &again);
        require(canon.len == again.len && !memcmp(canon.data, again.data, canon.len));
        query_free(&parsed);
    }
    buf_deinit(&canon);
    buf_deinit(&again);
}

static void check_match(const struct node *query, const struct view *view, const char *text,
                        size_t len, const struct tocsin_spans *sentences)
{
    struct index *index = index_new(SEED);
    struct evidence evidence;
    size_t n;
    index_add(index, query, 0);
    index_finish(index);
    index_candidates(index, view, &n);
    require(n == 1);
    index_free(&index);
    evidence_find(query, view, sentences->spans, sentences->n, &evidence);
    require(evidence.n > 0 || !sentences->n);
    for (size_t i = 0; i < evidence.n; i++)
        require(evidence.spans[i].start < evidence.spans[i].end && evidence.spans[i].end <= len &&
                text);
}

static void say(void *arg, int depth, bool holds, const char *part, const char *why)
{
    (void)holds;
    require(depth >= 0 && part[0] && why[0]);
    ++*(size_t *)arg;
}

static void check_document(const struct node *query, const char *text, size_t len)
{
    struct tocsin_words words;
    struct tocsin_spans sentences;
    struct view view = {.seed = SEED};
    size_t parts = 0;
    tocsin_words_make(text, len, &words);
    tocsin_sentences_make(text, len, &words, &sentences);
    wordmap_fill(&view.text, SEED, words.words, words.n);
    size_t n_title = sentences.n ? sentences.spans[0].end_word : 0;
    wordmap_fill(&view.title, SEED, words.words, n_title);
    if (eval(query, &view))
        check_match(query, &view, text, len, &sentences);
    explain_query(query, &view, text, text, say, &parts);
    require(parts > 0);
    wordmap_deinit(&view.text);
    wordmap_deinit(&view.title);
    tocsin_spans_free(&sentences);
    tocsin_words_free(&words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
    size_t len = newline ? (size_t)(newline - data) : size;
    struct query_error error = {0};
    struct node *query = query_parse((const char *)data, len, &error);
    if (!query) {
        struct buf shown = {0};
        require(error.at <= len && error.text[0] && error.hint[0]);
        query_error_print((const char *)data, len, &error, &shown);
        buf_deinit(&shown);
        return 0;
    }
    check_canon(query);
    size_t text_len = newline ? size - len - 1 : 0;
    char *text = mem_strndup(newline ? (const char *)newline + 1 : "", text_len);
    check_document(query, text, text_len);
    free(text);
    query_free(&query);
    return 0;
}
