/* The places that prove a match, the best first. */
#ifndef TOCSIN_TOPICS_EVIDENCE_H
#define TOCSIN_TOPICS_EVIDENCE_H

#include "topics/eval.h"

#define EVIDENCE_MAX_SENTENCES 8
#define EVIDENCE_MAX_SPANS     32

struct evidence_span {
    size_t start, end; /* bytes of the text */
};

struct evidence {
    struct evidence_span spans[EVIDENCE_MAX_SPANS];
    size_t n;
};

/* For a query that holds in the view. At least one span, unless the text has no sentence at all. */
void evidence_find(const struct node *query, const struct view *view,
                   const struct tocsin_span *sentences, size_t n_sentences,
                   struct evidence *evidence);

#endif
