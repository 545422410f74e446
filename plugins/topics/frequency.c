/* How many documents hold a word. */
#include "topics/frequency.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "topics/frequency_table.h"
#include "topics/hash.h"

#define UNKNOWN_SHORT 0.004 /* not in the table: of up to 4 bytes, */
#define UNKNOWN       0.002 /* and of more */
#define SHORT         4
#define PAIR_BOND     0.1 /* of the documents that hold both words, those where they are neighbours */
#define UNSEEN        0.3 /* documents that stand for what was in none of those learnt from */
#define SEED          1
#define COUNTS        (1u << 19)
#define BLOCK         64   /* counts, and bytes */
#define TABLE_SLOTS   8192 /* a power of two, above twice what is shipped */

#define MAGIC "tocsin learnt 1"

/* In how many documents some key was. Each key has two counts, which others may share: the smaller
 * is nearer to the truth (Cormode and Muthukrishnan, the count-min sketch). Both are of one block,
 * which comes from memory at once. */
struct learnt {
    char magic[sizeof(MAGIC)];
    uint64_t n_documents;
    uint8_t counts[COUNTS];
};

struct frequency_counts {
    struct learnt learnt;
    uint8_t last[COUNTS]; /* the last document that was counted */
};

static const struct learnt *in_use; /* NULL: the table */
static uint64_t id_in_use;

static size_t first_count(uint64_t hash)
{
    return hash & (COUNTS - 1);
}

static size_t second_count(uint64_t hash)
{
    return first_count(hash) ^ (1 + (hash >> 32) % (BLOCK - 1));
}

static void count_one(struct frequency_counts *seen, size_t at)
{
    uint8_t number = (uint8_t)seen->learnt.n_documents;
    seen->learnt.counts[at] += seen->last[at] != number;
    seen->last[at] = number;
}

static void count(struct frequency_counts *seen, uint64_t key)
{
    uint64_t hash = key_hash(SEED, key);
    count_one(seen, first_count(hash));
    count_one(seen, second_count(hash));
}

static uint64_t key_of(const char *folded, size_t len)
{
    return hash_text(SEED, folded, len);
}

static uint64_t pair_key(uint64_t first, uint64_t second)
{
    return hash_mix(first ^ HASH_ODD_A, second ^ HASH_ODD_B);
}

struct frequency_counts *frequency_counts_new(void)
{
    struct frequency_counts *seen = NEW(struct frequency_counts);
    memcpy(seen->learnt.magic, MAGIC, sizeof(MAGIC));
    return seen;
}

void frequency_counts_free(struct frequency_counts **seen)
{
    mem_free_p(seen);
}

unsigned frequency_counts_learn(struct frequency_counts *seen, const struct tocsin_word *words,
                                size_t n)
{
    uint64_t before = 0;
    if (seen->learnt.n_documents == UINT8_MAX)
        return UINT8_MAX;
    seen->learnt.n_documents++;
    for (size_t i = 0; i < n; i++) {
        uint64_t key = key_of(words[i].folded, words[i].folded_len);
        count(seen, key);
        if (i)
            count(seen, pair_key(before, key));
        before = key;
    }
    return (unsigned)seen->learnt.n_documents;
}

const void *frequency_counts_bytes(const struct frequency_counts *seen, size_t *len)
{
    *len = sizeof(seen->learnt);
    return &seen->learnt;
}

void frequency_use(const void *bytes, size_t len)
{
    const struct learnt *learnt = bytes;
    in_use = NULL;
    id_in_use = 0;
    if (!learnt || len != sizeof(*learnt) || memcmp(learnt->magic, MAGIC, sizeof(MAGIC)) != 0 ||
        learnt->n_documents < FREQUENCY_ENOUGH || learnt->n_documents > UINT8_MAX)
        return;
    in_use = learnt;
    id_in_use = hash_text(SEED, bytes, len) | 1;
}

uint64_t frequency_id(void)
{
    return id_in_use;
}

/* The share of the documents learnt from; `unseen` when it was in none. */
static double share_of(uint64_t key, double unseen)
{
    uint64_t hash = key_hash(SEED, key);
    uint8_t first = in_use->counts[first_count(hash)], second = in_use->counts[second_count(hash)];
    uint8_t n = first < second ? first : second;
    return n ? (double)n / (double)in_use->n_documents : unseen;
}

/* Places in the table of those that are shipped, by hash and raised by 1; made when first asked. */
static uint16_t places[TABLE_SLOTS];

static uint16_t *place_of(const char *folded, size_t len)
{
    size_t at = key_of(folded, len) & (TABLE_SLOTS - 1);
    for (; places[at]; at = (at + 1) & (TABLE_SLOTS - 1)) {
        const char *known = frequencies[places[at] - 1].folded;
        if (!strncmp(folded, known, len) && !known[len])
            break;
    }
    return &places[at];
}

static double by_table(const char *folded, size_t len)
{
    static bool is_made;
    for (size_t i = 0; !is_made && i < ARRAY_LEN(frequencies); i++)
        *place_of(frequencies[i].folded, strlen(frequencies[i].folded)) = (uint16_t)(i + 1);
    is_made = true;
    const uint16_t *place = place_of(folded, len);
    if (*place)
        return frequencies[*place - 1].per_mille / 1000.0;
    return len <= SHORT ? UNKNOWN_SHORT : UNKNOWN;
}

double frequency_of(const char *folded, size_t len)
{
    if (in_use)
        return share_of(key_of(folded, len), UNSEEN / (double)in_use->n_documents);
    return by_table(folded, len);
}

double frequency_of_pair(const char *first, size_t first_len, const char *second, size_t second_len)
{
    double a = frequency_of(first, first_len), b = frequency_of(second, second_len);
    double rarer = a < b ? a : b, both = a * b * PAIR_BOND;
    if (!in_use)
        return both;
    double share = share_of(pair_key(key_of(first, first_len), key_of(second, second_len)), both);
    return share < rarer ? share : rarer;
}
