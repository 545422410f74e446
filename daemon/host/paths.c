/* See paths.h. */
#include "host/paths.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void add(struct paths *paths, const char *text, size_t len)
{
    paths->items = mem_grow(paths->items, &paths->cap, paths->n + 2, sizeof(paths->items[0]));
    paths->items[paths->n++] = mem_strndup(text, len);
    paths->items[paths->n] = NULL;
}

void paths_add(struct paths *paths, const char *path)
{
    add(paths, path, strlen(path));
}

void paths_add_folder_of(struct paths *paths, const char *file)
{
    const char *slash = strrchr(file, '/');
    if (!slash)
        add(paths, ".", 1);
    else
        add(paths, file, slash == file ? 1 : (size_t)(slash - file));
}

void paths_deinit(struct paths *paths)
{
    for (size_t i = 0; i < paths->n; i++)
        free(paths->items[i]);
    free(paths->items);
    *paths = (struct paths){0};
}
