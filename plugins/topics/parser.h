/* What the files of the parser share: parse.c (operators), primary.c and leaf.c (what stands
 * between them), terms.c, ranges.c and node.c. */
#ifndef TOCSIN_TOPICS_PARSER_H
#define TOCSIN_TOPICS_PARSER_H

#include "topics/query.h"

struct parser {
    struct lexer lexer;
    struct token token; /* the one at hand */
    struct query_error *error;
    struct query_notes *notes;
    const char *language; /* NULL: none */
    size_t depth, n_nodes, n_classes, n_near;
    enum query_field field; /* within title:(...) and its kin */
    bool stem;              /* within stem:(...) */
    bool scoped;            /* within SENTENCE, PARAGRAPH or new: */
};

/* Reads the next token. */
int parser_advance(struct parser *parser);

/* Goes one level down, if there may be one more; up again by depth--. */
int parser_enter(struct parser *parser);
/* Counts one more NEAR, ADJ or "..."~, if there may be one more. */
int parser_count_near(struct parser *parser);
/* Fills the error; returns NULL. */
struct node *parser_fail(struct parser *parser, size_t at, const char *hint, const char *text);

/* parse.c and primary.c: the loosest operator, and what stands between operators. */
struct node *parse_or(struct parser *parser);
struct node *parse_primary(struct parser *parser);
/* Whether a token begins the latter, but for PREFIX. */
bool begins_primary(enum token_kind kind);

struct node *node_new(enum node_kind kind, size_t start, size_t end);
/* Takes the child over; children of the same AND or OR are taken in its place. */
void node_add(struct node *node, struct node *child);
/* Takes the child over. */
struct node *node_not(struct node *child, size_t start);

/* leaf.c: what the token at hand is by itself; the token is not yet left. NULL on failure. */
struct node *parse_leaf(struct parser *parser);
/* terms.c and term_words.c: a word or a phrase. */
struct node *parse_term(struct parser *parser);
/* ranges.c: date:, words:. */
int parse_date(const char *text, size_t len, struct query_range *range);
int parse_count(const char *text, size_t len, struct query_range *range);

#endif
