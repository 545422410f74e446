/* How many documents hold a word: a table of common words, and a guess for the others. */
#ifndef TOCSIN_TOPICS_FREQUENCY_H
#define TOCSIN_TOPICS_FREQUENCY_H

#include <stddef.h>

/* The estimated share of documents, above 0 and at most 1, that hold a folded word. */
double frequency_of(const char *folded, size_t len);

#endif
