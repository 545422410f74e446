/* The places that prove a match, the best first, and the entries of lists that they name. */
#ifndef TOCSIN_TOPICS_EVIDENCE_H
#define TOCSIN_TOPICS_EVIDENCE_H

#include "topics/eval.h"

#define EVIDENCE_MAX_SENTENCES 8
#define EVIDENCE_MAX_SPANS     32
#define EVIDENCE_MAX_ENTRIES   16

struct evidence_span {
    size_t start, end; /* bytes of the text */
};

struct evidence_entry {
    const char *list, *entry; /* of the image */
};

struct evidence {
    struct evidence_span spans[EVIDENCE_MAX_SPANS];
    size_t n;
    struct evidence_entry entries[EVIDENCE_MAX_ENTRIES]; /* each once */
    size_t n_entries;
};

/* For a query that holds in the view. At least one span, unless the text has no sentence at all. */
void evidence_find(struct view *view, const uint32_t *code, struct evidence *evidence);

#endif
