/* The engine: under what queries are filed, and which ones a document brings up. Also the nearest
 * words, on which explanations stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "topics/keys.h"
#include "topics/nearest.h"
#include "topics/test_engine.h"

static void check_keys(const char *query, const char *expected)
{
    struct node *node = test_query(query);
    AUTO_BUF struct buf keys = {0};
    keys_print(node, &keys);
    assert_string_equal(buf_text(&keys), expected);
    query_free(&node);
}

static void test_keys(void **state)
{
    (void)state;
    check_keys("the leclerc", "leclerc");
    check_keys("the OR leclerc", "the, leclerc");
    check_keys("\"the harbour bridge\"", "harbour bridge");
    check_keys("\"of the\"~5 leclerc", "leclerc");
    check_keys("leclerc \"harbour mans\" -\"pit stop\"", "harbour mans");
    check_keys("(the OR leclerc) gasly", "gasly");
    check_keys("entr* OR porsche", "entr*, porsche");
    check_keys("entr* leclerc", "leclerc");
    check_keys("NOT (-leclerc OR -the)", "leclerc");
    check_keys("NOT (-leclerc -the)", "leclerc, the");
    check_keys("title:leclerc", "leclerc");
    check_keys("2 OF (leclerc, the, gasly)", "leclerc, gasly");
    check_keys("3 OF (leclerc, the, \"porsche gasly\")", "porsche gasly");
    check_keys("SENTENCE(the leclerc) NOT gasly", "leclerc");
    check_keys("the NEAR/5 leclerc", "leclerc");
    check_keys("=Leclerc", "leclerc");
    check_keys("path:leclerc", "every document");
    check_keys("@drivers the", "@drivers");
}

static void test_candidates(void **state)
{
    (void)state;
    static const char *const queries[] = {
        "gasly",       "\"le mans\"",      "ente*",    "title:eyes", "leclerc OR race",
        "\"mans le\"", "porsche* OR june", "=Leclerc", "=LECLERC",   "lecklerc~1",
        "path:mans"};
    static const uint32_t expected[] = {1, 2, 3, 4, 7, 8, 9, 10},
                          matches[] = {1, 2, 3, 4, 7, 9, 10};
    struct test_engine test;
    test_engine_init(&test, queries, ARRAY_LEN(queries), NULL);
    for (int round = 0; round < 3; round++) {
        size_t n;
        test_engine_see(&test, "Eyes", "Leclerc enters the race, the race at Le Mans");
        const uint32_t *found = engine_candidates(&test.engine, &n);
        assert_int_equal(n, ARRAY_LEN(expected));
        assert_memory_equal(found, expected, sizeof(expected));
        found = engine_matches(&test.engine, &n);
        assert_int_equal(n, ARRAY_LEN(matches));
        assert_memory_equal(found, matches, sizeof(matches));
        test_engine_see(&test, "", "");
        engine_candidates(&test.engine, &n);
        assert_int_equal(n, 1); /* the one about the path */
    }
    test_engine_deinit(&test);
}

static void test_empty(void **state)
{
    (void)state;
    struct test_engine test;
    size_t n;
    test_engine_init(&test, NULL, 0, NULL);
    test_engine_see(&test, "", "some words");
    engine_candidates(&test.engine, &n);
    assert_int_equal(n, 0);
    test_engine_deinit(&test);
}

static void test_damaged(void **state)
{
    (void)state;
    static const char *const query = "gasly";
    struct test_engine test;
    struct image image;
    struct err err;
    test_engine_init(&test, &query, 1, NULL);
    struct image_head *head = (struct image_head *)(void *)test.bytes.data;
    assert_int_equal(image_open(&image, head, test.bytes.len, &err), 0);
    assert_int_equal(image_open(&image, head, test.bytes.len - 1, &err), -1);
    assert_int_equal(image_open(&image, head, 10, &err), -1);
    head->sections[IMAGE_CODE].n = UINT64_MAX;
    assert_int_equal(image_open(&image, head, test.bytes.len, &err), -1);
    head->version++;
    assert_int_equal(image_open(&image, head, test.bytes.len, &err), -1);
    test_engine_deinit(&test);
}

#ifdef HAVE_HYPERSCAN
/* An index that was kept and has come to another processor, or whose library is a newer one. */
static void test_foreign_regexes(void **state)
{
    (void)state;
    static const char *const query = "/gas[lk]y/i";
    struct test_engine test;
    struct err err;
    size_t n;
    test_engine_init(&test, &query, 1, NULL);
    engine_deinit(&test.engine);
    size_t at = (size_t)(test.image.regex_set - test.bytes.data);
    memset(test.bytes.data + at, 0x5A, test.image.n_regex_set);
    assert_int_equal(engine_init(&test.engine, &test.image, &err), 0);
    test_engine_see(&test, "", "Pierre Gasly");
    engine_matches(&test.engine, &n);
    assert_int_equal(n, 1);
    test_engine_deinit(&test);
}
#endif

static void check_nearest(const char *word, const char *expected)
{
    static const char text[] =
        "entries entry enter leclerc laclerc lelcerc a of \u043C\u0438\u0440 entry";
    struct tocsin_words words;
    uint32_t places[NEAREST_MAX];
    tocsin_words_make(text, strlen(text), &words);
    size_t n = nearest_words(words.words, words.n, word, strlen(word), places);
    AUTO_BUF struct buf out = {0};
    for (size_t i = 0; i < n; i++) {
        const struct tocsin_word *found = &words.words[places[i]];
        buf_printf(&out, "%s%.*s", i ? " " : "", (int)found->folded_len, found->folded);
    }
    assert_string_equal(buf_text(&out), expected);
    tocsin_words_free(&words);
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
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_candidates),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_nearest),
#ifdef HAVE_HYPERSCAN
        cmocka_unit_test(test_foreign_regexes),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
