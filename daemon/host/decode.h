/*
 * Bytes of a document to UTF-8 text. Nothing is dropped silently: bytes that mean nothing and NULs
 * become U+FFFD, a guessed charset is named, and what is no text at all is unsupported.
 */
#ifndef TOCSIN_HOST_DECODE_H
#define TOCSIN_HOST_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct decoded {
    struct buf text;        /* valid UTF-8 without NULs and byte order mark */
    const char *media_type; /* static */
    const char *charset;    /* static; "" when unsupported */
    struct buf note;        /* for a person; empty when there is nothing to say */
};
void decoded_deinit(struct decoded *decoded);

/* False: unsupported; media_type and note say what it is. */
bool decode(const char *bytes, size_t len, const char *path, struct decoded *decoded);
/* Adds a sentence to a note, "; " between. */
void note_add(struct buf *note, const char *fmt, ...) PRINTF(2, 3);

#endif
