/*
 * A query as a checked tree, and its canonical form.
 *
 * The tree of a parsed query is flat where it can be (no AND directly below AND, no OR below OR, no
 * NOT below NOT), every leaf holds at least one folded word, and the whole requires something: it
 * does not match an empty document. So every topic can be filed under words (index.h).
 */
#ifndef TOCSIN_TOPICS_QUERY_H
#define TOCSIN_TOPICS_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "topics/lex.h"

/* Limits that keep the worst query cheap. */
#define QUERY_MAX_BYTES     65536
#define QUERY_MAX_DEPTH     64
#define QUERY_MAX_NODES     4096
#define QUERY_MAX_WORDS     64 /* of one phrase */
#define QUERY_PREFIX_LENGTH 2  /* characters before an asterisk, at least */

enum node_kind { NODE_TERM, NODE_AND, NODE_OR, NODE_NOT };

struct query_word {
    char *folded;
    uint32_t len;
};

struct node {
    enum node_kind kind;
    size_t start, end; /* in the query's text */
    /* NODE_TERM: words that follow each other; one is a plain word. */
    struct query_word *words;
    size_t n_words;
    bool prefix; /* the last word may go on */
    bool title;  /* looked for in the title */
    /* The others: NODE_NOT has one child, the rest two or more. */
    struct node **children;
    size_t n, cap;
};

/* NULL on failure. */
struct node *query_parse(const char *query, size_t len, struct query_error *error);
void query_free(struct node **node);

/* The tree as text: folded, AND written out, parentheses where the kind changes. Parsing it gives
 * the same tree. */
void query_canon(const struct node *node, struct buf *out);
/* The error for a person: the text, the line of the query with a caret under the place, the hint.
 * Every line but the first is indented. */
void query_error_print(const char *query, size_t len, const struct query_error *error,
                       struct buf *out);

#endif
