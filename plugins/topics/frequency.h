/*
 * How many documents hold a word, or two words that follow each other: learnt from documents, else
 * by a table of common words and a guess for the others.
 */
#ifndef TOCSIN_TOPICS_FREQUENCY_H
#define TOCSIN_TOPICS_FREQUENCY_H

#include <tocsin/text.h>

/* The estimated share of documents, above 0 and at most 1. */
double frequency_of(const char *folded, size_t len);
/* Never above that of one of its words. */
double frequency_of_pair(const char *first, size_t first_len, const char *second,
                         size_t second_len);

/* Counts the words of one more document, of at most 255; from FREQUENCY_ENOUGH on they stand in
 * for the table. What was learnt is the process's. */
#define FREQUENCY_ENOUGH 100
void frequency_learn(const struct tocsin_word *words, size_t n);
/* Back to the table. */
void frequency_forget(void);

#endif
