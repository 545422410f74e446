/*
 * Named lists, which queries use by @name: YAML, a map from a list's name to its entries. An entry
 * is a text, or a map with its `name` and other ways to write it under `also`; what else it says is
 * of no interest here, so that one file can serve several detectors.
 */
#ifndef TOCSIN_TOPICS_LISTS_H
#define TOCSIN_TOPICS_LISTS_H

#include "config/diag.h"

struct topic_word_list {
    char *name;
    struct topic_alias {
        char *name;  /* of the entry, as a match names it */
        char *alias; /* words to look for: the name itself, or another way to write it */
    } * items;
    size_t n, cap;
};

struct topic_word_lists {
    struct topic_word_list *items;
    size_t n, cap;
};

/* Adds the lists of one file. What is wrong goes to `diags`. */
void lists_read(struct topic_word_lists *lists, const char *file, struct diags *diags);
void lists_parse(struct topic_word_lists *lists, const char *file, const char *text, size_t len,
                 struct diags *diags);
void lists_deinit(struct topic_word_lists *lists);

#endif
