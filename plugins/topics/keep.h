/*
 * Taking over, into an image that is being built, what an earlier image holds of files that have
 * not changed: their topics are neither read nor parsed again.
 */
#ifndef TOCSIN_TOPICS_KEEP_H
#define TOCSIN_TOPICS_KEEP_H

#include "base/hash.h"
#include "topics/build.h"

struct keep;

/* After the lists were added. `before` must outlive it. NULL when nothing can be taken over, since
 * a list is gone that its topics may name. */
struct keep *keep_new(struct build *build, const struct image *before);
void keep_free(struct keep **keep);
/* The number of the file in the earlier image that has this path and content, SIZE_MAX: none. */
size_t keep_find(const struct image *before, const char *path, const struct hash *content);
/* Adds its topics to the file that was last begun by build_file. */
void keep_topics(struct keep *keep, size_t file);

#endif
