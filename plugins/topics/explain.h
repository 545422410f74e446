/* Why a query holds in a document or not, part by part. */
#ifndef TOCSIN_TOPICS_EXPLAIN_H
#define TOCSIN_TOPICS_EXPLAIN_H

#include "topics/eval.h"

/* One call a part, outermost first: its depth, whether it holds, the part in canonical form, and a
 * sentence that says which words decided. */
typedef void explain_part(void *arg, int depth, bool holds, const char *part, const char *why);

/* The query must be one of the view's image: all its words are known there. */
void explain_query(const struct node *query, struct view *view, explain_part *say, void *arg);

#endif
