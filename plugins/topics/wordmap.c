/* The words of a document by what they are. */
#include "topics/wordmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SLOTS_MIN 64

/* Multiply and fold 128 bits to 64: the mixing step of the wyhash family of hashes. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

#define ODD_A UINT64_C(0x9E3779B97F4A7C15)
#define ODD_B UINT64_C(0xD1B54A32D192ED03)

uint64_t word_hash(uint64_t seed, const char *folded, size_t len)
{
    uint64_t hash = seed ^ mix(len ^ ODD_A, ODD_B);
    uint64_t part;
    for (; len >= sizeof(part); folded += sizeof(part), len -= sizeof(part)) {
        memcpy(&part, folded, sizeof(part));
        hash = mix(hash ^ part, seed ^ ODD_A);
    }
    part = 0;
    memcpy(&part, folded, len);
    return mix(hash ^ part ^ ODD_B, seed ^ ODD_A);
}

uint64_t word_pair_hash(uint64_t first, uint64_t second)
{
    return mix(first ^ ODD_B, second ^ ODD_A);
}

static bool same(const struct tocsin_word *word, const char *folded, size_t len)
{
    return word->folded_len == len && !memcmp(word->folded, folded, len);
}

/* The slot of a word, or the empty one where it belongs. */
static uint32_t *find(const struct wordmap *map, uint64_t hash, const char *folded, size_t len)
{
    for (uint32_t at = (uint32_t)hash & map->mask;; at = (at + 1) & map->mask) {
        uint32_t *slot = &map->slots[at];
        if (*slot == WORDMAP_NONE ||
            (map->hashes[*slot] == hash && same(&map->words[*slot], folded, len)))
            return slot;
    }
}

static void reserve(struct wordmap *map, size_t n)
{
    if (n > map->cap) {
        map->cap = n + n / 2;
        map->hashes = mem_resize(map->hashes, map->cap * sizeof(*map->hashes));
        map->next = mem_resize(map->next, map->cap * sizeof(*map->next));
        map->distinct = mem_resize(map->distinct, map->cap * sizeof(*map->distinct));
    }
    size_t slots = SLOTS_MIN;
    while (slots < n * 2)
        slots *= 2;
    if (slots > map->slots_cap) {
        map->slots_cap = slots;
        map->slots = mem_resize(map->slots, slots * sizeof(*map->slots));
    }
    memset(map->slots, 0xFF, slots * sizeof(*map->slots)); /* WORDMAP_NONE */
    map->mask = (uint32_t)(slots - 1);
}

void wordmap_fill(struct wordmap *map, uint64_t seed, const struct tocsin_word *words, size_t n)
{
    reserve(map, n);
    map->words = words;
    map->n = (uint32_t)n;
    map->n_distinct = 0;
    /* Backwards, so that every chain ascends. */
    for (uint32_t at = map->n; at-- > 0;) {
        uint64_t hash = word_hash(seed, words[at].folded, words[at].folded_len);
        uint32_t *slot = find(map, hash, words[at].folded, words[at].folded_len);
        map->hashes[at] = hash;
        map->next[at] = *slot;
        *slot = at;
    }
    for (uint32_t at = 0; at < map->n; at++)
        if (*find(map, map->hashes[at], words[at].folded, words[at].folded_len) == at)
            map->distinct[map->n_distinct++] = at;
}

void wordmap_deinit(struct wordmap *map)
{
    free(map->hashes);
    free(map->next);
    free(map->distinct);
    free(map->slots);
    *map = (struct wordmap){0};
}

uint32_t wordmap_first(const struct wordmap *map, uint64_t hash, const char *folded, size_t len)
{
    return map->n ? *find(map, hash, folded, len) : WORDMAP_NONE;
}
