/* What the race is called, what else is, and when it is held. */
#include "base/str.h"

#include "lists_build.h"

#define USUAL_DAY 613 /* MMDD, where editions.yaml says nothing */

static void topics_read(struct lists_reader *reader, const struct tree *map)
{
    if (!map || !yaml_is(map, TREE_MAP, reader->diags))
        return;
    for (size_t i = 0; i < map->n; i++)
        lists_phrases_of(reader, map, map->items[i]->key, PHRASE_OTHER_TOPIC,
                         lists_text_keep(reader->lists, map->items[i]->key), false);
}

static void anchor_read(struct lists_reader *reader, const struct tree *node)
{
    if (!yaml_is(node, TREE_SCALAR, reader->diags))
        return;
    reader->lists->anchor_byte[(unsigned char)node->text[0]] = true;
    map_set_text(reader->lists->anchors, node->text, reader->lists);
}

void lists_races_read(struct lists_reader *reader, const struct tree *tree)
{
    static const char *const keys[] = {"anchors", "sure",  "likely",       "loose",
                                       "never",   "other", "other-topics", NULL};
    yaml_keys(tree, keys, reader->diags);
    lists_phrases_of(reader, tree, "sure", PHRASE_RACE_SURE, NULL, false);
    lists_phrases_of(reader, tree, "likely", PHRASE_RACE_LIKELY, NULL, false);
    lists_phrases_of(reader, tree, "loose", PHRASE_RACE_LOOSE, NULL, false);
    lists_phrases_of(reader, tree, "never", PHRASE_NOT_RACE, NULL, false);
    lists_phrases_of(reader, tree, "other", PHRASE_OTHER_RACE, NULL, false);
    topics_read(reader, tree_get(tree, "other-topics"));
    const struct tree *anchors = yaml_need(tree, "anchors", TREE_LIST, reader->diags);
    for (size_t i = 0; anchors && i < anchors->n; i++)
        anchor_read(reader, anchors->items[i]);
}

static void day_read(struct lists_reader *reader, const struct tree *node)
{
    int32_t day = 0;
    int64_t year = 0;
    if (!yaml_is(node, TREE_SCALAR, reader->diags) || !str_int_parse(node->key, &year) ||
        !str_date_parse(node->text, node->text_len, &day) || day / 10000 != year ||
        year < FIRST_YEAR || year > LAST_YEAR)
        diags_error(reader->diags, node->at, "expected a year and a day of it: 2020: 2020-09-19");
    else
        reader->lists->days[year - FIRST_YEAR] = day;
}

static void without_read(struct lists_reader *reader, const struct tree *node)
{
    int64_t year = 0;
    if (!yaml_is(node, TREE_SCALAR, reader->diags))
        return;
    if (!str_int_parse(node->text, &year) || year < FIRST_YEAR || year > LAST_YEAR)
        diags_error(reader->diags, node->at, "expected a year from %d to %d", FIRST_YEAR,
                    LAST_YEAR);
    else
        reader->lists->without[year - FIRST_YEAR] = true;
}

void lists_editions_read(struct lists_reader *reader, const struct tree *tree)
{
    static const char *const keys[] = {"usual-day", "without", "days", NULL};
    yaml_keys(tree, keys, reader->diags);
    reader->lists->usual_day =
        (int)yaml_int(tree, "usual-day", USUAL_DAY, 101, 1231, reader->diags);
    const struct tree *without = yaml_need(tree, "without", TREE_LIST, reader->diags);
    for (size_t i = 0; without && i < without->n; i++)
        without_read(reader, without->items[i]);
    const struct tree *days = yaml_need(tree, "days", TREE_MAP, reader->diags);
    for (size_t i = 0; days && i < days->n; i++)
        day_read(reader, days->items[i]);
}
