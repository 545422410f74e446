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

/* What documents teach. */
struct frequency_counts;
struct frequency_counts *frequency_counts_new(void);
void frequency_counts_free(struct frequency_counts **counts);
/* Counts the words of one more document, of at most 255; returns how many it has learnt from. */
unsigned frequency_counts_learn(struct frequency_counts *counts, const struct tocsin_word *words,
                                size_t n);
/* All that frequency_use needs, without a pointer; theirs. */
const void *frequency_counts_bytes(const struct frequency_counts *counts, size_t *len);

/* From now on these bytes stand in for the table, in the whole process; they outlive that. What was
 * learnt from fewer than FREQUENCY_ENOUGH documents does not, nor what is no such bytes. NULL: back
 * to the table. */
#define FREQUENCY_ENOUGH 100
void frequency_use(const void *bytes, size_t len);
/* What the bytes in use are known by; 0: the table is. */
uint64_t frequency_id(void);

#endif
