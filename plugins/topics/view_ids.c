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
    uint8_t kept[BATCH]; /* words that some query may ask for */
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

static inline uint32_t find_id(const struct image *image, uint64_t key, size_t at,
                               const struct tocsin_word *word)
{
    bool is_short = word_is_short(word->folded_len);
    for (size_t mask = image->n_words - 1;; at = (at + 1) & mask) {
        const struct image_word *slot = &image->words[at];
        if (slot->id == ID_NONE || (slot->key == key && !slot->string == is_short &&
                                    (is_short || same_long(image, slot->string, word))))
            return slot->id;
    }
}

/* The words from `start` on. */
static inline void sift(const struct image *image, const struct view_field *field, uint32_t start,
                        struct batch *batch)
{
    const struct tocsin_word *words = field->words + start;
    uint32_t n = field->n - start < BATCH ? field->n - start : BATCH, n_kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        batch->hashes[i] = hash_of(image->seed, &words[i], &batch->keys[i]);
        batch->kept[n_kept] = (uint8_t)i;
        n_kept += image_may_word(image, batch->hashes[i]);
    }
    for (uint32_t i = 0; i < n_kept; i++)
        __builtin_prefetch(&image->words[batch->hashes[batch->kept[i]] & (image->n_words - 1)]);
    batch->start = start;
    batch->n_kept = n_kept;
}

static inline void look_up(const struct image *image, struct view_field *field,
                           const struct batch *batch)
{
    for (uint32_t i = 0; i < batch->n_kept; i++) {
        uint32_t at = batch->kept[i], word = batch->start + at;
        field->ids[word] = find_id(image, batch->keys[at], batch->hashes[at] & (image->n_words - 1),
                                   &field->words[word]);
    }
}

void view_find_ids(const struct image *image, struct view_field *field)
{
    struct batch batches[2], *now = &batches[0], *next = &batches[1];
    if (!field->n) /* then there are no ids either */
        return;
    memset(field->ids, 0, field->n * sizeof(*field->ids)); /* ID_NONE */
    sift(image, field, 0, now);
    for (uint32_t start = BATCH; start < field->n; start += BATCH) {
        sift(image, field, start, next);
        look_up(image, field, now);
        struct batch *done = now;
        now = next;
        next = done;
    }
    look_up(image, field, now);
}
