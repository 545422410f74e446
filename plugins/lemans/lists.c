/*
 * The folder of lists, file by file; see lists.h. The table below says who reads which
 * (lists_named.c, lists_races.c).
 */
#include "lists_build.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"

void *lists_item_keep(struct lists *lists, void *item)
{
    lists->items = mem_grow(lists->items, &lists->cap_items, lists->n_items + 1, sizeof(void *));
    return lists->items[lists->n_items++] = item;
}

/* A text that lives as long as the lists. */
char *lists_text_keep(struct lists *lists, const char *text)
{
    return text ? lists_item_keep(lists, mem_strdup(text)) : NULL;
}

void lists_phrase_add(struct lists_reader *reader, const struct tree *node, enum phrase_kind kind,
                      const void *item, bool capital)
{
    if (yaml_is(node, TREE_SCALAR, reader->diags) &&
        !phrases_add(reader->lists->phrases, node->text, kind, item, capital))
        diags_error(reader->diags, node->at, "\"%s\" has no word", node->text);
}

void lists_phrases_of(struct lists_reader *reader, const struct tree *map, const char *key,
                      enum phrase_kind kind, const void *item, bool capital)
{
    const struct tree *list = tree_get(map, key);
    if (!list || !yaml_is(list, TREE_LIST, reader->diags))
        return;
    for (size_t i = 0; i < list->n; i++)
        lists_phrase_add(reader, list->items[i], kind, item, capital);
}

/* Calls `read` for each map in the list under `key`. */
void lists_each_map(struct lists_reader *reader, const struct tree *tree, const char *key,
                    void (*read)(struct lists_reader *, const struct tree *))
{
    const char *const keys[] = {key, NULL};
    yaml_keys(tree, keys, reader->diags);
    const struct tree *list = yaml_need(tree, key, TREE_LIST, reader->diags);
    for (size_t i = 0; list && i < list->n; i++)
        if (yaml_is(list->items[i], TREE_MAP, reader->diags))
            read(reader, list->items[i]);
}

/* --- the folder ------------------------------------------------------------------------------- */

static const struct {
    const char *file;
    void (*read)(struct lists_reader *, const struct tree *);
} list_files[] = {
    /* Before the drivers, who are of one. */
    {"nations.yaml", lists_nations_read}, {"drivers.yaml", lists_drivers_read},
    {"teams.yaml", lists_teams_read},     {"classes.yaml", lists_classes_read},
    {"races.yaml", lists_races_read},     {"editions.yaml", lists_editions_read},
    {"names.yaml", lists_names_read},
};

static void list_file_read(struct lists_reader *reader, const char *folder, size_t i)
{
    AUTO_FREE char *file = mem_printf("%s/%s", folder, list_files[i].file);
    struct tree *tree = tree_read(file, reader->diags);
    if (tree && yaml_is(tree, TREE_MAP, reader->diags))
        list_files[i].read(reader, tree);
    if (tree)
        tree_free(&tree);
}

static int is_cues(const struct dirent *entry)
{
    return str_starts(entry->d_name, "cues-") && str_ends(entry->d_name, ".yaml");
}

static void languages_read(struct lists_reader *reader, const char *folder)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_cues, alphasort);
    if (n <= 0)
        diags_error(reader->diags, (struct config_at){config_file_intern(folder), 0, 0},
                    n < 0 ? "%s" : "no file cues-LANGUAGE.yaml here", strerror(errno));
    for (int i = 0; i < n; i++) {
        AUTO_FREE char *file = mem_printf("%s/%s", folder, entries[i]->d_name);
        struct language *language = language_read(file, reader->diags);
        struct lists *lists = reader->lists;
        if (language) {
            lists->languages = mem_grow(lists->languages, &lists->cap_languages,
                                        lists->n_languages + 1, sizeof(struct language *));
            lists->languages[lists->n_languages++] = language;
        }
        free(entries[i]);
    }
    free(entries);
}

struct lists *lists_read(const char *folder, struct diags *diags)
{
    struct lists *lists = NEW(struct lists);
    lists->phrases = phrases_new();
    lists->name_words = map_new();
    lists->surnames = map_new();
    lists->anchors = map_new();
    struct lists_reader reader = {lists, diags, map_new()};
    languages_read(&reader, folder);
    for (size_t i = 0; lists->n_languages && i < ARRAY_LEN(list_files); i++)
        list_file_read(&reader, folder, i);
    map_free(&reader.nations, NULL);
    if (diags->n_errors)
        lists_free(&lists);
    return lists;
}

void lists_free(struct lists **lists_p)
{
    struct lists *lists = *lists_p;
    if (!lists)
        return;
    for (size_t i = 0; i < lists->n_languages; i++)
        language_free(&lists->languages[i]);
    for (size_t i = 0; i < lists->n_items; i++)
        free(lists->items[i]);
    phrases_free(&lists->phrases);
    map_free(&lists->name_words, NULL);
    map_free(&lists->surnames, NULL);
    map_free(&lists->anchors, NULL);
    mem_free_p(&lists->languages);
    mem_free_p(&lists->items);
    mem_free_p(lists_p);
}

const struct phrases *lists_phrases(const struct lists *lists)
{
    return lists->phrases;
}

unsigned lists_name_word(const struct lists *lists, const struct token *token)
{
    return (unsigned)(uintptr_t)map_get(lists->name_words, token->folded, token->folded_len);
}

const struct driver *lists_surname(const struct lists *lists, const char *folded, size_t len)
{
    const void *found = map_get(lists->surnames, folded, len);
    return found == lists ? NULL : found;
}

bool lists_is_anchor(const struct lists *lists, const char *folded, size_t len)
{
    return len && lists->anchor_byte[(unsigned char)folded[0]] &&
           map_get(lists->anchors, folded, len);
}

size_t lists_n_languages(const struct lists *lists)
{
    return lists->n_languages;
}

const struct language *lists_language(const struct lists *lists, size_t i)
{
    return lists->languages[i];
}

int32_t lists_race_day(const struct lists *lists, int year)
{
    bool listed = year >= FIRST_YEAR && year <= LAST_YEAR && lists->days[year - FIRST_YEAR];
    return listed ? lists->days[year - FIRST_YEAR] : year * 10000 + lists->usual_day;
}

int lists_edition_year(const struct lists *lists, int number)
{
    for (int i = 0; i < N_YEARS; i++)
        if (!lists->without[i] && --number == 0)
            return FIRST_YEAR + i;
    return 0;
}
