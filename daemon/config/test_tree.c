/* The tree: places, kinds, every syntax hint, and files made to do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "config/tree.h"

static struct tree *parse(const char *text, size_t len, char **messages)
{
    struct diags diags = {0};
    struct buf out = {0};
    struct tree *tree = tree_parse("f", text, len, &diags);
    diags_print(&diags, &out);
    *messages = buf_take(&out);
    assert_int_equal(tree == NULL, diags.n_errors > 0);
    diags_deinit(&diags);
    return tree;
}

static void test_places(void **state)
{
    (void)state;
    static const char text[] =
        "a: one\nb:\n  - x\n  - {c: \"d e\"}\né: >\n  two\n  words\nempty:\n";
    AUTO_FREE char *messages = NULL;
    struct tree *tree = parse(text, strlen(text), &messages);
    assert_string_equal(messages, "");
    assert_int_equal(tree->kind, TREE_MAP);
    assert_int_equal(tree->n, 4);
    const struct tree *a = tree_get(tree, "a"), *b = tree_get(tree, "b");
    assert_string_equal(a->text, "one");
    assert_int_equal(a->at.line, 1);
    assert_int_equal(a->at.column, 4);
    assert_int_equal(a->key_at.column, 1);
    assert_false(a->quoted);
    assert_int_equal(b->kind, TREE_LIST);
    const struct tree *c = tree_get(b->items[1], "c");
    assert_string_equal(c->text, "d e");
    assert_true(c->quoted);
    assert_int_equal(c->at.line, 4);
    assert_int_equal(c->at.column, 9);
    const struct tree *block = tree_get(tree, "é");
    assert_string_equal(block->text, "two words\n");
    assert_true(block->quoted);
    assert_int_equal(tree_get(tree, "empty")->text_len, 0);
    assert_null(tree_get(tree, "none"));
    assert_null(tree_get(a, "a"));
    tree_free(&tree);
    assert_null(tree);
    tree_free(&tree);
}

static void test_empty(void **state)
{
    (void)state;
    static const char *const empty[] = {"", "\n\n", "# nothing\n", "\xef\xbb\xbf"};
    for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
        AUTO_FREE char *messages = NULL;
        struct tree *tree = parse(empty[i], strlen(empty[i]), &messages);
        assert_non_null(tree);
        assert_int_equal(tree->kind, TREE_MAP);
        assert_int_equal(tree->n, 0);
        tree_free(&tree);
    }
}

#define QUOTE_HINT                                                                                 \
    " (a value that begins with a quote ends at its partner; write it as a block: \"query: >\", "  \
    "and the text indented on the next line)\n"
#define STAR_HINT "(a value that begins with * must stand in quotes: \"*.tmp\")\n"
#define TAB_HINT  " (a tab in the indentation; YAML wants spaces there)\n"

static void test_hints(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"query: \"a b\" AND c\n", "f:1:14: not valid YAML: did not find expected key" QUOTE_HINT},
        {"- name: x\n  query: 'a b' OR c\n",
         "f:2:16: not valid YAML: did not find expected key" QUOTE_HINT},
        {"query:\n  \"a b\" AND c\n",
         "f:2:9: not valid YAML: did not find expected key" QUOTE_HINT},
        {"- \"a b\" c\n", "f:1:9: not valid YAML: did not find expected '-' indicator" QUOTE_HINT},
        {"{query: \"a b\" AND c}\n",
         "f:1:15: not valid YAML: did not find expected ',' or '}'" QUOTE_HINT},
        {"a:\n\tb: c\n",
         "f:2:1: not valid YAML: found character that cannot start any token" TAB_HINT},
        {"a:\n  b: c\n \td: e\n",
         "f:3:2: not valid YAML: found a tab character that violates indentation" TAB_HINT},
        {"exclude: [*.tmp]\n",
         "f:1:11: not valid YAML: did not find expected alphabetic or numeric character " STAR_HINT},
        {"exclude: *tmp\n", "f:1:10: aliases are not supported " STAR_HINT},
        {"query: @drivers AND x\n",
         "f:1:8: not valid YAML: found character that cannot start any token (a value that begins "
         "with @, ` or % must stand in quotes or in a block (\"query: >\"))\n"},
        {"a: b: c\n",
         "f:1:5: not valid YAML: mapping values are not allowed in this context (a value that "
         "holds \": \" must stand in quotes or in a block (\"query: >\"), and keys of one map must "
         "be indented alike)\n"},
        {"a: \"never\nclosed\n",
         "f:1:4: not valid YAML: found unexpected end of stream (this quote is never closed)\n"},
        {"a: [b, #*#]\n", "f:2:1: not valid YAML: did not find expected node content (a list in "
                          "brackets reads [one, two]; a # after a space begins a comment)\n"},
        {"a: &x b\n", "f:1:4: anchors are not supported (a value that begins with & must stand in "
                      "quotes)\n"},
        {"a: !x b\n",
         "f:1:4: tags are not supported (a value that begins with ! must stand in quotes)\n"},
        {"a: 1\nb: 2\na: 3\n", "f:3:1: \"a\" stands here twice (first in line 1)\n"},
        {"a: 1\n---\nb: 2\n", "f:3:1: a second YAML document begins here; one file holds one "
                              "(remove the \"---\")\n"},
        {"? [a, b]\n: c\n", "f:1:3: a key must be a word\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE char *messages = NULL;
        struct tree *tree = parse(cases[i].text, strlen(cases[i].text), &messages);
        assert_string_equal(messages, cases[i].message);
        assert_null(tree);
    }
}

static void test_all_at_once(void **state)
{
    (void)state;
    static const char text[] = "a: &x 1\nb: *x\na: 2\nc: !t 3\n";
    AUTO_FREE char *messages = NULL;
    assert_null(parse(text, strlen(text), &messages));
    const char *lines[] = {"f:1:4:", "f:2:4:", "f:3:1:", "f:4:4:"};
    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        assert_non_null(strstr(messages, lines[i]));
}

static void test_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        const char *begins;
    } cases[] = {
        {"a: b\nc: \xff\n", 10, "f:2:4: not UTF-8: "},
        {"a: \xc3", 4, "f:1:4: not UTF-8: "},
        {"a: \xed\xa0\x80\n", 7, "f:1:4: not UTF-8: "},
        {"a: b\0c\n", 7, "f:1:5: not text: the control character 0x00"},
        {"a: \x1b[31m\n", 9, "f:1:4: not text: the control character 0x1b"},
        {"a: \"b\\0c\"\n", 10, "f:1:4: a text cannot hold a NUL character"},
        {"\"a\\0\": b\n", 9, "f:1:1: a key cannot hold a NUL character"},
        {"\xff\xfe\x61\x00", 4, "f:1:1: not UTF-8: "},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE char *messages = NULL;
        assert_null(parse(cases[i].text, cases[i].len, &messages));
        assert_memory_equal(messages, cases[i].begins, strlen(cases[i].begins));
    }
}

/* `n` times the same text. */
static char *repeat(const char *text, size_t n, size_t *len)
{
    struct buf out = {0};
    for (size_t i = 0; i < n; i++)
        buf_puts(&out, text);
    *len = out.len;
    return buf_take(&out);
}

static void test_hostile(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
        const char *message; /* NULL: it is fine */
    } cases[] = {
        {"[", 100000, "nested deeper than 64"},
        {"{a: ", 100000, "nested deeper than 64"},
        {"- ", 100000, "nested deeper than 64"},
        {"? ", 100000, "a key must be a word"},
        {"a", 10 << 20, NULL},
        {"- a\n", (10 << 20) / 4, NULL},
        {"a: b\n", 200000, "\"a\" stands here twice (first in line 1)"},
        {"- *a\n", 200000, "only the first 1000 are shown"},
        {"\"", 100001, "not valid YAML"},
        {"&a ", 100000, "not valid YAML"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t len;
        AUTO_FREE char *text = repeat(cases[i].text, cases[i].n, &len);
        AUTO_FREE char *messages = NULL;
        struct tree *tree = parse(text, len, &messages);
        if (cases[i].message)
            assert_non_null(strstr(messages, cases[i].message));
        else
            assert_non_null(tree);
        tree_free(&tree);
    }
}

/* A key for each of the letters of a large number: no two alike, none slow. */
static void test_many_keys(void **state)
{
    (void)state;
    struct buf text = {0};
    for (int i = 0; i < 100000; i++)
        buf_printf(&text, "key%d: {query: a, labels: [x, y]}\n", i);
    AUTO_FREE char *messages = NULL;
    struct tree *tree = parse(text.data, text.len, &messages);
    assert_non_null(tree);
    assert_int_equal(tree->n, 100000);
    tree_free(&tree);
    buf_deinit(&text);
}

static void test_files(void **state)
{
    (void)state;
    static const struct {
        const char *file, *message;
    } cases[] = {
        {"/nonexistent/x.yaml", "/nonexistent/x.yaml: cannot open: No such file or directory\n"},
        {"/", "/: is a directory, not a file\n"},
        {"/dev/zero", "/dev/zero: is a device or pipe, not a file\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct diags diags = {0};
        AUTO_BUF struct buf out = {0};
        assert_null(tree_read(cases[i].file, &diags));
        diags_print(&diags, &out);
        assert_string_equal(buf_text(&out), cases[i].message);
        diags_deinit(&diags);
    }
}

static void test_diags(void **state)
{
    (void)state;
    struct diags diags = {0};
    struct config_at second = {"b.yaml", 2, 9}, first = {"b.yaml", 2, 3}, other = {"a.yaml", 9, 1};
    assert_int_equal(diags_error(&diags, second, "two"), -1);
    diags_warning(&diags, first, "one\x1b[31m");
    diags_error(&diags, other, "zero");
    diags_error(&diags, (struct config_at){0}, "nowhere");
    AUTO_BUF struct buf out = {0};
    diags_print(&diags, &out);
    assert_string_equal(buf_text(&out), "nowhere\na.yaml:9:1: zero\n"
                                        "b.yaml:2:3: warning: one\\x1b[31m\nb.yaml:2:9: two\n");
    assert_int_equal(diags.n_errors, 3);
    diags_deinit(&diags);
    assert_ptr_equal(config_file_intern("x"), config_file_intern("x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),    cmocka_unit_test(test_empty),
        cmocka_unit_test(test_hints),     cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_bytes),     cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_many_keys), cmocka_unit_test(test_files),
        cmocka_unit_test(test_diags),
    };
    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
