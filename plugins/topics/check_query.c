/*
 * What the query language makes of a query and a document, for scripts that compare it with
 * something else. Reads lines of three fields in hexadecimal, QUERY TITLE TEXT, a - for an empty
 * one, and answers each with one line:
 *
 *   error OFFSET TEXT
 *   MATCHES CANDIDATE CANON START-END ...   MATCHES and CANDIDATE are 0 or 1; CANON in hexadecimal
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/text.h>

#include "tests/support/hex.h"
#include "topics/evidence.h"
#include "topics/index.h"

#define SEED UINT64_C(0x5EED)

static bool is_candidate(const struct node *query, const struct view *view)
{
    struct index *index = index_new(SEED);
    size_t n;
    index_add(index, query, 0);
    index_finish(index);
    index_candidates(index, view, &n);
    index_free(&index);
    return n == 1;
}

static void print_canon(const struct node *query)
{
    AUTO_BUF struct buf canon = {0};
    query_canon(query, &canon);
    for (size_t i = 0; i < canon.len; i++)
        printf("%02x", (unsigned char)canon.data[i]);
}

static void answer(const struct buf *query_text, const struct buf *title, const struct buf *text)
{
    struct query_error error;
    struct node *query = query_parse(buf_text(query_text), query_text->len, &error);
    if (!query) {
        printf("error %zu %s\n", error.at, error.text);
        return;
    }
    struct tocsin_words words, title_words;
    struct tocsin_spans sentences;
    struct view view = {.seed = SEED};
    tocsin_words_make(buf_text(text), text->len, &words);
    tocsin_words_make(buf_text(title), title->len, &title_words);
    tocsin_sentences_make(buf_text(text), text->len, &words, &sentences);
    wordmap_fill(&view.text, SEED, words.words, words.n);
    wordmap_fill(&view.title, SEED, title_words.words, title_words.n);

    bool matches = eval(query, &view);
    printf("%d %d ", matches, is_candidate(query, &view));
    print_canon(query);
    struct evidence evidence = {.n = 0};
    if (matches)
        evidence_find(query, &view, sentences.spans, sentences.n, &evidence);
    for (size_t i = 0; i < evidence.n; i++)
        printf(" %zu-%zu", evidence.spans[i].start, evidence.spans[i].end);
    putchar('\n');

    wordmap_deinit(&view.text);
    wordmap_deinit(&view.title);
    tocsin_spans_free(&sentences);
    tocsin_words_free(&title_words);
    tocsin_words_free(&words);
    query_free(&query);
}

int main(void)
{
    AUTO_FREE char *line = NULL;
    size_t cap = 0;
    AUTO_BUF struct buf query = {0}, title = {0}, text = {0};
    while (getline(&line, &cap, stdin) > 0) {
        struct buf *const fields[] = {&query, &title, &text};
        char *rest = line;
        for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
            const char *field = strsep(&rest, " \n");
            hex_decode(fields[i], field ? field : "");
        }
        answer(&query, &title, &text);
    }
    return 0;
}
