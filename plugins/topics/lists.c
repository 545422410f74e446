/* Reading named lists. */
#include "topics/lists.h"

#include <stdlib.h>
#include <string.h>
#include <tocsin/text.h>

#include "config/tree.h"
#include "topics/query.h"

void lists_deinit(struct topic_word_lists *lists)
{
    for (size_t i = 0; i < lists->n; i++) {
        struct topic_word_list *list = &lists->items[i];
        for (size_t at = 0; at < list->n; at++) {
            free(list->items[at].name);
            free(list->items[at].alias);
        }
        free(list->items);
        free(list->name);
    }
    free(lists->items);
    *lists = (struct topic_word_lists){0};
}

static void add_alias(struct topic_word_list *list, const char *name, const struct tree *alias,
                      struct diags *diags)
{
    if (alias->kind != TREE_SCALAR) {
        diags_error(diags, alias->at, "list \"%s\": a name is a text", list->name);
        return;
    }
    struct tocsin_words words;
    tocsin_words_make(alias->text, alias->text_len, &words);
    bool good = words.n > 0 && words.n <= QUERY_MAX_WORDS && !strpbrk(alias->text, "\"*\u201C");
    tocsin_words_free(&words);
    if (!good) {
        diags_error(diags, alias->at, "list \"%s\": a name has 1 to %d words, and no quotes or *",
                    list->name, QUERY_MAX_WORDS);
        return;
    }
    list->items = mem_grow(list->items, &list->cap, list->n + 1, sizeof(*list->items));
    list->items[list->n++] =
        (struct topic_alias){.name = mem_strdup(name), .alias = mem_strdup(alias->text)};
}

static void add_entry(struct topic_word_list *list, const struct tree *entry, struct diags *diags)
{
    const struct tree *name = entry->kind == TREE_MAP ? tree_get(entry, "name") : entry;
    if (!name || name->kind != TREE_SCALAR) {
        diags_error(diags, entry->at, "list \"%s\": an entry is a text, or a map with its name",
                    list->name);
        return;
    }
    add_alias(list, name->text, name, diags);
    const struct tree *also = entry->kind == TREE_MAP ? tree_get(entry, "also") : NULL;
    if (also && also->kind != TREE_LIST) {
        diags_error(diags, also->at, "list \"%s\": also is a list of names", list->name);
        return;
    }
    for (size_t i = 0; also && i < also->n; i++)
        add_alias(list, name->text, also->items[i], diags);
}

static void add_list(struct topic_word_lists *lists, const struct tree *tree, struct diags *diags)
{
    if (tree->kind != TREE_LIST) {
        diags_error(diags, tree->at, "list \"%s\": must be a list of names", tree->key);
        return;
    }
    for (size_t i = 0; i < lists->n; i++)
        if (!strcmp(lists->items[i].name, tree->key)) {
            diags_error(diags, tree->key_at, "list \"%s\" is there twice", tree->key);
            return;
        }
    lists->items = mem_grow(lists->items, &lists->cap, lists->n + 1, sizeof(*lists->items));
    struct topic_word_list *list = &lists->items[lists->n++];
    *list = (struct topic_word_list){.name = mem_strdup(tree->key)};
    for (size_t i = 0; i < tree->n; i++)
        add_entry(list, tree->items[i], diags);
}

static void read_tree(struct topic_word_lists *lists, const struct tree *tree, struct diags *diags)
{
    if (tree->kind != TREE_MAP) {
        diags_error(diags, tree->at, "a file of lists is a map: name: [entries]");
        return;
    }
    for (size_t i = 0; i < tree->n; i++)
        add_list(lists, tree->items[i], diags);
}

void lists_read(struct topic_word_lists *lists, const char *file, struct diags *diags)
{
    struct tree *tree = tree_read(file, diags);
    if (tree)
        read_tree(lists, tree, diags);
    tree_free(&tree);
}

void lists_parse(struct topic_word_lists *lists, const char *file, const char *text, size_t len,
                 struct diags *diags)
{
    struct tree *tree = tree_parse(file, text, len, diags);
    if (tree)
        read_tree(lists, tree, diags);
    tree_free(&tree);
}
