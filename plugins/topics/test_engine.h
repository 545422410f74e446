/* A document as queries see it, made from plain text: for the tests of this folder. */
#ifndef TOCSIN_TOPICS_TEST_ENGINE_H
#define TOCSIN_TOPICS_TEST_ENGINE_H

#include <string.h>
#include <tocsin/text.h>

#include "topics/eval.h"

#define TEST_SEED UINT64_C(24)

struct test_document {
    const char *text, *title;
    struct tocsin_words words, title_words;
    struct tocsin_spans sentences;
    struct view view;
};

static inline void test_document_init(struct test_document *document, const char *title,
                                      const char *text)
{
    *document = (struct test_document){.text = text, .title = title};
    tocsin_words_make(text, strlen(text), &document->words);
    tocsin_words_make(title, strlen(title), &document->title_words);
    tocsin_sentences_make(text, strlen(text), &document->words, &document->sentences);
    document->view.seed = TEST_SEED;
    wordmap_fill(&document->view.text, TEST_SEED, document->words.words, document->words.n);
    wordmap_fill(&document->view.title, TEST_SEED, document->title_words.words,
                 document->title_words.n);
}

static inline void test_document_deinit(struct test_document *document)
{
    wordmap_deinit(&document->view.text);
    wordmap_deinit(&document->view.title);
    tocsin_spans_free(&document->sentences);
    tocsin_words_free(&document->title_words);
    tocsin_words_free(&document->words);
}

/* The query must be a good one. */
static inline struct node *test_query(const char *query)
{
    struct query_error error;
    struct node *node = query_parse(query, strlen(query), &error);
    if (!node)
        fail_msg("%s: %s", query, error.text);
    return node;
}

#endif
