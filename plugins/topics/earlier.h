/* An earlier index, and which of its pieces the files still have. */
#ifndef TOCSIN_TOPICS_EARLIER_H
#define TOCSIN_TOPICS_EARLIER_H

#include "topics/index.h"
#include "topics/pieces.h"

struct earlier_piece {
    const struct image *image; /* a part of the index; NULL: it is in none */
    uint32_t number;           /* in it */
};

struct earlier {
    const struct index *index;
    struct earlier_part {
        uint32_t *by_hash; /* its pieces, sorted */
        uint32_t *lines; /* before each piece in the files; LINES_GONE as long as it was not met */
    } parts[INDEX_PARTS];
    /* As `lines` has it. */
    struct image base;
};

/* `index` must outlive it. */
struct earlier *earlier_new(const struct index *index);
void earlier_free(struct earlier **earlier);
/* Where the piece was; each place is given once, so that the second of two equal pieces is in
 * none. */
struct earlier_piece earlier_take(struct earlier *earlier, const struct piece *piece);
/* How many topics of the base are in pieces that were taken. */
size_t earlier_n_taken(const struct earlier *earlier);

#endif
