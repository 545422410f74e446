/* The words of all queries with their ids, while an image is built. */
#ifndef TOCSIN_TOPICS_VOCABULARY_H
#define TOCSIN_TOPICS_VOCABULARY_H

#include "topics/image.h"

struct vocabulary {
    uint64_t seed;
    struct image_word *words; /* open addressing: the section of the image as it is */
    size_t n_slots;           /* a power of two */
    uint32_t n;               /* ids given */
    struct buf long_words;    /* the same */
};

void vocabulary_init(struct vocabulary *vocabulary, uint64_t seed);
void vocabulary_deinit(struct vocabulary *vocabulary);
/* The word's place, with its id; a new one when it is not known yet. Valid until the next call. */
struct image_word *vocabulary_word(struct vocabulary *vocabulary, const char *folded, size_t len);

#endif
