/* What explain.c (the walk), why.c (the words) and why_absent.c share. */
#ifndef TOCSIN_TOPICS_EXPLAIN_INNER_H
#define TOCSIN_TOPICS_EXPLAIN_INNER_H

#include "topics/explain.h"

struct explainer {
    struct view *view;
    const uint32_t *code, *places; /* of the query; where the code of each node begins */
    size_t culprit;                /* the first leaf that keeps the query from holding */
    explain_part *say;
    void *arg;
};

static inline const uint32_t *explain_code(const struct explainer *e, size_t number)
{
    return e->code + e->places[number];
}
/* How many nodes a tree has. */
size_t explain_count(const struct node *node);
/* The words that decided on the node with this number. */
void why_node(const struct explainer *e, const struct node *node, size_t number, bool holds,
              struct buf *out);
/* What a person calls a field. */
const char *why_field(enum query_field field);
/* Of a part that is nowhere. */
void why_absent(const struct explainer *e, const struct node *node, size_t number, struct buf *out);

#endif
