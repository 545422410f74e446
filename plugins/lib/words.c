/*
 * The words of a text, as tocsin/plugin.h defines them.
 *
 * Runs of ASCII take the fast path (words_ascii.c or words_avx2.c, which agree to the byte), all
 * else the exact one (words_fold.c). A word needs no allocation: folded words stand in one buffer.
 */
#include "lib/words.h"

#include <stdlib.h>

#include "base/mem.h"

#define WORDS_PER_BLOCK (WORDS_BLOCK / 2 + 1)

void words_reserve(struct words_maker *maker)
{
    if (maker->n + WORDS_PER_BLOCK > maker->cap)
        maker->words =
            mem_grow(maker->words, &maker->cap, maker->n + WORDS_PER_BLOCK, sizeof(*maker->words));
}

void words_make_by(words_ascii *ascii, const char *text, size_t len, struct tocsin_words *words)
{
    struct words_maker maker = {.text = text, .len = len};
    maker.folded_len = len + WORDS_BLOCK; /* the fast path writes whole blocks */
    maker.folded_cap = maker.folded_len + WORDS_BLOCK;
    maker.folded = mem_alloc(maker.folded_cap);
    maker.cap = len / 5 + WORDS_PER_BLOCK + 1;
    maker.words = mem_alloc(maker.cap * sizeof(*maker.words));
    for (size_t at = 0; at < len;) {
        at = ascii(&maker, at);
        if (at < len)
            at = words_fold(&maker, at);
    }
    *words = (struct tocsin_words){.words = maker.words, .n = maker.n, .folded = maker.folded};
}

void tocsin_words_make(const char *text, size_t len, struct tocsin_words *words)
{
#ifdef WORDS_HAVE_AVX2
    if (words_can_avx2()) {
        words_make_by(words_ascii_avx2, text, len, words);
        return;
    }
#endif
    words_make_by(words_ascii_portable, text, len, words);
}

void tocsin_words_free(struct tocsin_words *words)
{
    free(words->words);
    free(words->folded);
    *words = (struct tocsin_words){0};
}
