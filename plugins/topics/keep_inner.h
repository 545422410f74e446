/* What keep.c and keep_numbers.c share. */
#ifndef TOCSIN_TOPICS_KEEP_INNER_H
#define TOCSIN_TOPICS_KEEP_INNER_H

#include "topics/build_inner.h"
#include "topics/keep.h"

struct keep {
    struct build *build;
    const struct image *before;
    /* From old numbers to new ones, UINT32_MAX as long as nobody asked; words by their id. */
    uint32_t *words, *classes, *lists, *regexes;
    const struct image_word **word_of; /* by id */
    /* The keys of topic i: keys[first_key[i]] up to those of the next. */
    uint64_t *keys;
    uint32_t *first_key;
};

/* Code of the earlier image, added to the new one's: its place there. */
uint32_t keep_code(struct keep *keep, uint32_t at);
/* A key of the earlier image, as it is in the new one. */
uint64_t keep_key(struct keep *keep, uint64_t key);

#endif
