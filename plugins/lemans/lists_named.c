/* Who and what is named: nations, drivers, teams, classes, the words of names. */
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/mem.h"

#include "lists_build.h"

static void surname_add(struct lists *lists, struct driver *driver)
{
    AUTO_FREE char *folded = tocsin_fold(driver->name, strlen(driver->name));
    const char *last = strrchr(folded, ' ');
    driver->surname = lists_text_keep(lists, last ? last + 1 : folded);
    void *now = map_get_text(lists->surnames, driver->surname) ? (void *)lists : (void *)driver;
    map_set_text(lists->surnames, driver->surname, now);
}

/* One that nations.yaml has; NULL: none is said. */
static const char *nation_of(struct lists_reader *reader, const struct tree *node)
{
    const char *nation = yaml_text(node, "nation", reader->diags);
    if (nation && !map_get_text(reader->nations, nation))
        diags_error(reader->diags, tree_get(node, "nation")->at, "nations.yaml has no \"%s\"",
                    nation);
    return nation;
}

static void driver_read(struct lists_reader *reader, const struct tree *node)
{
    static const char *const keys[] = {"name", "nation", "also", NULL};
    yaml_keys(node, keys, reader->diags);
    const struct tree *name = yaml_need(node, "name", TREE_SCALAR, reader->diags);
    if (!name)
        return;
    struct driver *driver = lists_item_keep(reader->lists, NEW(struct driver));
    driver->name = lists_text_keep(reader->lists, name->text);
    driver->nation = lists_text_keep(reader->lists, nation_of(reader, node));
    surname_add(reader->lists, driver);
    lists_phrase_add(reader, name, PHRASE_DRIVER, driver, true);
    lists_phrases_of(reader, node, "also", PHRASE_DRIVER, driver, true);
}

void lists_drivers_read(struct lists_reader *reader, const struct tree *tree)
{
    lists_each_map(reader, tree, "drivers", driver_read);
}

static void team_read(struct lists_reader *reader, const struct tree *node)
{
    static const char *const keys[] = {"name", "maker", "also", NULL};
    yaml_keys(node, keys, reader->diags);
    const struct tree *name = yaml_need(node, "name", TREE_SCALAR, reader->diags);
    if (!name)
        return;
    struct team *team = lists_item_keep(reader->lists, NEW(struct team));
    team->name = lists_text_keep(reader->lists, name->text);
    team->maker = yaml_bool(node, "maker", false, reader->diags);
    lists_phrase_add(reader, name, PHRASE_TEAM, team, true);
    lists_phrases_of(reader, node, "also", PHRASE_TEAM, team, true);
}

void lists_teams_read(struct lists_reader *reader, const struct tree *tree)
{
    lists_each_map(reader, tree, "teams", team_read);
}

static void class_read(struct lists_reader *reader, const struct tree *node)
{
    static const char *const keys[] = {"name", "since", "until", "also", NULL};
    yaml_keys(node, keys, reader->diags);
    const struct tree *name = yaml_need(node, "name", TREE_SCALAR, reader->diags);
    if (!name)
        return;
    struct race_class *class = lists_item_keep(reader->lists, NEW(struct race_class));
    class->name = lists_text_keep(reader->lists, name->text);
    class->since = (int)yaml_int(node, "since", 0, FIRST_YEAR, LAST_YEAR, reader->diags);
    class->until = (int)yaml_int(node, "until", 0, FIRST_YEAR, LAST_YEAR, reader->diags);
    lists_phrase_add(reader, name, PHRASE_CLASS, class, false);
    lists_phrases_of(reader, node, "also", PHRASE_CLASS, class, false);
}

void lists_classes_read(struct lists_reader *reader, const struct tree *tree)
{
    lists_each_map(reader, tree, "classes", class_read);
}

void lists_nations_read(struct lists_reader *reader, const struct tree *tree)
{
    for (size_t i = 0; i < tree->n; i++) {
        map_set_text(reader->nations, tree->items[i]->key, reader);
        lists_phrases_of(reader, tree, tree->items[i]->key, PHRASE_NATION,
                         lists_text_keep(reader->lists, tree->items[i]->key), false);
    }
}

static void name_words_read(struct lists_reader *reader, const struct tree *tree, const char *key,
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

void lists_names_read(struct lists_reader *reader, const struct tree *tree)
{
    static const char *const keys[] = {"given", "never", "team-words", "also-words", NULL};
    yaml_keys(tree, keys, reader->diags);
    name_words_read(reader, tree, "given", NAME_GIVEN);
    name_words_read(reader, tree, "never", NAME_NEVER);
    name_words_read(reader, tree, "team-words", NAME_TEAM);
    name_words_read(reader, tree, "also-words", NAME_OFTEN);
}
