/*
 * A file of topics in pieces that stay the same where the file does: what has not changed since an
 * earlier image was built is taken over by pieces (keep.h).
 *
 * YAML is one piece. A file in bulk is cut behind lines whose hash says so, one in eight, so that a
 * line that is changed, added or taken out changes the piece that it is in, and no other's place is
 * of any account (Muthitacharoen et al., A low-bandwidth network file system).
 */
#ifndef TOCSIN_TOPICS_PIECES_H
#define TOCSIN_TOPICS_PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"

struct piece {
    const char *path, *text; /* the caller's */
    size_t len;              /* bytes of text */
    int lines;               /* of the file, before it */
    struct hash hash;        /* of path and text */
};

/* Of one file. */
struct pieces {
    struct piece *items;
    size_t n, cap;
    int lines; /* of all of them */
};

/* Adds the pieces that the next part of the file has, and says how many bytes they are; what is
 * behind them is to come again with more, unless this is the `last` part. At the end there is at
 * least one. */
size_t pieces_add(struct pieces *pieces, const char *path, const char *text, size_t len, bool last);
void pieces_deinit(struct pieces *pieces);

#endif
