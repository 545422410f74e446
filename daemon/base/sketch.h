/*
 * A sketch of a text: what is kept of it to see whether another text tells the same story.
 *
 * Of two sets of hashes, the smallest of each are enough to estimate how much the sets have in
 * common (MinHash with one function: A. Broder, "On the resemblance and containment of documents",
 * 1997). One set is of shingles, three words that follow each other: the phrasing. The other is of
 * marks, numbers and names: what tells a story from another that is written from the same template.
 */
#ifndef TOCSIN_BASE_SKETCH_H
#define TOCSIN_BASE_SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define SKETCH_MAX   128 /* hashes of each set that are kept */
#define SKETCH_LEAST 24  /* shingles; a shorter text has no story */

/* The smallest of a set, in order, each once. */
struct sketch_set {
    uint32_t hashes[SKETCH_MAX];
    size_t n;
};
struct sketch {
    struct sketch_set shingles, marks;
};

/* The hash of a folded word. */
uint32_t sketch_word(const char *folded, size_t len);
/* Of three that follow each other: the order counts. */
uint32_t sketch_shingle(uint32_t first, uint32_t second, uint32_t third);

bool sketch_has(const struct sketch_set *set, uint32_t hash);
void sketch_add(struct sketch_set *set, uint32_t hash);
/* Its bytes, appended: each set as u32 count and hashes, little-endian. Nothing of a text that is
 * too short. */
void sketch_pack(const struct sketch *sketch, struct buf *out);
/* False: these bytes are no sketch. */
bool sketch_unpack(const void *bytes, size_t len, struct sketch *sketch);

/* Estimates, 0 to 1: what is in both of what is in either; of what is in the smaller. */
double sketch_resemblance(const struct sketch_set *a, const struct sketch_set *b);
double sketch_containment(const struct sketch_set *a, const struct sketch_set *b);
/* Do two texts tell the same story? tests/stories has the texts by which the bounds were chosen. */
bool sketch_alike(const struct sketch *a, const struct sketch *b);

#endif
