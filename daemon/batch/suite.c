/* Reading files of tests; see suite.h. */
#include "batch/suite.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "topics/file.h"

static void check_keys(const struct tree *map, const char *what, const char *const *keys, size_t n,
                       struct diags *diags)
{
    for (size_t i = 0; i < map->n; i++) {
        bool known = false;
        for (size_t at = 0; at < n; at++)
            known |= str_equal(map->items[i]->key, keys[at]);
        if (known)
            continue;
        AUTO_FREE char *hint = diag_hint(map->items[i]->key, keys, n);
        diags_error(diags, map->items[i]->key_at, "%s: unknown key \"%s\"%s", what,
                    map->items[i]->key, hint);
    }
}

/* NULL when it is not there, or, with an error, something else. */
static const struct tree *get(const struct tree *map, const char *key, enum tree_kind kind,
                              struct diags *diags)
{
    const struct tree *value = tree_get(map, key);
    if (!value || value->kind == kind)
        return value;
    diags_error(diags, value->at, "\"%s\" must be a %s", key, kind == TREE_LIST ? "list" : "text");
    return NULL;
}

/* ---- paths ---- */

static char *beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    if (*name == '/' || !slash)
        return mem_strdup(name);
    return mem_printf("%.*s/%s", (int)(slash - path), path, name);
}

static char **read_paths(const struct tree *list, const char *path, struct diags *diags)
{
    char **paths = NEW_N(char *, (list ? list->n : 0) + 2);
    size_t n = 0;
    for (size_t i = 0; list && i < list->n; i++) {
        if (list->items[i]->kind == TREE_SCALAR)
            paths[n++] = beside(path, list->items[i]->text);
        else
            diags_error(diags, list->items[i]->at, "a path is a text");
    }
    return paths;
}

static void read_topics(struct suite *suite, const char *path, struct diags *diags)
{
    suite->topics = read_paths(get(suite->tree, "topics", TREE_LIST, diags), path, diags);
    if (!suite->topics[0])
        suite->topics[0] =
            mem_printf("%.*s.yaml", (int)(strlen(path) - strlen(TOPIC_TESTS_ENDING)), path);
    suite->lists = read_paths(get(suite->tree, "lists", TREE_LIST, diags), path, diags);
}

/* ---- tests ---- */

const char *suite_topic(const struct tree *entry, const char **quote)
{
    const struct tree *topic = entry, *words = NULL;
    if (entry->kind == TREE_MAP) {
        topic = tree_get(entry, "topic");
        words = tree_get(entry, "quote");
    }
    *quote = words && words->kind == TREE_SCALAR ? words->text : NULL;
    return topic && topic->kind == TREE_SCALAR ? topic->text : NULL;
}

static void check_entries(const struct tree *list, struct diags *diags)
{
    static const char *const keys[] = {"topic", "quote"};
    const char *quote;
    for (size_t i = 0; list && i < list->n; i++) {
        if (list->items[i]->kind == TREE_MAP)
            check_keys(list->items[i], "an expected topic", keys, ARRAY_LEN(keys), diags);
        if (!suite_topic(list->items[i], &quote))
            diags_error(diags, list->items[i]->at,
                        "an entry is a topic's name, or {topic: NAME, quote: WORDS}");
    }
}

static void read_document(struct suite_test *test, const struct tree *map, const char *path,
                          struct diags *diags)
{
    const struct tree *text = get(map, "text", TREE_SCALAR, diags);
    const struct tree *file = get(map, "file", TREE_SCALAR, diags);
    if (!text == !file)
        diags_error(diags, map->at, "a test has a document: either \"text\" or \"file\"");
    if (text) {
        test->text = text->text;
        test->text_len = text->text_len;
    } else if (file) {
        test->file = beside(path, file->text);
    }
}

static void read_test(struct suite *suite, const struct tree *map, const char *path,
                      struct diags *diags)
{
    static const char *const keys[] = {"name", "text", "file", "expect", "not"};
    struct suite_test *test = &suite->tests[suite->n++];
    test->at = map->at;
    if (map->kind != TREE_MAP) {
        diags_error(diags, map->at, "a test is a map: {text: ..., expect: [...]}");
        return;
    }
    check_keys(map, "a test", keys, ARRAY_LEN(keys), diags);
    const struct tree *name = get(map, "name", TREE_SCALAR, diags);
    test->name = name ? mem_strdup(name->text) : mem_printf("test %zu", suite->n);
    read_document(test, map, path, diags);
    test->expect = get(map, "expect", TREE_LIST, diags);
    test->not = get(map, "not", TREE_LIST, diags);
    test->is_whole = test->expect != NULL;
    check_entries(test->expect, diags);
    check_entries(test->not, diags);
    if (!test->expect && !test->not )
        diags_error(diags, map->at, "a test says what it expects: \"expect\" or \"not\"");
}

int suite_read(struct suite *suite, const char *path, struct diags *diags)
{
    static const char *const keys[] = {"topics", "lists", "tests"};
    *suite = (struct suite){.tree = tree_read(path, diags)};
    if (!suite->tree)
        return -1;
    if (suite->tree->kind != TREE_MAP)
        return diags_error(diags, suite->tree->at, "a file of tests is a map with a list: tests");
    check_keys(suite->tree, "a file of tests", keys, ARRAY_LEN(keys), diags);
    read_topics(suite, path, diags);
    const struct tree *tests = get(suite->tree, "tests", TREE_LIST, diags);
    if (!tests || !tests->n)
        return diags_error(diags, suite->tree->at, "there are no tests in this file");
    suite->tests = NEW_N(struct suite_test, tests->n);
    for (size_t i = 0; i < tests->n; i++)
        read_test(suite, tests->items[i], path, diags);
    return diags->n_errors ? -1 : 0;
}

static void free_paths(char **paths)
{
    for (char **path = paths; path && *path; path++)
        free(*path);
    free(paths);
}

void suite_deinit(struct suite *suite)
{
    for (size_t i = 0; i < suite->n; i++) {
        free(suite->tests[i].name);
        free(suite->tests[i].file);
    }
    free(suite->tests);
    free_paths(suite->topics);
    free_paths(suite->lists);
    tree_free(&suite->tree);
    *suite = (struct suite){0};
}
