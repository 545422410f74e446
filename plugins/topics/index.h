/*
 * All topics: a base, and, when a few of very many have changed since it was made, an update of it:
 * an image of the topics that are new, which also says which pieces of the base are still there,
 * and in which order the pieces of both stand. So a change of a few topics costs what they cost,
 * and the base stays the one that all hosts have mapped.
 */
#ifndef TOCSIN_TOPICS_INDEX_H
#define TOCSIN_TOPICS_INDEX_H

#include "topics/image.h"

enum index_part { INDEX_BASE, INDEX_UPDATE, INDEX_PARTS };

struct index {
    struct image parts[INDEX_PARTS];
    size_t n_parts; /* 1 without an update */
};

/* As image_open, for both; `update` NULL: there is none. -1 also when it is of another base. */
int index_open(struct index *index, const void *base, size_t base_len, const void *update,
               size_t update_len, struct err *err);

/* How many pieces there are. */
size_t index_n_pieces(const struct index *index);
/* Piece i in the order of the files: its number in the image that has it. */
const struct image *index_piece(const struct index *index, size_t i, uint32_t *number);
/* How many topics there are. */
size_t index_n_topics(const struct index *index);
/* The image that has the topic of this name, and its number there; NULL: none. */
const struct image *index_find(const struct index *index, const char *name, uint32_t *number);

#endif
