/* What decided (deciding.c) and which of it is shown (evidence.c). */
#ifndef TOCSIN_TOPICS_EVIDENCE_INNER_H
#define TOCSIN_TOPICS_EVIDENCE_INNER_H

#include "topics/evidence.h"

/* One place of one part of the query. */
struct proof {
    uint32_t sentence;
    uint32_t part;
    struct evidence_span span;
};

struct proofs {
    struct view *view;
    const struct tocsin_spans *sentences;
    struct proof *items;
    size_t n, cap;
    const uint32_t **parts; /* the leaves that decided, of which something is in the text */
    size_t n_parts, parts_cap;
    struct evidence *evidence; /* its entries are filled */
};

/* Fills the proofs with the places of all leaves that made the query true. */
void proofs_collect(struct proofs *proofs, const uint32_t *code);

#endif
