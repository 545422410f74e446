/*
 * Cues: where the patterns of the document's language match. Of the hits that make a status, one
 * that lies within a longer one is dropped; the helpers (not, maybe, together, editions) all stay.
 */
#ifndef LEMANS_CUES_H
#define LEMANS_CUES_H

#include <stddef.h>
#include <stdint.h>

#include "language.h"

struct story;

struct hit {
    const struct cue *cue;
    uint64_t skipped;    /* bit n: a gap of the pattern took in word first + n */
    uint32_t first, end; /* tokens */
};

struct hits {
    struct hit *items; /* by place */
    size_t n, cap;
};

void cues_find(struct story *story);
void hits_deinit(struct hits *hits);
/* The first hit that begins at `token` or after it. */
size_t hits_from(const struct hits *hits, size_t token);
/* The first hit of this kind within tokens [first, end), NULL if there is none. */
const struct hit *hits_find(const struct hits *hits, enum cue_kind kind, size_t first, size_t end);

#endif
