/*
 * How the files of lists fill what lists.h reads; nobody else includes this.
 */
#ifndef LEMANS_LISTS_BUILD_H
#define LEMANS_LISTS_BUILD_H

#include "base/map.h"

#include "lists.h"
#include "yaml.h"

#define FIRST_YEAR 1923
#define LAST_YEAR  2200
#define N_YEARS    (LAST_YEAR - FIRST_YEAR + 1)

struct lists {
    struct phrases *phrases;
    struct map *name_words; /* word → bits, as a pointer's number */
    struct map *surnames;   /* folded surname → struct driver, or the lists for several */
    struct map *anchors;
    bool anchor_byte[256]; /* the first bytes of the anchors: most words end here */
    int32_t days[N_YEARS]; /* from FIRST_YEAR: YYYYMMDD, 0: the usual day */
    bool without[N_YEARS]; /* no race */
    int usual_day;
    struct language **languages;
    size_t n_languages, cap_languages;
    void **items; /* drivers, teams, classes, and texts that live as long */
    size_t n_items, cap_items;
};

struct lists_reader {
    struct lists *lists;
    struct diags *diags;
    struct map *nations; /* by key */
};

/* A thing, or a text, that lives as long as the lists. */
void *lists_item_keep(struct lists *lists, void *item);
char *lists_text_keep(struct lists *lists, const char *text);
void lists_phrase_add(struct lists_reader *reader, const struct tree *node, enum phrase_kind kind,
                      const void *item, bool capital);
/* The phrases in the list under `key`, if there is one. */
void lists_phrases_of(struct lists_reader *reader, const struct tree *map, const char *key,
                      enum phrase_kind kind, const void *item, bool capital);
/* Calls `read` for each map in the list under `key`. */
void lists_each_map(struct lists_reader *reader, const struct tree *tree, const char *key,
                    void (*read)(struct lists_reader *, const struct tree *));

/* One file each. */
void lists_nations_read(struct lists_reader *reader, const struct tree *tree);
void lists_drivers_read(struct lists_reader *reader, const struct tree *tree);
void lists_teams_read(struct lists_reader *reader, const struct tree *tree);
void lists_classes_read(struct lists_reader *reader, const struct tree *tree);
void lists_names_read(struct lists_reader *reader, const struct tree *tree);
void lists_races_read(struct lists_reader *reader, const struct tree *tree);
void lists_editions_read(struct lists_reader *reader, const struct tree *tree);

#endif
