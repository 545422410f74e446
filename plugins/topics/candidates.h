/*
 * From the words of a document to the topics that are filed under them. Memory that is waited for
 * is asked for first and looked at when it has come, a step at a time for many keys: their groups,
 * their posts, their code.
 */
#ifndef TOCSIN_TOPICS_CANDIDATES_H
#define TOCSIN_TOPICS_CANDIDATES_H

#include "topics/eval.h"

/* What may match: code, and the pair of neighbours by which it was found. */
struct candidate {
    uint32_t code; /* in CODE */
    struct pair pair;
};

struct candidates {
    const struct image *image;
    uint64_t *met; /* a bit for each group: was it met? */
    struct code groups;
    size_t n_in_text; /* of `groups`: the first so many keys are in the text */
    struct candidate *items;
    size_t n, cap;
};

void candidates_init(struct candidates *candidates, const struct image *image);
void candidates_deinit(struct candidates *candidates);
/* Fills `items` for the view's document. A topic with several keys can be there as often. */
void candidates_find(struct candidates *candidates, struct view *view);

#endif
