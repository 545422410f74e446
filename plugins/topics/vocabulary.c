/* The words of all queries with their ids, while an image is built. */
#include "topics/vocabulary.h"

#include <stdlib.h>

#define SLOTS_MIN 64

void vocabulary_init(struct vocabulary *vocabulary, uint64_t seed)
{
    *vocabulary = (struct vocabulary){.seed = seed, .n_slots = SLOTS_MIN};
    vocabulary->words = NEW_N(struct image_word, SLOTS_MIN);
    buf_append(&vocabulary->long_words, "\0\0\0\0", 4); /* no word is at 0 */
}

void vocabulary_deinit(struct vocabulary *vocabulary)
{
    free(vocabulary->words);
    buf_deinit(&vocabulary->long_words);
    *vocabulary = (struct vocabulary){0};
}

static bool same_word(const struct vocabulary *vocabulary, const struct image_word *word,
                      uint64_t key, const char *folded, size_t len)
{
    if (word->key != key || !word->string != word_is_short(len))
        return false;
    if (!word->string)
        return true;
    uint32_t its;
    const char *string = vocabulary->long_words.data + word->string;
    memcpy(&its, string, sizeof(its));
    return its == len && !memcmp(string + sizeof(its), folded, len);
}

static void grow(struct vocabulary *vocabulary)
{
    size_t before = vocabulary->n_slots;
    struct image_word *words = vocabulary->words;
    vocabulary->n_slots *= 2;
    vocabulary->words = NEW_N(struct image_word, vocabulary->n_slots);
    size_t mask = vocabulary->n_slots - 1;
    for (size_t i = 0; i < before; i++) {
        if (words[i].id == ID_NONE)
            continue;
        size_t at = word_key_hash(vocabulary->seed, words[i].key, !words[i].string) & mask;
        while (vocabulary->words[at].id != ID_NONE)
            at = (at + 1) & mask;
        vocabulary->words[at] = words[i];
    }
    free(words);
}

struct image_word *vocabulary_word(struct vocabulary *vocabulary, const char *folded, size_t len)
{
    if ((vocabulary->n + 1) * 2 > vocabulary->n_slots) /* half are empty, or more */
        grow(vocabulary);
    uint64_t key = word_key(vocabulary->seed, folded, len);
    size_t mask = vocabulary->n_slots - 1;
    size_t at = word_key_hash(vocabulary->seed, key, word_is_short(len)) & mask;
    struct image_word *word;
    for (;; at = (at + 1) & mask) {
        word = &vocabulary->words[at];
        if (word->id != ID_NONE && same_word(vocabulary, word, key, folded, len))
            return word;
        if (word->id == ID_NONE)
            break;
    }
    *word = (struct image_word){.key = key, .id = ++vocabulary->n};
    if (!word_is_short(len)) {
        uint32_t bytes = (uint32_t)len;
        word->string = (uint32_t)vocabulary->long_words.len;
        buf_append(&vocabulary->long_words, &bytes, sizeof(bytes));
        buf_append(&vocabulary->long_words, folded, len);
    }
    return word;
}
