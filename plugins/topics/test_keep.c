/* Loading files of topics when an earlier image is there: what it takes over must be what a fresh
 * load makes of the same files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "topics/engine.h"
#include "topics/load.h"

/* Every kind of node and of key, long words, and texts of all kinds. */
#define FIRST                                                                                      \
    "topics:\n"                                                                                    \
    "  pair: {query: '\"harbour bridge\" AND (costs OR cost) NOT tram', labels: [a, b]}\n"         \
    "  near: {query: 'extraordinarily NEAR/5 bridge', severity: high}\n"                           \
    "  window: {query: '\"bridge harbour\"~9', description: what it is}\n"                         \
    "  classes: {query: 'brid* OR harber~1 OR =Harbour'}\n"                                        \
    "  stems: {query: 'stem:opening', language: en}\n"                                             \
    "  some: {query: '2 OF (harbour, bridge, tram)'}\n"                                            \
    "  list: {query: '@towns AND bridge'}\n"                                                       \
    "  regex: {query: '/harb.ur bri[a-z]+/'}\n"                                                    \
    "  fields: {query: 'bridge date:2025-01-01.. words:>2 lang:en title:eyes'}\n"                  \
    "  sentence: {query: 'SENTENCE(harbour bridge) OR PARAGRAPH(tram ferry)'}\n"                   \
    "  always: {query: 'path:mans'}\n"
#define SECOND  "topics:\n  ferry: {query: ferry}\n  mine: {query: mine OR bridge}\n"
#define CHANGED "topics:\n  ferry: {query: ferry OR bridge}\n  new: {query: harbour}\n"
#define LISTS   "towns:\n  - {name: Sydney, also: [Port Jackson]}\n  - Le Mans\n"
#define TEXT                                                                                       \
    "The Harbour Bridge of Sydney. It opened, and the costs of an extraordinarily old bridge."

enum { ONE, TWO, BULK, LIST, N_FILES };
#define BULK_LINES 400

static char dir[] = "/tmp/tocsin-keep-XXXXXX";
static char paths[N_FILES][64];
static struct diags diags;

static void put(int file, const char *text)
{
    FILE *stream = fopen(paths[file], "w");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

/* Many topics behind these lines, and one at the end that is a candidate for all documents. */
static void put_bulk(const char *lines)
{
    AUTO_BUF struct buf text = {0};
    buf_puts(&text, lines);
    for (int i = 0; i < BULK_LINES; i++)
        buf_printf(&text, "bulk%d\tharbour w%d\n", i, i);
    buf_puts(&text, "costly\tpath:mans\n");
    put(BULK, buf_text(&text));
}

static int setup(void **state)
{
    (void)state;
    static const char *const names[N_FILES] = {"one.yaml", "two.yaml", "bulk.tsv", "lists.yaml"};
    memcpy(strrchr(dir, '-'), "-XXXXXX", 7);
    assert_non_null(mkdtemp(dir));
    for (int i = 0; i < N_FILES; i++)
        snprintf(paths[i], sizeof(paths[i]), "%s/%s", dir, names[i]);
    put(ONE, FIRST);
    put(TWO, SECOND);
    put_bulk("");
    put(LIST, LISTS);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    diags_deinit(&diags);
    for (int i = 0; i < N_FILES; i++)
        unlink(paths[i]);
    return rmdir(dir);
}

static enum load_result load(const struct image *base, struct buf *out)
{
    const struct index before = {.parts = {base ? *base : (struct image){0}}, .n_parts = 1};
    const char *const files[] = {paths[ONE], paths[TWO], paths[BULK], NULL};
    const char *const lists[] = {paths[LIST], NULL};
    diags_deinit(&diags);
    diags = (struct diags){0};
    return load_index(files, lists, base ? &before : NULL, out, &diags);
}

/* It is the only one. */
static void check_error(const char *text)
{
    AUTO_BUF struct buf said = {0};
    diags_print(&diags, &said);
    assert_int_equal(diags.n_errors, 1);
    if (!strstr(buf_text(&said), text))
        fail_msg("%s is not in:\n%s", text, buf_text(&said));
}

static void open_image(struct image *image, const struct buf *bytes)
{
    struct err err;
    assert_int_equal(image_open(image, bytes->data, bytes->len, &err), 0);
}

/* All that a person sees of the topics, and what they make of a document. */
static void describe(const struct image *image, struct buf *out)
{
    struct engine engine;
    struct tocsin_words words;
    tocsin_words_make(TEXT, strlen(TEXT), &words);
    struct view_document document = {.text = TEXT,
                                     .len = strlen(TEXT),
                                     .words = words.words,
                                     .n_words = words.n,
                                     .title = "Eyes",
                                     .path = "le-mans.txt",
                                     .source = "seeds",
                                     .type = "text/plain",
                                     .date = 20250601,
                                     .today = 20250615,
                                     .all_is_new = true};
    struct err err;
    assert_int_equal(engine_init(&engine, image, &err), 0);
    engine_set(&engine, &document);
    for (uint32_t i = 0; i < image->n_topics; i++) {
        const struct image_topic *topic = &image->topics[i];
        buf_printf(out, "%s:%d %s \"%s\" %s %s %s %u\n", image_topic_path(image, topic),
                   image_topic_line(image, topic), image_topic_name(image, (uint32_t)i),
                   image_text(image, topic->query), image_text(image, topic->description),
                   image_text(image, topic->language), image_text(image, topic->labels),
                   topic->severity);
    }
    size_t n;
    const uint32_t *found = engine_candidates(&engine, &n);
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%u ", found[i]);
    found = engine_matches(&engine, &n);
    buf_puts(out, "\n");
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%u ", found[i]);
    engine_deinit(&engine);
    tocsin_words_free(&words);
}

static void same_as_afresh(const struct image *image)
{
    AUTO_BUF struct buf bytes = {0}, one = {0}, other = {0};
    struct image fresh;
    diags_print(&diags, &other);
    describe(image, &other);
    assert_int_equal(load(NULL, &bytes), LOAD_BASE);
    open_image(&fresh, &bytes);
    diags_print(&diags, &one);
    describe(&fresh, &one);
    assert_string_equal(buf_text(&other), buf_text(&one));
    assert_int_equal(image->n_topics, fresh.n_topics);
    assert_int_equal(image->n_posts, fresh.n_posts);
}

static void test_same(void **state)
{
    (void)state;
    AUTO_BUF struct buf first = {0}, second = {0};
    struct image image;
    assert_int_equal(load(NULL, &first), LOAD_BASE);
    size_t warnings = diags.n;
    assert_true(warnings > 0); /* that "always" is held against every document */
    open_image(&image, &first);
    assert_int_equal(load(&image, &second), LOAD_SAME);
    assert_int_equal(diags.n, warnings);
    assert_int_equal(second.len, 0);
}

static void test_changed(void **state)
{
    (void)state;
    AUTO_BUF struct buf first = {0}, second = {0}, third = {0};
    struct image image;
    assert_int_equal(load(NULL, &first), LOAD_BASE);
    open_image(&image, &first);
    put(TWO, CHANGED);
    assert_int_equal(load(&image, &second), LOAD_BASE);
    open_image(&image, &second);
    same_as_afresh(&image);
    put(TWO, "topics: {}\n");
    assert_int_equal(load(&image, &third), LOAD_BASE);
    open_image(&image, &third);
    same_as_afresh(&image);
}

/* How many pieces of the one image are not in the other. */
static size_t n_new_pieces(const struct image *image, const struct image *before)
{
    size_t n = 0;
    for (size_t i = 0; i < image->n_pieces; i++) {
        bool known = false;
        for (size_t j = 0; j < before->n_pieces; j++)
            known |= !memcmp(image->pieces[i].hash, before->pieces[j].hash, HASH_BYTES);
        n += !known;
    }
    return n;
}

static void test_line_changed(void **state)
{
    (void)state;
    AUTO_BUF struct buf first = {0}, second = {0}, third = {0};
    struct image before, image;
    assert_int_equal(load(NULL, &first), LOAD_BASE);
    open_image(&before, &first);
    put_bulk("new\tharbour bridge\n\nnewer\tbridge\n"); /* what is behind them moves */
    assert_int_equal(load(&before, &second), LOAD_BASE);
    open_image(&image, &second);
    assert_true(image.n_pieces > 6);
    assert_in_range(n_new_pieces(&image, &before), 1, 3);
    same_as_afresh(&image);
    put_bulk("bulk7\tharbour\n");
    assert_int_equal(load(&image, &third), LOAD_FAILED);
    check_error("bulk.tsv:9:1: topic \"bulk7\" is already in");
}

static void test_list_changed(void **state)
{
    (void)state;
    AUTO_BUF struct buf first = {0}, second = {0}, third = {0};
    struct image image;
    assert_int_equal(load(NULL, &first), LOAD_BASE);
    open_image(&image, &first);
    put(LIST, "more: [Rome]\n" LISTS);
    assert_int_equal(load(&image, &second), LOAD_BASE);
    open_image(&image, &second);
    same_as_afresh(&image);
    put(LIST, "more: [Rome]\n");
    assert_int_equal(load(&image, &third), LOAD_FAILED);
    check_error("there is no list @towns");
}

static void test_names_meet(void **state)
{
    (void)state;
    AUTO_BUF struct buf first = {0}, second = {0};
    struct image image;
    assert_int_equal(load(NULL, &first), LOAD_BASE);
    open_image(&image, &first);
    put(ONE, "topics: {mine: {query: mine}}\n");
    assert_int_equal(load(&image, &second), LOAD_FAILED);
    check_error("two.yaml:3:3: topic \"mine\" is already in ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_same, setup, teardown),
        cmocka_unit_test_setup_teardown(test_changed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_line_changed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_list_changed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_names_meet, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
