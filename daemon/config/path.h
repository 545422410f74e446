/*
 * Paths as people write them: relative to the file they stand in, `~`, patterns. Used by the reader
 * of the configuration and by the check of plugins' options.
 */
#ifndef TOCSIN_CONFIG_PATH_H
#define TOCSIN_CONFIG_PATH_H

#include <stdbool.h>

#include "config/config.h"

/* Absolute, without "//", "/./" and a trailing slash; ".." and symbolic links stay. `file` is the
 * configuration file it stands in. NULL when it cannot be understood; *why then says it. The caller
 * frees it. */
char *path_absolute(const char *file, const char *written, const char **why);
/* True when it holds a character that glob(7) gives a meaning. */
bool path_is_pattern(const char *written);
/* What matches, absolute and sorted bytewise; `written` relative to the file. The caller frees it
 * with texts_deinit. */
struct config_texts path_expand(const char *file, const char *written);

/* The absolute path of a program of this name in $PATH; NULL when there is none. The caller frees
 * it. */
char *path_of_program(const char *name);

void texts_add(struct config_texts *texts, const char *text);
void texts_deinit(struct config_texts *texts);
bool texts_equal(const struct config_texts *a, const struct config_texts *b);

#endif
