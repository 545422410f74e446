/* What terms.c (what a term may be) and term_words.c (its words) share. */
#ifndef TOCSIN_TOPICS_TERMS_INNER_H
#define TOCSIN_TOPICS_TERMS_INNER_H

#include "topics/parser.h"

struct reader {
    struct parser *parser;
    struct node *term;
    size_t at; /* in the query: where its text begins */
    struct buf pattern;
    size_t wild;    /* wildcards in the pattern at hand; 0: there is none at hand */
    size_t letters; /* and what else is in it */
    bool star;      /* it ends in a * */
};

/* Fills the error at the term; returns -1. */
int term_fail(const struct reader *reader, const char *hint, const char *what);
/* One more word that stands for many, if there may be one more: 0 or -1. */
int term_count_class(struct reader *reader);
/* Characters of a folded word. */
size_t term_letters(const char *folded, size_t len);
/* Adds the words of a text to the term: 0 or -1. */
int term_read_words(struct reader *reader, const char *text, size_t len);

#endif
