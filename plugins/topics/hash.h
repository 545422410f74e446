/* Hashes of words and of keys, seeded because documents come from strangers. */
#ifndef TOCSIN_TOPICS_HASH_H
#define TOCSIN_TOPICS_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HASH_ODD_A UINT64_C(0x9E3779B97F4A7C15)
#define HASH_ODD_B UINT64_C(0xD1B54A32D192ED03)

/* Multiply and fold 128 bits to 64: the mixing step of the wyhash family of hashes. */
static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Up to 8 bytes as a number, zeros behind them. */
static inline uint64_t hash_load(const char *bytes, size_t len)
{
    uint64_t part = 0;
    memcpy(&part, bytes, len < sizeof(part) ? len : sizeof(part));
    return part;
}

/* Of any bytes. */
static inline uint64_t hash_text(uint64_t seed, const char *text, size_t len)
{
    uint64_t hash = seed ^ hash_mix(len ^ HASH_ODD_A, HASH_ODD_B);
    for (; len > sizeof(hash); text += sizeof(hash), len -= sizeof(hash))
        hash = hash_mix(hash ^ hash_load(text, sizeof(hash)), seed ^ HASH_ODD_A);
    return hash_mix(hash ^ hash_load(text, len) ^ HASH_ODD_B, seed ^ HASH_ODD_A);
}

/* A word of up to WORD_KEY_BYTES is its own key, so that comparing keys compares words; of a longer
 * one the key is its hash. Words hold no NUL. */
#define WORD_KEY_BYTES 8
static inline bool word_is_short(size_t len)
{
    return len <= WORD_KEY_BYTES;
}

/* Of a word's first and last bytes, and how many more than WORD_KEY_BYTES it has. A short word is
 * first and last, and has no more. */
static inline uint64_t word_hash(uint64_t seed, uint64_t first, uint64_t last, size_t more)
{
    return hash_mix(first ^ seed, last ^ (HASH_ODD_B + more));
}

static inline uint64_t word_key(uint64_t seed, const char *folded, size_t len)
{
    uint64_t first = hash_load(folded, len);
    if (word_is_short(len))
        return first;
    size_t more = len - WORD_KEY_BYTES;
    return word_hash(seed, first, hash_load(folded + more, WORD_KEY_BYTES), more);
}

/* Where a word belongs in a table, told by its key. */
static inline uint64_t word_key_hash(uint64_t seed, uint64_t key, bool is_short)
{
    return is_short ? word_hash(seed, key, key, 0) : key;
}

/* Where any other key belongs. */
static inline uint64_t key_hash(uint64_t seed, uint64_t key)
{
    return hash_mix(key ^ seed, HASH_ODD_A ^ (seed >> 7));
}

#endif
