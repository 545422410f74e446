/* The documents that are named: files, and what is in folders. */
#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "batch/batch.h"

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int take(struct paths *paths, const FTSENT *entry)
{
    switch (entry->fts_info) {
    case FTS_F:
        paths->items = mem_grow(paths->items, &paths->cap, paths->n + 1, sizeof(*paths->items));
        paths->items[paths->n++] = mem_strdup(entry->fts_path);
        return 0;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        say_complaint("%s: %s", entry->fts_path, strerror(entry->fts_errno));
        return -1;
    default: /* fts(3)'s constants, not ours */
        return 0;
    }
}

int paths_collect(struct paths *paths, const char *const *given)
{
    int result = 0;
    for (; *given; given++) {
        char *const roots[] = {(char *)(uintptr_t)*given, NULL};
        FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
        for (FTSENT *entry; walk && (entry = fts_read(walk));)
            result |= take(paths, entry);
        if (walk)
            fts_close(walk);
    }
    return result;
}

void paths_deinit(struct paths *paths)
{
    for (size_t i = 0; i < paths->n; i++)
        free(paths->items[i]);
    free(paths->items);
    *paths = (struct paths){0};
}
