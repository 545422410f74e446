/* A list of paths for the sandbox. */
#ifndef TOCSIN_HOST_PATHS_H
#define TOCSIN_HOST_PATHS_H

#include <stddef.h>

struct paths {
    char **items; /* NULL-terminated, NULL when there is none */
    size_t n, cap;
};

void paths_add(struct paths *paths, const char *path);
/* The folder that the file is in. */
void paths_add_folder_of(struct paths *paths, const char *file);
void paths_deinit(struct paths *paths);

#endif
