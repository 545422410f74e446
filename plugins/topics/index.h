/*
 * Which queries a document can match at all.
 *
 * Every query is filed under keys of which a matching document must hold one: a word, a pair of
 * words that follow each other, or the beginning of a word. A document meets only the queries whose
 * keys it holds, so its cost does not grow with the number of queries.
 */
#ifndef TOCSIN_TOPICS_INDEX_H
#define TOCSIN_TOPICS_INDEX_H

#include "topics/eval.h"

struct index;

struct index *index_new(uint64_t seed);
void index_free(struct index **index);
/* Files a query under its number. */
void index_add(struct index *index, const struct node *query, uint32_t number);
/* After the last index_add. */
void index_finish(struct index *index);
/* The numbers of the queries that may match, ascending, each once; the index's own, until the next
 * call. */
const uint32_t *index_candidates(struct index *index, const struct view *view, size_t *n);
/* A key for a person: which words a query is filed under. Appends "le mans" or "leclerc gasly*". */
void index_keys(const struct node *query, struct buf *out);

#endif
