/* Does a query hold in a document, and where do its terms stand? */
#ifndef TOCSIN_TOPICS_EVAL_H
#define TOCSIN_TOPICS_EVAL_H

#include "topics/query.h"
#include "topics/wordmap.h"

/* A document as queries see it. */
struct view {
    uint64_t seed; /* of the hashes of both */
    struct wordmap text, title;
};

bool eval(const struct node *node, const struct view *view);

/* The places of a term, ascending. A place is the position of its first word. */
struct cursor {
    const struct node *term;
    const struct wordmap *map;
    size_t anchor; /* which word of the term is walked along; n_words: every place is tried */
    uint32_t at;   /* the place of the anchor to be tried next */
};
void cursor_init(struct cursor *cursor, const struct node *term, const struct view *view,
                 const struct wordmap *map);
/* WORDMAP_NONE after the last. */
uint32_t cursor_next(struct cursor *cursor);

#endif
