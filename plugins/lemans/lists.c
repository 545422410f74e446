/*
 * The folder of lists, file by file; see lists.h. Every file has a reader below; the table at the
 * end of the file says which.
 */
#include "lists.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"

#include "yaml.h"

#define USUAL_DAY  613 /* MMDD, where editions.yaml says nothing */
#define FIRST_YEAR 1923
#define LAST_YEAR  2200

struct lists {
    struct phrases *phrases;
    struct map *name_words; /* word → bits, as a pointer's number */
    struct map *surnames;   /* folded surname → struct driver, or the lists for several */
    struct map *anchors;
    bool anchor_byte[256]; /* the first bytes of the anchors: most words end here */
    struct map *days;      /* "2020" → YYYYMMDD, as a pointer's number */
    struct map *without;   /* years without a race */
    int usual_day;
    struct language **languages;
    size_t n_languages, cap_languages;
    void **items; /* drivers, teams, classes, and texts that live as long */
    size_t n_items, cap_items;
};

struct reader {
    struct lists *lists;
    struct diags *diags;
    struct map *nations; /* by key */
};

static void *item_keep(struct lists *lists, void *item)
{
    lists->items = mem_grow(lists->items, &lists->cap_items, lists->n_items + 1, sizeof(void *));
    return lists->items[lists->n_items++] = item;
}

/* A text that lives as long as the lists. */
static char *text_keep(struct lists *lists, const char *text)
{
    return text ? item_keep(lists, mem_strdup(text)) : NULL;
}

static void phrase_add(struct reader *reader, const struct tree *node, enum phrase_kind kind,
                       const void *item, bool capital)
{
    if (yaml_is(node, TREE_SCALAR, reader->diags) &&
        !phrases_add(reader->lists->phrases, node->text, kind, item, capital))
        diags_error(reader->diags, node->at, "\"%s\" has no word", node->text);
}

static void phrases_of(struct reader *reader, const struct tree *map, const char *key,
                       enum phrase_kind kind, const void *item, bool capital)
{
    const struct tree *list = tree_get(map, key);
    if (!list || !yaml_is(list, TREE_LIST, reader->diags))
        return;
    for (size_t i = 0; i < list->n; i++)
        phrase_add(reader, list->items[i], kind, item, capital);
}

/* Calls `read` for each map in the list under `key`. */
static void each_map(struct reader *reader, const struct tree *tree, const char *key,
                     void (*read)(struct reader *, const struct tree *))
{
    const char *const keys[] = {key, NULL};
    yaml_keys(tree, keys, reader->diags);
    const struct tree *list = yaml_need(tree, key, TREE_LIST, reader->diags);
    for (size_t i = 0; list && i < list->n; i++)
        if (yaml_is(list->items[i], TREE_MAP, reader->diags))
            read(reader, list->items[i]);
}

/* --- drivers, teams, classes ------------------------------------------------------------------ */

static void surname_add(struct lists *lists, struct driver *driver)
{
    AUTO_FREE char *folded = tocsin_fold(driver->name, strlen(driver->name));
    const char *last = strrchr(folded, ' ');
    driver->surname = text_keep(lists, last ? last + 1 : folded);
    void *now = map_get_text(lists->surnames, driver->surname) ? (void *)lists : (void *)driver;
    map_set_text(lists->surnames, driver->surname, now);
}

/* One that nations.yaml has; NULL: none is said. */
static const char *nation_of(struct reader *reader, const struct tree *node)
{
    const char *nation = yaml_text(node, "nation", reader->diags);
    if (nation && !map_get_text(reader->nations, nation))
        diags_error(reader->diags, tree_get(node, "nation")->at, "nations.yaml has no \"%s\"",
                    nation);
    return nation;
}

static void driver_read(struct reader *reader, const struct tree *node)
{
    static const char *const keys[] = {"name", "nation", "also", NULL};
    yaml_keys(node, keys, reader->diags);
    const struct tree *name = yaml_need(node, "name", TREE_SCALAR, reader->diags);
    if (!name)
        return;
    struct driver *driver = item_keep(reader->lists, NEW(struct driver));
    driver->name = text_keep(reader->lists, name->text);
    driver->nation = text_keep(reader->lists, nation_of(reader, node));
    surname_add(reader->lists, driver);
    phrase_add(reader, name, PHRASE_DRIVER, driver, true);
    phrases_of(reader, node, "also", PHRASE_DRIVER, driver, true);
}

static void drivers_read(struct reader *reader, const struct tree *tree)
{
    each_map(reader, tree, "drivers", driver_read);
}

static void team_read(struct reader *reader, const struct tree *node)
{
    static const char *const keys[] = {"name", "maker", "also", NULL};
    yaml_keys(node, keys, reader->diags);
    const struct tree *name = yaml_need(node, "name", TREE_SCALAR, reader->diags);
    if (!name)
        return;
    struct team *team = item_keep(reader->lists, NEW(struct team));
    team->name = text_keep(reader->lists, name->text);
    team->maker = yaml_bool(node, "maker", false, reader->diags);
    phrase_add(reader, name, PHRASE_TEAM, team, true);
    phrases_of(reader, node, "also", PHRASE_TEAM, team, true);
}

static void teams_read(struct reader *reader, const struct tree *tree)
{
    each_map(reader, tree, "teams", team_read);
}

static void class_read(struct reader *reader, const struct tree *node)
{
    static const char *const keys[] = {"name", "since", "until", "also", NULL};
    yaml_keys(node, keys, reader->diags);
    const struct tree *name = yaml_need(node, "name", TREE_SCALAR, reader->diags);
    if (!name)
        return;
    struct race_class *class = item_keep(reader->lists, NEW(struct race_class));
    class->name = text_keep(reader->lists, name->text);
    class->since = (int)yaml_int(node, "since", 0, FIRST_YEAR, LAST_YEAR, reader->diags);
    class->until = (int)yaml_int(node, "until", 0, FIRST_YEAR, LAST_YEAR, reader->diags);
    phrase_add(reader, name, PHRASE_CLASS, class, false);
    phrases_of(reader, node, "also", PHRASE_CLASS, class, false);
}

static void classes_read(struct reader *reader, const struct tree *tree)
{
    each_map(reader, tree, "classes", class_read);
}

static void nations_read(struct reader *reader, const struct tree *tree)
{
    for (size_t i = 0; i < tree->n; i++) {
        map_set_text(reader->nations, tree->items[i]->key, reader);
        phrases_of(reader, tree, tree->items[i]->key, PHRASE_NATION,
                   text_keep(reader->lists, tree->items[i]->key), false);
    }
}

/* --- races ------------------------------------------------------------------------------------ */

static void topics_read(struct reader *reader, const struct tree *map)
{
    if (!map || !yaml_is(map, TREE_MAP, reader->diags))
        return;
    for (size_t i = 0; i < map->n; i++)
        phrases_of(reader, map, map->items[i]->key, PHRASE_OTHER_TOPIC,
                   text_keep(reader->lists, map->items[i]->key), false);
}

static void anchor_read(struct reader *reader, const struct tree *node)
{
    if (!yaml_is(node, TREE_SCALAR, reader->diags))
        return;
    reader->lists->anchor_byte[(unsigned char)node->text[0]] = true;
    map_set_text(reader->lists->anchors, node->text, reader->lists);
}

static void races_read(struct reader *reader, const struct tree *tree)
{
    static const char *const keys[] = {"anchors", "sure",  "likely",       "loose",
                                       "never",   "other", "other-topics", NULL};
    yaml_keys(tree, keys, reader->diags);
    phrases_of(reader, tree, "sure", PHRASE_RACE_SURE, NULL, false);
    phrases_of(reader, tree, "likely", PHRASE_RACE_LIKELY, NULL, false);
    phrases_of(reader, tree, "loose", PHRASE_RACE_LOOSE, NULL, false);
    phrases_of(reader, tree, "never", PHRASE_NOT_RACE, NULL, false);
    phrases_of(reader, tree, "other", PHRASE_OTHER_RACE, NULL, false);
    topics_read(reader, tree_get(tree, "other-topics"));
    const struct tree *anchors = yaml_need(tree, "anchors", TREE_LIST, reader->diags);
    for (size_t i = 0; anchors && i < anchors->n; i++)
        anchor_read(reader, anchors->items[i]);
}

static void day_read(struct reader *reader, const struct tree *node)
{
    int32_t day = 0;
    int64_t year = 0;
    if (!yaml_is(node, TREE_SCALAR, reader->diags) || !str_int_parse(node->key, &year) ||
        !str_date_parse(node->text, node->text_len, &day) || day / 10000 != year)
        diags_error(reader->diags, node->at, "expected a year and a day of it: 2020: 2020-09-19");
    else
        map_set_text(reader->lists->days, node->key, (void *)(uintptr_t)day);
}

static void editions_read(struct reader *reader, const struct tree *tree)
{
    static const char *const keys[] = {"usual-day", "without", "days", NULL};
    yaml_keys(tree, keys, reader->diags);
    reader->lists->usual_day =
        (int)yaml_int(tree, "usual-day", USUAL_DAY, 101, 1231, reader->diags);
    const struct tree *without = yaml_need(tree, "without", TREE_LIST, reader->diags);
    for (size_t i = 0; without && i < without->n; i++)
        if (yaml_is(without->items[i], TREE_SCALAR, reader->diags))
            map_set_text(reader->lists->without, without->items[i]->text, reader->lists);
    const struct tree *days = yaml_need(tree, "days", TREE_MAP, reader->diags);
    for (size_t i = 0; days && i < days->n; i++)
        day_read(reader, days->items[i]);
}

/* --- words of names --------------------------------------------------------------------------- */

static void name_words_read(struct reader *reader, const struct tree *tree, const char *key,
                            enum name_word bit)
{
    const struct tree *list = yaml_need(tree, key, TREE_LIST, reader->diags);
    struct map *words = reader->lists->name_words;
    for (size_t i = 0; list && i < list->n; i++) {
        if (!yaml_is(list->items[i], TREE_SCALAR, reader->diags))
            continue;
        char *folded = tocsin_fold(list->items[i]->text, list->items[i]->text_len);
        uintptr_t bits = (uintptr_t)map_get_text(words, folded) | bit;
        map_set_text(words, folded, (void *)bits);
        free(folded);
    }
}

static void names_read(struct reader *reader, const struct tree *tree)
{
    static const char *const keys[] = {"given", "never", "team-words", "also-words", NULL};
    yaml_keys(tree, keys, reader->diags);
    name_words_read(reader, tree, "given", NAME_GIVEN);
    name_words_read(reader, tree, "never", NAME_NEVER);
    name_words_read(reader, tree, "team-words", NAME_TEAM);
    name_words_read(reader, tree, "also-words", NAME_OFTEN);
}

/* --- the folder ------------------------------------------------------------------------------- */

static const struct {
    const char *file;
    void (*read)(struct reader *, const struct tree *);
} list_files[] = {
    /* Before the drivers, who are of one. */
    {"nations.yaml", nations_read}, {"drivers.yaml", drivers_read},
    {"teams.yaml", teams_read},     {"classes.yaml", classes_read},
    {"races.yaml", races_read},     {"editions.yaml", editions_read},
    {"names.yaml", names_read},
};

static void list_file_read(struct reader *reader, const char *folder, size_t i)
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

static void languages_read(struct reader *reader, const char *folder)
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
    lists->days = map_new();
    lists->without = map_new();
    struct reader reader = {lists, diags, map_new()};
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
    map_free(&lists->days, NULL);
    map_free(&lists->without, NULL);
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
    AUTO_FREE char *key = mem_printf("%d", year);
    uintptr_t day = (uintptr_t)map_get_text(lists->days, key);
    return day ? (int32_t)day : year * 10000 + lists->usual_day;
}

int lists_edition_year(const struct lists *lists, int number)
{
    for (int year = FIRST_YEAR; year <= LAST_YEAR; year++) {
        AUTO_FREE char *key = mem_printf("%d", year);
        if (!map_get_text(lists->without, key) && --number == 0)
            return year;
    }
    return 0;
}
