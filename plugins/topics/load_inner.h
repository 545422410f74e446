/* What the parts of loading share: load.c, which reads files, and load_topics.c, which adds their
 * topics. */
#ifndef TOCSIN_TOPICS_LOAD_INNER_H
#define TOCSIN_TOPICS_LOAD_INNER_H

#include "topics/earlier.h"
#include "topics/keep.h"
#include "topics/load.h"

/* A file of topics as it was read. */
struct source {
    struct buf text; /* of those pieces that are not in the earlier index */
    struct pieces pieces;
    struct earlier_piece *from; /* of each piece */
    size_t from_cap;
};

struct loader {
    struct earlier *earlier; /* NULL: nothing can be taken over */
    bool update;             /* the earlier base stays */
    struct source *sources;
    size_t n_sources;
    struct hash lists_hash;
    struct build *build;
    struct keep *keeps[INDEX_PARTS]; /* NULL: nothing is taken over from there */
    struct diags *diags;
};

/* Adds the topics of a piece to what is built: those of the earlier index, or compiled. */
void load_piece(struct loader *loader, const struct piece *piece, const struct earlier_piece *from);
/* Says what was said of a piece of an earlier image, which has so many lines of its file before it
 * now. */
void load_say_again(struct loader *loader, const struct image *image,
                    const struct image_warning *warning, uint32_t lines);

#endif
