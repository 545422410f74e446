/*
 * The same told again in other words: of an alert that another document of the story has begun,
 * what counts as news. A quote does not if most of its words are in one that was told, it says as
 * often no, and every number and every name is one that the story has had: whoever or whatever is
 * new, is news. A headline is never the same twice: its words only have to be in what was told at
 * all.
 */
#ifndef TOCSIN_BASE_RETOLD_H
#define TOCSIN_BASE_RETOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/sketch.h"

/* What was told; of other documents of the story alone. Zeroed: nothing. */
struct retold {
    struct retold_quote *quotes;
    size_t n, cap;
    struct sketch_set *marks; /* of the story's documents */
    size_t n_marks, cap_marks;
};
void retold_deinit(struct retold *retold);
void retold_add(struct retold *retold, const char *quote);
void retold_add_marks(struct retold *retold, const struct sketch_set *marks);
bool retold_has(const struct retold *retold, const char *quote, bool is_title);

#endif
