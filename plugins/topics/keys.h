/*
 * Under what a query is filed: something of which a document that matches must hold one.
 *
 * Of an AND the cheapest part is enough, of an OR every part is needed, of `2 OF (a, b, c)` all but
 * one; under NOT AND and OR change places. What is cheap is an estimate of the share of documents
 * that hold it (frequency.h).
 */
#ifndef TOCSIN_TOPICS_KEYS_H
#define TOCSIN_TOPICS_KEYS_H

#include "topics/query.h"

enum key_kind {
    KEY_WORD,
    KEY_PAIR, /* two words that follow each other */
    KEY_LIST,
    KEY_REGEX,
    KEY_ALWAYS, /* nothing: the query is held against every document */
};

struct key {
    enum key_kind kind;
    const struct node *node;                 /* the term, list or expression */
    const struct query_word *first, *second; /* WORD, and PAIR */
};

typedef void use_key(void *arg, const struct key *key);

/* Calls `use` with every key of the query; returns the estimated share of documents, 0 to 1. */
double keys_choose(const struct node *query, use_key *use, void *arg);
/* For a person: "le mans", "leclerc, gasly*". */
void keys_print(const struct node *query, struct buf *out);

#endif
