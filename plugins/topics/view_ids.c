/*
 * The ids of a document's words: a batch of words at a time is hashed and asked of a small filter,
 * which answers for most; the memory that one of the others waits for comes while the next batch is
 * hashed.
 */
#include <string.h>

#include "topics/view.h"

#define BATCH 32 /* words */

struct batch {
    uint64_t keys[BATCH], hashes[BATCH];
    uint32_t kept[BATCH]; /* words that some query may ask for */
    uint32_t start, n_kept;
};

/* A document's word's hash, and its key, without a branch: eight bytes can be read there, whatever
 * its length (words.h). */
static inline uint64_t hash_of(uint64_t seed, const struct tocsin_word *word, uint64_t *key)
{
    size_t len = word->folded_len, more = len > WORD_KEY_BYTES ? len - WORD_KEY_BYTES : 0;
    size_t missing = WORD_KEY_BYTES - (len - more);
    uint64_t first, last;
    memcpy(&first, word->folded, sizeof(first));
    memcpy(&last, word->folded + more, sizeof(last));
    uint64_t own = ~UINT64_C(0) >> (8 * missing);
    uint64_t hash = word_hash(seed, first & own, last & own, more);
    *key = more ? hash : first & own;
    return hash;
}

static inline bool same_long(const struct image *image, uint32_t string,
                             const struct tocsin_word *word)
{
    size_t len;
    const char *bytes = image_long_word(image, string, &len);
    return len == word->folded_len && !memcmp(bytes, word->folded, len);
}

static inline uint32_t find_id(const struct image_word *slots, size_t mask, size_t at, uint64_t key,
                               const struct image *image, const struct tocsin_word *word)
{
    for (;; at++) {
        const struct image_word *slot = &slots[at & mask];
        if (slot->key == key &&
            (slot->string ? same_long(image, slot->string, word) : word_is_short(word->folded_len)))
            return slot->id;
        if (slot->id == ID_NONE)
            return ID_NONE;
    }
}

/* The words from `start` on. What the loop reads is kept at hand, for its stores could be to it. */
static inline void sift(const struct image *image, const struct view_field *field, uint32_t start,
                        struct batch *batch)
{
    const struct tocsin_word *words = field->words + start;
    const uint64_t *filter = image->word_filter, seed = image->seed;
    size_t n_filter = image->n_word_filter;
    uint32_t n = field->n - start < BATCH ? field->n - start : BATCH, n_kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t key, hash = hash_of(seed, &words[i], &key);
        batch->keys[i] = key;
        batch->hashes[i] = hash;
        batch->kept[n_kept] = i;
        n_kept += filter_has(filter, n_filter, hash);
    }
    batch->start = start;
    batch->n_kept = n_kept;
}

static inline void fetch(const struct image *image, const struct batch *batch)
{
    const struct image_word *slots = image->words;
    size_t mask = image->n_words - 1;
    for (uint32_t i = 0; i < batch->n_kept; i++)
        __builtin_prefetch(&slots[batch->hashes[batch->kept[i]] & mask]);
}

/* Most words are short, and at the place where they belong or nowhere: that is said without a
 * branch, which could not be foretold. The rest are looked for one by one. */
static inline void look_up(const struct image *image, struct view_field *field,
                           const struct batch *batch)
{
    const struct image_word *slots = image->words;
    const struct tocsin_word *words = field->words + batch->start;
    uint32_t *ids = field->ids + batch->start, rest[BATCH], n_rest = 0;
    size_t mask = image->n_words - 1;
    for (uint32_t i = 0; i < batch->n_kept; i++) {
        uint32_t at = batch->kept[i];
        const struct image_word *slot = &slots[batch->hashes[at] & mask];
        bool here = slot->key == batch->keys[at];
        ids[at] = here ? slot->id : ID_NONE;
        rest[n_rest] = at;
        bool is_said = word_is_short(words[at].folded_len) & !(here ? slot->string : slot->id);
        n_rest += !is_said;
    }
    for (uint32_t i = 0; i < n_rest; i++) {
        uint32_t at = rest[i];
        ids[at] = find_id(slots, mask, batch->hashes[at], batch->keys[at], image, &words[at]);
    }
}

void view_find_ids(const struct image *image, struct view_field *field)
{
    struct batch batches[2] = {0}, *now = &batches[0], *next = &batches[1];
    if (!field->n) /* then there are no ids either */
        return;
    memset(field->ids, 0, field->n * sizeof(*field->ids)); /* ID_NONE */
    sift(image, field, 0, now);
    fetch(image, now);
    for (uint32_t start = BATCH; start < field->n; start += BATCH) {
        sift(image, field, start, next);
        fetch(image, next);
        look_up(image, field, now);
        struct batch *done = now;
        now = next;
        next = done;
    }
    look_up(image, field, now);
}
