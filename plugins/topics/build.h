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
/* The number of the one of this name, UINT32_MAX: none. */
uint32_t build_find(const struct build *build, const char *name);
/* The path of a topic's file, and its line there. */
const char *build_where(const struct build *build, uint32_t topic, int *line);
/* It is to be an update of this base, of whose pieces so many lines stand before each, LINES_GONE:
 * not there. */
void build_base(struct build *build, const struct image *base, const uint32_t *lines);
/* The piece that comes next in the order of the files: its number in the base, or UINT32_MAX for
 * the one that was last begun by build_piece. Of updates only. */
void build_order(struct build *build, uint32_t base_piece);
/* Writes the image; nothing can be added any more. -1 when a part of it cannot be made. */
int build_finish(struct build *build, struct buf *out, struct err *err);

#endif
