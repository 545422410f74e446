/* Edit distance between words, over characters: letters added, dropped, replaced, or swapped with
 * the next one (optimal string alignment). */
#ifndef TOCSIN_TOPICS_SLIPS_H
#define TOCSIN_TOPICS_SLIPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLIPS_LETTERS_MAX 255

struct letters {
    int32_t c[SLIPS_LETTERS_MAX];
    size_t n;
};
/* False when there are more than fit. */
bool letters_set(struct letters *letters, const char *folded, size_t len);
/* `most` or less, else most + 1. */
unsigned slips_between(const struct letters *a, const struct letters *b, unsigned most);
bool slips_within(const char *a, size_t a_len, const char *b, size_t b_len, unsigned most);

#endif
