/*
 * The head of a document: the optional header ` date YYYY-MM-DD ` that opens its first line and is
 * followed by the text on that same line, and the title.
 */
#ifndef TOCSIN_HOST_HEADER_H
#define TOCSIN_HOST_HEADER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct header {
    size_t len;   /* bytes of the header: the text begins behind them; 0: none */
    int32_t date; /* YYYYMMDD, 0: none */
};

/* What looks like a header and names no day is ordinary text; `note` says so. */
struct header header_parse(const char *text, size_t len, struct buf *note);

/* The first line that is not empty, or its first sentence when it is long, cut at a word near 120
 * characters; "" when there is none. The caller frees it with free(3). */
char *header_title(const char *text, size_t len, const char *media_type);

#endif
