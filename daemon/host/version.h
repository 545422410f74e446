/*
 * A document's version as the host makes it from a file's bytes: hash, text, date, title, media
 * type. What VERSION tells the daemon and what detectors see.
 */
#ifndef TOCSIN_HOST_VERSION_H
#define TOCSIN_HOST_VERSION_H

#include "base/buf.h"
#include "base/hash.h"
#include "ipc/messages.h"

struct version {
    enum ipc_read_status status;
    struct hash hash, text_hash;
    int64_t size_bytes;
    int32_t date; /* YYYYMMDD, 0: none */
    struct buf text;
    char *title;
    const char *media_type, *charset; /* static */
    struct buf note;
};
void version_deinit(struct version *version);

/* Reads the file and makes the version; status says what it came to. Decodes nothing when the bytes
 * are the known ones. Returns at once; the caller deinits it in any case. */
void version_read(int fd, const struct ipc_read *read, struct version *version);

/* The hash of a text whose runs of white space are one space each and which has none at its ends.
 */
struct hash version_text_hash(const char *text, size_t len);

#endif
