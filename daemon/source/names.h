/*
 * Which names below a source's root are documents: the folder's include and exclude patterns, and
 * the names that programs give to files they are not done with.
 *
 * Patterns work on bytes: `*` and `?` stop at '/', `**` does not, `[a-z]` and `[!a-z]` are sets, a
 * backslash takes the next character as it is. `?` is one UTF-8 character, or one bad byte.
 */
#ifndef TOCSIN_SOURCE_NAMES_H
#define TOCSIN_SOURCE_NAMES_H

#include <stdbool.h>

#include "config/config.h"

struct names;

/* Copies what it needs: usable from any thread, also after the config is gone. */
struct names *names_new(const struct config_folder *folder);
void names_free(struct names **names);

/* Paths are below the root. */
bool names_wants_file(const struct names *names, const char *path);
/* A directory that matches an exclude pattern is not entered. */
bool names_enters(const struct names *names, const char *path);

bool names_glob(const char *pattern, const char *text);
/* A name that editors, browsers and copy programs use while they write. */
bool names_temporary(const char *name);

#endif
