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
#define COUNTS_MAX    (1u << 20)
#define SEED          1

/* In how many documents a key was, and the last of them. */
struct count {
    uint64_t key;
    uint32_t n, last;
};

static struct {
    struct count *counts;
    size_t n, n_slots;
    uint32_t n_documents;
} learnt;

static struct count *find(uint64_t key)
{
    size_t mask = learnt.n_slots - 1, at = key_hash(SEED, key) & mask;
    while (learnt.counts[at].n && learnt.counts[at].key != key)
        at = (at + 1) & mask;
    return &learnt.counts[at];
}

static void grow(void)
{
    struct count *before = learnt.counts;
    size_t n = learnt.n_slots;
    learnt.n_slots = n ? n * 2 : 1024;
    learnt.counts = NEW_N(struct count, learnt.n_slots);
    for (size_t i = 0; i < n; i++)
        if (before[i].n)
            *find(before[i].key) = before[i];
    free(before);
}

static void count(uint64_t key)
{
    if (learnt.n * 2 >= learnt.n_slots)
        grow();
    struct count *count = find(key);
    if (!count->n)
        learnt.n++;
    if (!count->n || count->last != learnt.n_documents)
        *count = (struct count){.key = key, .n = count->n + 1, .last = learnt.n_documents};
}

static uint64_t key_of(const char *folded, size_t len)
{
    return hash_text(SEED, folded, len);
}

static uint64_t pair_key(uint64_t first, uint64_t second)
{
    return hash_mix(first ^ HASH_ODD_A, second ^ HASH_ODD_B);
}

void frequency_learn(const struct tocsin_word *words, size_t n)
{
    uint64_t before = 0;
    learnt.n_documents++;
    for (size_t i = 0; i < n && learnt.n < COUNTS_MAX; i++) {
        uint64_t key = key_of(words[i].folded, words[i].folded_len);
        count(key);
        if (i)
            count(pair_key(before, key));
        before = key;
    }
}

void frequency_forget(void)
{
    free(learnt.counts);
    memset(&learnt, 0, sizeof(learnt));
}

/* The share of the documents learnt from; `unseen` when it was in none. */
static double share_of(uint64_t key, double unseen)
{
    const struct count *count = find(key);
    return count->n ? count->n / (double)learnt.n_documents : unseen;
}

static int compare(const char *folded, size_t len, const char *known)
{
    int order = strncmp(folded, known, len);
    return order ? order : known[len] ? -1 : 0;
}

static double by_table(const char *folded, size_t len)
{
    size_t low = 0, high = sizeof(frequencies) / sizeof(frequencies[0]);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(folded, len, frequencies[middle].folded);
        if (order == 0)
            return frequencies[middle].per_mille / 1000.0;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return len <= SHORT ? UNKNOWN_SHORT : UNKNOWN;
}

double frequency_of(const char *folded, size_t len)
{
    if (learnt.n_documents >= FREQUENCY_ENOUGH)
        return share_of(key_of(folded, len), UNSEEN / learnt.n_documents);
    return by_table(folded, len);
}

double frequency_of_pair(const char *first, size_t first_len, const char *second, size_t second_len)
{
    double both = frequency_of(first, first_len) * frequency_of(second, second_len) * PAIR_BOND;
    if (learnt.n_documents < FREQUENCY_ENOUGH)
        return both;
    return share_of(pair_key(key_of(first, first_len), key_of(second, second_len)), both);
}
