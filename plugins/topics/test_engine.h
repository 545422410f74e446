/* A document as one query sees it, made from plain text: for the tests of this folder. */
#ifndef TOCSIN_TOPICS_TEST_ENGINE_H
#define TOCSIN_TOPICS_TEST_ENGINE_H

#include <string.h>

#include "topics/build.h"
#include "topics/engine.h"

#define TEST_SEED UINT64_C(24)

/* Any number of queries, and one document. */
struct test_engine {
    struct buf bytes;
    struct image image;
    struct engine engine;
    struct tocsin_words words;
    struct view_document document;
};

/* The query must be a good one. */
static inline struct node *test_query(const char *query)
{
    struct query_error error = {0};
    struct node *node = query_parse(query, strlen(query), "en", NULL, &error);
    if (!node)
        fail_msg("%s: %s", query, error.text);
    return node;
}

static inline void test_engine_init(struct test_engine *test, const char *const *queries, size_t n,
                                    const struct topic_word_list *list)
{
    struct build *build = build_new(TEST_SEED);
    struct query_error error = {0};
    struct err err;
    double cost;
    *test = (struct test_engine){.bytes = {0}};
    if (list)
        build_list(build, list);
    build_piece(build, &(struct piece){.path = "test"});
    for (size_t i = 0; i < n; i++) {
        char *labels[] = {NULL};
        struct topic topic = {.name = (char *)(uintptr_t)queries[i], .labels = labels};
        topic.query = test_query(queries[i]);
        assert_int_equal(build_topic(build, &topic, &cost, &error), 0);
        query_free(&topic.query);
    }
    assert_int_equal(build_finish(build, &test->bytes, &err), 0);
    assert_int_equal(image_open(&test->image, test->bytes.data, test->bytes.len, &err), 0);
    build_free(&build);
    assert_int_equal(engine_init(&test->engine, &test->image, &err), 0);
}

static inline void test_engine_see(struct test_engine *test, const char *title, const char *text)
{
    tocsin_words_free(&test->words);
    tocsin_words_make(text, strlen(text), &test->words);
    test->document = (struct view_document){.text = text,
                                            .len = strlen(text),
                                            .words = test->words.words,
                                            .n_words = test->words.n,
                                            .title = title,
                                            .path = "news/le-mans.txt",
                                            .source = "seeds",
                                            .type = "text/plain",
                                            .date = 20250601,
                                            .today = 20250615,
                                            .all_is_new = true};
    engine_set(&test->engine, &test->document);
}

static inline void test_engine_deinit(struct test_engine *test)
{
    engine_deinit(&test->engine);
    tocsin_words_free(&test->words);
    buf_deinit(&test->bytes);
}

#endif
