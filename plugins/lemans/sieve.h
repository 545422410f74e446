/*
 * A sieve in front of a map of words: most words of a text are in no list, and this says so of
 * nearly all of them by one bit, without hashing them properly.
 */
#ifndef LEMANS_SIEVE_H
#define LEMANS_SIEVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SIEVE_LOG2_BITS 16

struct sieve {
    uint64_t bits[(1u << SIEVE_LOG2_BITS) / 64];
};

/* By a word's length and its first eight bytes. */
static inline unsigned sieve_place(const char *word, size_t len)
{
    uint64_t head = 0;
    memcpy(&head, word, len < sizeof head ? len : sizeof head);
    return (unsigned)(((head ^ len) * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - SIEVE_LOG2_BITS));
}

static inline void sieve_add(struct sieve *sieve, const char *word, size_t len)
{
    unsigned place = sieve_place(word, len);
    sieve->bits[place / 64] |= UINT64_C(1) << (place % 64);
}

/* False: the word was not added. */
static inline bool sieve_may_hold(const struct sieve *sieve, const char *word, size_t len)
{
    unsigned place = sieve_place(word, len);
    return sieve->bits[place / 64] >> (place % 64) & 1;
}

#endif
