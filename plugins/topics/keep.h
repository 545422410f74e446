/*
 * Taking over, into an image that is being built, what an earlier image holds of pieces that have
 * not changed: their topics are neither read nor parsed again.
 */
#ifndef TOCSIN_TOPICS_KEEP_H
#define TOCSIN_TOPICS_KEEP_H

#include "base/hash.h"
#include "topics/build.h"

struct keep;

/* After the lists were added. `before` must outlive it. NULL when nothing can be taken over, since
 * a list is gone that its topics may name. */
struct keep *keep_new(struct build *build, const struct image *before);
void keep_free(struct keep **keep);
/* The number of the same piece in the earlier image, SIZE_MAX: none. */
size_t keep_find(const struct keep *keep, const struct piece *piece);
/* Adds its topics to the piece that was last begun by build_piece. */
void keep_topics(struct keep *keep, size_t piece);

#endif
