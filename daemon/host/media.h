/*
 * What kind of document some bytes are. Binary formats are known by how they begin, so that they
 * are never matched as bytes; text by its name and its beginning.
 */
#ifndef TOCSIN_HOST_MEDIA_H
#define TOCSIN_HOST_MEDIA_H

#include <stddef.h>

/* The media type of a binary format, NULL when the bytes begin like none of the known ones. */
const char *media_of_bytes(const char *bytes, size_t len);
/* The media type of decoded text; never NULL. `path` is the document's, for its ending. */
const char *media_of_text(const char *text, size_t len, const char *path);

#endif
