/*
 * Taking over, into an image that is being built, what an earlier image holds of pieces that have
 * not changed: their topics are neither read nor parsed again.
 */
#ifndef TOCSIN_TOPICS_KEEP_H
#define TOCSIN_TOPICS_KEEP_H

#include "base/hash.h"
#include "topics/build.h"

struct keep;

/* After the lists were added, of which none that was there is gone. `before` must outlive it. */
struct keep *keep_new(struct build *build, const struct image *before);
void keep_free(struct keep **keep);
/* Adds the topics of a piece of the earlier image to the one that was last begun by build_piece. */
void keep_topics(struct keep *keep, uint32_t piece);

#endif
