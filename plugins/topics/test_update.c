/* Updates of very many topics: what a base and its update hold together must be what a fresh load
 * makes of the same files, and what changes must be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "lib/objects.h"
#include "topics/changes.h"
#include "topics/engine.h"
#include "topics/load.h"

#define N_BULK 6000 /* enough that they are updated */
#define TEXT   "The harbour bridge of w7 w70 and w4000, a ferry, a tram."

enum { YAML, BULK, LIST, N_FILES };

static char dir[] = "/tmp/tocsin-update-XXXXXX";
static char paths[N_FILES][64];
static struct diags diags;
/* The index at hand. */
static struct buf base, update;
static struct index index_now;

static void put(int file, const char *text)
{
    FILE *stream = fopen(paths[file], "w");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

/* Line i, unless it is one of those that are given by number and text; NULL ends them. Behind all
 * of them stands one that is said to be costly. */
struct line {
    int number;
    const char *text;
};
static void put_bulk(const struct line *lines)
{
    AUTO_BUF struct buf text = {0};
    for (int i = 0; i < N_BULK; i++) {
        if (lines && lines->text && lines->number == i)
            buf_puts(&text, (lines++)->text);
        else
            buf_printf(&text, "bulk%d\tharbour w%d\n", i, i);
    }
    buf_puts(&text, "costly\tpath:mans\n");
    put(BULK, buf_text(&text));
}

#define FIRST                                                                                      \
    "topics:\n"                                                                                    \
    "  ferry: {query: ferry, labels: [a, b]}\n"                                                    \
    "  list: {query: '@towns OR tram', severity: high}\n"

static int setup(void **state)
{
    (void)state;
    static const char *const names[N_FILES] = {"a.yaml", "b.tsv", "lists.yaml"};
    memcpy(strrchr(dir, '-'), "-XXXXXX", 7);
    assert_non_null(mkdtemp(dir));
    for (int i = 0; i < N_FILES; i++)
        snprintf(paths[i], sizeof(paths[i]), "%s/%s", dir, names[i]);
    put(YAML, FIRST);
    put_bulk(NULL);
    put(LIST, "towns: [Sydney, Le Mans]\n");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    diags_deinit(&diags);
    buf_deinit(&base);
    buf_deinit(&update);
    for (int i = 0; i < N_FILES; i++)
        unlink(paths[i]);
    return rmdir(dir);
}

static enum load_result load(const struct index *before, struct buf *out)
{
    const char *const files[] = {paths[YAML], paths[BULK], NULL};
    const char *const lists[] = {paths[LIST], NULL};
    diags_deinit(&diags);
    diags = (struct diags){0};
    return load_index(files, lists, before, out, &diags);
}

static void open_now(void)
{
    struct err err;
    if (index_open(&index_now, base.data, base.len, update.len ? update.data : NULL, update.len,
                   &err) < 0)
        fail_msg("%s", err.text);
}

static void load_first(void)
{
    assert_int_equal(load(NULL, &base), LOAD_BASE);
    buf_clear(&update);
    open_now();
}

static void load_again(enum load_result wanted)
{
    struct buf out = {0};
    assert_int_equal(load(&index_now, &out), wanted);
    if (wanted == LOAD_BASE) {
        buf_deinit(&base);
        buf_clear(&update);
        base = out;
    } else if (wanted == LOAD_UPDATE) {
        buf_deinit(&update);
        update = out;
    }
    open_now();
}

/* The only error. */
static void check_error(const char *text)
{
    AUTO_BUF struct buf said = {0}, out = {0};
    assert_int_equal(load(&index_now, &out), LOAD_FAILED);
    diags_print(&diags, &said);
    assert_int_equal(diags.n_errors, 1);
    if (!strstr(buf_text(&said), text))
        fail_msg("%s is not in:\n%s", text, buf_text(&said));
}

static void list_topic(const struct image *image, uint32_t number, struct buf *out)
{
    const struct image_topic *topic = &image->topics[number];
    uint32_t found;
    buf_printf(out, "%s:%d %s \"%s\" %s %u\n", image_topic_path(image, topic),
               image_topic_line(image, topic), image_topic_name(image, number),
               image_text(image, topic->query), image_text(image, topic->labels), topic->severity);
    assert_ptr_equal(index_find(&index_now, image_topic_name(image, number), &found), image);
    assert_int_equal(found, number);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, for the update's come last. */
static void list_names(const char **names, size_t n, struct buf *out)
{
    qsort(names, n, sizeof(*names), compare_texts);
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s ", names[i]);
    buf_puts(out, "\n");
}

static void list_matches(struct buf *out)
{
    static const char *candidates[2 * N_BULK], *matches[2 * N_BULK];
    size_t n_candidates = 0, n_matches = 0;
    struct tocsin_words words;
    tocsin_words_make(TEXT, strlen(TEXT), &words);
    const struct view_document document = {.text = TEXT,
                                           .len = strlen(TEXT),
                                           .words = words.words,
                                           .n_words = words.n,
                                           .title = "",
                                           .path = "le-mans.txt",
                                           .source = "",
                                           .type = "text/plain",
                                           .all_is_new = true};
    for (size_t part = 0; part < index_now.n_parts; part++) {
        const struct image *image = &index_now.parts[part];
        struct engine engine;
        size_t n;
        struct err err;
        assert_int_equal(engine_init(&engine, image, &err), 0);
        engine_set(&engine, &document);
        const uint32_t *found = engine_candidates(&engine, &n);
        for (size_t i = 0; i < n; i++)
            candidates[n_candidates++] = image_topic_name(image, found[i]);
        found = engine_matches(&engine, &n);
        for (size_t i = 0; i < n; i++)
            matches[n_matches++] = image_topic_name(image, found[i]);
        engine_deinit(&engine);
    }
    list_names(candidates, n_candidates, out);
    list_names(matches, n_matches, out);
    tocsin_words_free(&words);
}

static void describe(struct buf *out)
{
    size_t n = 0;
    for (size_t i = 0; i < index_n_pieces(&index_now); i++) {
        uint32_t number;
        const struct image *image = index_piece(&index_now, i, &number);
        const struct image_piece *piece = &image->pieces[number];
        for (uint32_t at = piece->topics; at < piece->topics + piece->n; at++, n++)
            list_topic(image, at, out);
    }
    assert_int_equal(index_n_topics(&index_now), n);
    list_matches(out);
    diags_print(&diags, out);
}

static void check_as_afresh(void)
{
    AUTO_BUF struct buf one = {0}, other = {0}, bytes = {0};
    struct index own = index_now;
    struct err err;
    describe(&one);
    assert_int_equal(load(NULL, &bytes), LOAD_BASE);
    assert_int_equal(index_open(&index_now, bytes.data, bytes.len, NULL, 0, &err), 0);
    describe(&other);
    index_now = own;
    assert_string_equal(buf_text(&one), buf_text(&other));
}

static const struct line moved[] = {{0, "first\tbridge\n\n# a remark\nbulk0\tharbour w0\n"},
                                    {70, "bulk70\tw70 NOT ferry\n"},
                                    {4000, ""},
                                    {0, NULL}};

static void test_few_change(void **state)
{
    (void)state;
    load_first();
    put_bulk(moved);
    load_again(LOAD_UPDATE);
    assert_in_range(index_now.parts[INDEX_UPDATE].n_topics, 3, 120);
    check_as_afresh();
    load_again(LOAD_SAME);
    assert_true(diags.n > 0); /* the costly one, in its new line */
    check_as_afresh();
    put(YAML, "topics: {tram: {query: tram}}\n");
    load_again(LOAD_UPDATE); /* from the base and the first update */
    check_as_afresh();
    put(YAML, FIRST);
    put_bulk(NULL);
    load_again(LOAD_UPDATE); /* all is in the base again */
    assert_int_equal(index_now.parts[INDEX_UPDATE].n_topics, 0);
    check_as_afresh();
}

static void test_names_meet(void **state)
{
    (void)state;
    load_first();
    put_bulk((const struct line[]){{70, "bulk4000\tx\n"}, {0, NULL}});
    check_error("b.tsv:71:1: topic \"bulk4000\" is already in ");
    check_error("b.tsv:4001");
    put_bulk((const struct line[]){{70, "bulk4000\tx\n"}, {4000, "bulk70\tx\n"}, {0, NULL}});
    load_again(LOAD_UPDATE);
    check_as_afresh();
    put(YAML, "topics: {bulk70: {query: x}}\n");
    check_error("topic \"bulk70\" is already in ");
}

static void test_equal_pieces(void **state)
{
    (void)state;
    AUTO_BUF struct buf twice = {0};
    load_first();
    for (int i = 0; i < 40; i++)
        buf_printf(&twice, "bulk%d\tharbour w%d\n", i, i);
    put_bulk((const struct line[]){{3000, buf_text(&twice)}, {0, NULL}});
    AUTO_BUF struct buf out = {0};
    assert_int_equal(load(&index_now, &out), LOAD_FAILED);
    assert_int_equal(diags.n_errors, 40);
}

static void test_much_changes(void **state)
{
    (void)state;
    AUTO_BUF struct buf more = {0};
    load_first();
    for (int i = 0; i < N_BULK / 2; i++)
        buf_printf(&more, "more%d\tharbour v%d\n", i, i);
    put_bulk((const struct line[]){{3000, buf_text(&more)}, {0, NULL}});
    load_again(LOAD_BASE);
    check_as_afresh();
    put_bulk(moved);
    load_again(LOAD_BASE); /* a third of it is gone */
    put_bulk(NULL);
    load_again(LOAD_UPDATE);
    put(BULK, "one\tbridge\n");
    load_again(LOAD_BASE); /* also from an update */
    check_as_afresh();
    put(BULK, "one\tferry\n");
    load_again(LOAD_BASE); /* so few are never updated */
}

static void test_lists_change(void **state)
{
    (void)state;
    load_first();
    put_bulk(moved);
    load_again(LOAD_UPDATE);
    put(LIST, "towns: [ferry]\n");
    load_again(LOAD_BASE);
    check_as_afresh();
    put(LIST, "other: [Sydney]\n");
    check_error("there is no list @towns");
}

static void test_foreign(void **state)
{
    (void)state;
    struct err err;
    struct index foreign;
    AUTO_BUF struct buf other = {0};
    load_first();
    put_bulk(moved);
    load_again(LOAD_UPDATE);
    assert_int_equal(load(NULL, &other), LOAD_BASE);
    assert_int_equal(index_open(&foreign, other.data, other.len, update.data, update.len, &err),
                     -1);
    assert_string_equal(err.text, "this update of topics is of another image");
    assert_int_equal(index_open(&foreign, base.data, base.len, update.data, update.len - 1, &err),
                     -1);
}

/* ---- what changes ---- */

static void keep_change(void *arg, enum tocsin_change change, const char *name, const char *file,
                        int line)
{
    buf_printf(arg, "%c%s %s:%d\n", " +~-"[change], name, strrchr(file, '/') + 1, line);
}

/* What the files as they are now change in the index at hand, which then is theirs. */
static void check_changes(enum load_result how, const char *wanted)
{
    AUTO_BUF struct buf told = {0}, base_was = {0}, update_was = {0};
    struct tocsin_topics topics = {.change = keep_change, .arg = &told};
    struct index was;
    struct err err;
    buf_append(&base_was, base.data, base.len);
    buf_append(&update_was, buf_text(&update), update.len);
    load_again(how);
    assert_int_equal(index_open(&was, base_was.data, base_was.len,
                                update_was.len ? update_was.data : NULL, update_was.len, &err),
                     0);
    changes_tell(&was, &index_now, &topics);
    assert_string_equal(buf_text(&told), wanted);
}

static void test_changes(void **state)
{
    (void)state;
    load_first();
    put_bulk(moved);
    check_changes(LOAD_UPDATE, "+first b.tsv:1\n~bulk70 b.tsv:74\n-bulk4000 b.tsv:4001\n");
    put_bulk(NULL);
    put(YAML, "topics:\n  list: {query: '@towns OR tram'}\n"
              "  ferry: {query: ferry, labels: [a, c]}\n  new: {query: harbour}\n");
    check_changes(LOAD_UPDATE, "~list a.yaml:2\n~ferry a.yaml:3\n+new a.yaml:4\n~bulk70 b.tsv:71\n"
                               "+bulk4000 b.tsv:4001\n-first b.tsv:1\n");
    put(YAML, FIRST);
    put(BULK, "bulk7\tharbour w7\n");
    load_again(LOAD_BASE);
    put(BULK, "one\tbridge\nbulk7\tharbour w7\n");
    check_changes(LOAD_BASE, "+one b.tsv:1\n");
    put(BULK, "");
    check_changes(LOAD_BASE, "-one b.tsv:1\n-bulk7 b.tsv:2\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_few_change, setup, teardown),
        cmocka_unit_test_setup_teardown(test_names_meet, setup, teardown),
        cmocka_unit_test_setup_teardown(test_equal_pieces, setup, teardown),
        cmocka_unit_test_setup_teardown(test_much_changes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lists_change, setup, teardown),
        cmocka_unit_test_setup_teardown(test_foreign, setup, teardown),
        cmocka_unit_test_setup_teardown(test_changes, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
