/* Sets of smallest hashes; see sketch.h. */
#include "base/sketch.h"

#include <string.h>

#define ALIKE_SHINGLES   0.3
#define ALIKE_MARKS      0.3
#define ALIKE_MARKS_MOST 0.6 /* of the text with fewer of them */

/* The finaliser of splitmix64 (S. Vigna): hashes are compared by size. */
static uint32_t mix(uint64_t hash)
{
    hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(hash >> 32);
}

/* FNV-1a (G. Fowler, L. Noll, K.-P. Vo). */
uint32_t sketch_word(const char *folded, size_t len)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)folded[i]) * UINT64_C(0x100000001b3);
    return mix(hash);
}

uint32_t sketch_shingle(uint32_t first, uint32_t second, uint32_t third)
{
    return mix((uint64_t)first << 32 ^ (uint64_t)second << 16 ^ third);
}

/* Where the hash is in the set, or would be. */
static size_t place_of(const struct sketch_set *set, uint32_t hash)
{
    size_t low = 0, high = set->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (set->hashes[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool sketch_has(const struct sketch_set *set, uint32_t hash)
{
    size_t at = place_of(set, hash);
    return at < set->n && set->hashes[at] == hash;
}

void sketch_add(struct sketch_set *set, uint32_t hash)
{
    if (set->n == SKETCH_MAX && hash >= set->hashes[SKETCH_MAX - 1])
        return;
    size_t at = place_of(set, hash);
    if (at < set->n && set->hashes[at] == hash)
        return;
    set->n += set->n < SKETCH_MAX;
    memmove(&set->hashes[at + 1], &set->hashes[at], (set->n - at - 1) * sizeof(*set->hashes));
    set->hashes[at] = hash;
}

/* ---- bytes ---- */

static void pack_number(uint32_t number, struct buf *out)
{
    const uint8_t bytes[] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
                             (uint8_t)(number >> 24)};
    buf_append(out, bytes, sizeof(bytes));
}

static void pack_set(const struct sketch_set *set, struct buf *out)
{
    pack_number((uint32_t)set->n, out);
    for (size_t i = 0; i < set->n; i++)
        pack_number(set->hashes[i], out);
}

void sketch_pack(const struct sketch *sketch, struct buf *out)
{
    if (sketch->shingles.n < SKETCH_LEAST)
        return;
    pack_set(&sketch->shingles, out);
    pack_set(&sketch->marks, out);
}

struct reader {
    const uint8_t *at;
    size_t left;
};

static bool read_number(struct reader *reader, uint32_t *number)
{
    if (reader->left < sizeof(*number))
        return false;
    const uint8_t *at = reader->at;
    *number = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
    reader->at += sizeof(*number);
    reader->left -= sizeof(*number);
    return true;
}

static bool read_set(struct reader *reader, struct sketch_set *set)
{
    uint32_t n;
    if (!read_number(reader, &n) || n > SKETCH_MAX)
        return false;
    for (set->n = 0; set->n < n; set->n++) {
        uint32_t *hash = &set->hashes[set->n];
        if (!read_number(reader, hash) || (set->n && *hash <= hash[-1]))
            return false;
    }
    return true;
}

bool sketch_unpack(const void *bytes, size_t len, struct sketch *sketch)
{
    struct reader reader = {bytes, len};
    return read_set(&reader, &sketch->shingles) && read_set(&reader, &sketch->marks) &&
           !reader.left && sketch->shingles.n >= SKETCH_LEAST;
}

/* ---- comparing ---- */

/* What two sets have below the bound up to which both are kept whole. */
struct shares {
    size_t a, b, both;
};

static uint32_t bound_of(const struct sketch_set *set)
{
    return set->n < SKETCH_MAX ? UINT32_MAX : set->hashes[SKETCH_MAX - 1];
}

static struct shares share(const struct sketch_set *a, const struct sketch_set *b)
{
    uint32_t bound = bound_of(a) < bound_of(b) ? bound_of(a) : bound_of(b);
    struct shares shares = {0};
    while (shares.a < a->n && a->hashes[shares.a] <= bound)
        shares.a++;
    while (shares.b < b->n && b->hashes[shares.b] <= bound)
        shares.b++;
    for (size_t i = 0; i < shares.a; i++)
        shares.both += sketch_has(b, a->hashes[i]);
    return shares;
}

static double ratio(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

double sketch_resemblance(const struct sketch_set *a, const struct sketch_set *b)
{
    struct shares shares = share(a, b);
    return ratio(shares.both, shares.a + shares.b - shares.both);
}

double sketch_containment(const struct sketch_set *a, const struct sketch_set *b)
{
    struct shares shares = share(a, b);
    return ratio(shares.both, shares.a < shares.b ? shares.a : shares.b);
}

bool sketch_alike(const struct sketch *a, const struct sketch *b)
{
    return sketch_resemblance(&a->shingles, &b->shingles) >= ALIKE_SHINGLES &&
           sketch_resemblance(&a->marks, &b->marks) >= ALIKE_MARKS &&
           sketch_containment(&a->marks, &b->marks) >= ALIKE_MARKS_MOST;
}
