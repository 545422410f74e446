/* What load.c, which reads files, and load_topics.c, which adds their topics, share. */
#ifndef TOCSIN_TOPICS_LOAD_INNER_H
#define TOCSIN_TOPICS_LOAD_INNER_H

#include "base/map.h"
#include "topics/keep.h"
#include "topics/load.h"

/* A file of topics as it was read. */
struct source {
    struct buf text;
    struct pieces pieces;
};

struct loader {
    const struct image *before; /* NULL: none */
    struct source *sources;
    size_t n_sources;
    struct hash lists_hash;
    struct build *build;
    struct keep *keep; /* NULL: nothing can be taken over */
    struct map *names; /* of the topics so far: to their numbers and 1 */
    struct diags *diags;
};

/* Adds the topics of a piece to the build: those of the earlier image, or compiled. */
void load_piece(struct loader *loader, const struct piece *piece);
/* Says what was said of a piece of the earlier image, which has so many lines of its file before
 * it now. */
void load_say_again(struct loader *loader, const struct image_warning *warning, uint32_t lines);

#endif
