/* What a detector has prepared and learnt: a base, an update of it or none, and what it learnt from
 * documents or nothing, a sealed memory file each (tocsin/plugin.h). */
#ifndef TOCSIN_HOSTS_INDEX_H
#define TOCSIN_HOSTS_INDEX_H

#include <stdbool.h>

#include <tocsin/plugin.h>

#define HOST_INDEX_PARTS 3 /* enum tocsin_index_part */

struct host_index {
    int fds[HOST_INDEX_PARTS]; /* -1: none; an update is beside a base only */
};

#define HOST_INDEX_NONE ((struct host_index){{-1, -1, -1}})

/* Descriptors of its own for the same files; HOST_INDEX_NONE when there are none left. */
struct host_index host_index_dup(const struct host_index *index);
void host_index_close(struct host_index *index);
static inline bool host_index_is_there(const struct host_index *index)
{
    return index->fds[TOCSIN_INDEX_BASE] >= 0;
}

#endif
