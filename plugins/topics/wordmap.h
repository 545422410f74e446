/*
 * The words of a document by what they are: each distinct word with its positions in order.
 *
 * Made once a document, in memory that is kept for the next one; nothing is allocated per word. The
 * hash is seeded per process, because documents come from strangers.
 */
#ifndef TOCSIN_TOPICS_WORDMAP_H
#define TOCSIN_TOPICS_WORDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tocsin/plugin.h>

#define WORDMAP_NONE UINT32_MAX

struct wordmap {
    const struct tocsin_word *words; /* of the document */
    uint32_t n;
    uint64_t *hashes;   /* by position */
    uint32_t *next;     /* by position: the next place of the same word, or WORDMAP_NONE */
    uint32_t *distinct; /* the first places of all words, in order */
    uint32_t n_distinct;
    uint32_t *slots; /* first places, by hash */
    uint32_t mask;
    size_t cap, slots_cap;
};

uint64_t word_hash(uint64_t seed, const char *folded, size_t len);
/* Of two words that follow each other, from their hashes. */
uint64_t word_pair_hash(uint64_t first, uint64_t second);

void wordmap_fill(struct wordmap *map, uint64_t seed, const struct tocsin_word *words, size_t n);
void wordmap_deinit(struct wordmap *map);
/* The first place of a word, WORDMAP_NONE when it is not there. */
uint32_t wordmap_first(const struct wordmap *map, uint64_t hash, const char *folded, size_t len);

#endif
