/* Do the fast path of this processor and the portable one make the same words? For tests. */
#ifndef TOCSIN_LIB_TEST_PATHS_H
#define TOCSIN_LIB_TEST_PATHS_H

#include <string.h>

#include "lib/words.h"

static inline bool test_same_words(const struct tocsin_words *a, const struct tocsin_words *b)
{
    for (size_t i = 0; i < a->n && a->n == b->n; i++) {
        const struct tocsin_word *x = &a->words[i], *y = &b->words[i];
        if (x->start != y->start || x->end != y->end || x->folded_len != y->folded_len ||
            memcmp(x->folded, y->folded, x->folded_len))
            return false;
    }
    return a->n == b->n;
}

static inline bool test_paths_agree(const char *text, size_t len)
{
    struct tocsin_words usual, portable;
    tocsin_words_make(text, len, &usual);
    words_make_by(words_ascii_portable, text, len, &portable);
    bool agree = test_same_words(&usual, &portable);
    tocsin_words_free(&usual);
    tocsin_words_free(&portable);
    return agree;
}

#endif
