/* The index: under which words queries are filed, and which ones a document brings up. Also the map
 * of words and the nearest words, on which it and the explanations stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "topics/index.h"
#include "topics/nearest.h"
#include "topics/test_engine.h"

static void check_keys(const char *query, const char *expected)
{
    struct node *node = test_query(query);
    AUTO_BUF struct buf keys = {0};
    index_keys(node, &keys);
    assert_string_equal(buf_text(&keys), expected);
    query_free(&node);
}

static void test_keys(void **state)
{
    (void)state;
    check_keys("a leclerc", "leclerc");
    check_keys("a OR leclerc", "a, leclerc");
    check_keys("\"the harbour bridge\"", "the harbour");
    check_keys("leclerc \"le mans\" -\"pit stop\"", "leclerc");
    check_keys("(a OR b) leclerc", "leclerc");
    check_keys("entr*", "entr*");
    check_keys("\"le entr*\"", "le");
    check_keys("entr* race", "race");
    check_keys("NOT (-leclerc OR -a)", "leclerc");
    check_keys("NOT (-leclerc -a)", "leclerc, a");
    check_keys("title:leclerc", "leclerc");
}

static void test_candidates(void **state)
{
    (void)state;
    static const char *const queries[] = {"gasly",           "\"le mans\"",     "ente*",
                                          "title:eyes",      "leclerc OR race", "\"mans le\"",
                                          "porsche* OR june"};
    struct index *index = index_new(TEST_SEED);
    for (uint32_t i = 0; i < ARRAY_LEN(queries); i++) {
        struct node *node = test_query(queries[i]);
        index_add(index, node, i);
        query_free(&node);
    }
    index_finish(index);
    struct test_document document;
    test_document_init(&document, "Eyes", "Leclerc enters the race, the race at Le Mans");
    static const uint32_t expected[] = {1, 2, 3, 4};
    for (int round = 0; round < 3; round++) {
        size_t n;
        const uint32_t *found = index_candidates(index, &document.view, &n);
        assert_int_equal(n, ARRAY_LEN(expected));
        assert_memory_equal(found, expected, sizeof(expected));
    }
    test_document_deinit(&document);
    index_free(&index);
    assert_null(index);
}

static void test_empty(void **state)
{
    (void)state;
    struct index *index = index_new(TEST_SEED);
    index_finish(index);
    struct test_document document;
    size_t n;
    test_document_init(&document, "", "");
    index_candidates(index, &document.view, &n);
    assert_int_equal(n, 0);
    assert_int_equal(wordmap_first(&document.view.text, 1, "a", 1), WORDMAP_NONE);
    test_document_deinit(&document);
    index_free(&index);
}

static void test_wordmap(void **state)
{
    (void)state;
    struct test_document document;
    test_document_init(&document, "", "b a b c a b");
    const struct wordmap *map = &document.view.text;
    assert_int_equal(map->n_distinct, 3);
    uint32_t at = wordmap_first(map, word_hash(TEST_SEED, "b", 1), "b", 1);
    assert_int_equal(at, 0);
    assert_int_equal(at = map->next[at], 2);
    assert_int_equal(at = map->next[at], 5);
    assert_int_equal(map->next[at], WORDMAP_NONE);
    assert_int_equal(wordmap_first(map, word_hash(TEST_SEED, "d", 1), "d", 1), WORDMAP_NONE);
    test_document_deinit(&document);
}

static void check_nearest(const char *word, const char *expected)
{
    struct test_document document;
    test_document_init(&document, "",
                       "entries entry enter leclerc laclerc lelcerc a of \u043C\u0438\u0440");
    uint32_t places[NEAREST_MAX];
    size_t n = nearest_words(&document.view.text, word, strlen(word), places);
    AUTO_BUF struct buf out = {0};
    for (size_t i = 0; i < n; i++) {
        const struct tocsin_word *found = &document.words.words[places[i]];
        buf_printf(&out, "%s%.*s", i ? " " : "", (int)found->folded_len, found->folded);
    }
    assert_string_equal(buf_text(&out), expected);
    test_document_deinit(&document);
}

static void test_nearest(void **state)
{
    (void)state;
    check_nearest("leclerk", "leclerc laclerc lelcerc");
    check_nearest("entrys", "entry entries");
    check_nearest("entr", "entries entry enter");
    check_nearest("mirr", "");
    check_nearest("entry", "enter"); /* not itself */
    check_nearest("\u043C\u0438\u0432", "\u043C\u0438\u0440");
    check_nearest("on", "");
    check_nearest("porsche", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),    cmocka_unit_test(test_candidates),
        cmocka_unit_test(test_empty),   cmocka_unit_test(test_wordmap),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
