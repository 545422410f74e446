/* Building an image (image.h) from topics. */
#ifndef TOCSIN_TOPICS_BUILD_H
#define TOCSIN_TOPICS_BUILD_H

#include "base/hash.h"
#include "topics/file.h"
#include "topics/image.h"
#include "topics/lists.h"
#include "topics/pieces.h"

struct build;

struct build *build_new(uint64_t seed);
void build_free(struct build **build);
/* A named list that queries may use by @name; before the topics that do. */
void build_list(struct build *build, const struct topic_word_list *list);
/* The topics that follow are of this piece. */
void build_piece(struct build *build, const struct piece *piece);
/* What was said of the last piece, at a line counted from its begin, and is to be said again when
 * it is taken over (keep.h). */
void build_warning(struct build *build, int line, int column, const char *text);
/* What the lists were made of. */
void build_lists_hash(struct build *build, const struct hash *hash);
/* `cost` is the estimated share of documents that will be held against it. -1 when the query names
 * a list that is not there: `error` says so. */
int build_topic(struct build *build, const struct topic *topic, double *cost,
                struct query_error *error);
/* How many topics there are so far. */
uint32_t build_count(const struct build *build);
/* The path of a topic's file, and its line there. */
const char *build_where(const struct build *build, uint32_t topic, int *line);
/* Writes the image; nothing can be added any more. -1 when a part of it cannot be made. */
int build_finish(struct build *build, struct buf *out, struct err *err);

#endif
