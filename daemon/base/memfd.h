/* Sealed memory files: how bulk (a document's text, an index) crosses between processes. */
#ifndef TOCSIN_BASE_MEMFD_H
#define TOCSIN_BASE_MEMFD_H

#include <stddef.h>

#include "base/err.h"

/* A sealed, read-only memory file with these bytes; -1 on failure. The caller owns it. */
int memfd_from(const char *name, const void *bytes, size_t len, struct err *err);
/* Seals a memory file that was written by other means: no write, grow, shrink or new seal. */
int memfd_seal(int fd, struct err *err);

/* Whether its sender cannot change or truncate it any more, and it is at most max_bytes long. Does
 * not block. The size goes to *size, NULL: of no interest. */
int memfd_check(int fd, size_t max_bytes, size_t *size, struct err *err);

struct memfd_map {
    const char *data; /* never NULL; not NUL-terminated */
    size_t len;
};

/* Maps a memory file read-only, after memfd_check. The map outlives the descriptor. */
int memfd_map(int fd, size_t max_bytes, struct memfd_map *map, struct err *err);
void memfd_unmap(struct memfd_map *map);

#endif
