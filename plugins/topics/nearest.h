/* The words of a document that look like a given one: for people who wonder why nothing matched. */
#ifndef TOCSIN_TOPICS_NEAREST_H
#define TOCSIN_TOPICS_NEAREST_H

#include <tocsin/plugin.h>

#define NEAREST_MAX 3

/* The places of up to NEAREST_MAX different words, the nearest first; returns how many. A word is
 * near when one begins with the other, or when a few slips of the hand turn one into the other. */
size_t nearest_words(const struct tocsin_word *words, size_t n_words, const char *folded,
                     size_t len, uint32_t places[NEAREST_MAX]);

#endif
