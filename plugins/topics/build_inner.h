/* What the files of the builder share: build.c (topics), build_names.c (texts and numbers),
 * build_finish.c (tables), and keep.c, which takes topics over. */
#ifndef TOCSIN_TOPICS_BUILD_INNER_H
#define TOCSIN_TOPICS_BUILD_INNER_H

#include "base/map.h"
#include "topics/build.h"
#include "topics/vocabulary.h"

/* A growing array of one section. */
struct rows {
    char *bytes;
    size_t n, cap;
};

/* One topic, by the place of its code, or list under one key. */
struct filing {
    uint64_t key;
    uint32_t post;
};

struct build {
    uint64_t seed;
    uint32_t uses;
    struct hash lists_hash;
    struct vocabulary vocabulary;
    struct map *class_numbers, *list_numbers, *regex_numbers; /* to the number and 1 */
    struct map *texts; /* texts that are often the same, to their place */
    struct buf strings, names;
    uint32_t *name_slots; /* open addressing: the section of the image as it is */
    size_t n_name_slots;  /* a power of two */
    struct rows classes, buckets, languages, topics, topic_names, lists, aliases, regexes, pieces,
        filings, warnings;
    /* Of an update. */
    uint64_t base;
    struct rows base_lines, order;
    struct code code;
};

/* Appends an element. */
void *rows_add(struct rows *rows, const void *element, size_t bytes);
#define ROWS(rows, type) ((type *)(void *)(rows).bytes)

/* Stores a text; NULL as "". */
uint32_t build_text(struct build *build, const char *text);
/* The same, once for all that are equal. */
uint32_t build_shared_text(struct build *build, const char *text);
/* The number under this text, or the next one, which is remembered. */
uint32_t build_number(struct map *map, const char *text, size_t next, bool *is_new);
/* The name is that of the topic of this number. */
void build_name(struct build *build, uint32_t topic, const char *name);
/* The id of a word, or of its class. */
uint32_t build_word(struct build *build, const struct query_word *word, const char *language);
/* UINT32_MAX: there is none of that name. */
uint32_t build_list_number(const struct build *build, const char *name);
/* The three of them, for code_compile. */
struct code_names build_names(struct build *build);
/* The id of a class, made if it is new. */
uint32_t build_class(struct build *build, const struct image_class *wanted, const char *text,
                     const char *folded);
uint32_t build_regex(struct build *build, const char *source, bool any_case);
/* A topic of the last piece, whose number is set. */
void build_row(struct build *build, const struct image_topic *row, const char *name);
void build_file_under(struct build *build, uint64_t key, uint32_t post);

#endif
