/* The words of a document that look like a given one, by slips over characters. */
#include "topics/nearest.h"

#include <string.h>

#include "topics/slips.h"

#define SHARED_MIN   3 /* characters that two words must begin with alike */
#define FAR          1000u
#define PREFIX_SCORE 1u /* one begins with the other: as near as one slip */

static unsigned score(const struct letters *wanted, const struct letters *word)
{
    size_t shorter = wanted->n < word->n ? wanted->n : word->n, alike = 0;
    while (alike < shorter && wanted->c[alike] == word->c[alike])
        alike++;
    if (alike == shorter && wanted->n == word->n)
        return 0;
    if (alike == shorter && alike >= SHARED_MIN)
        return PREFIX_SCORE;
    unsigned allowed = wanted->n < SHARED_MIN ? 0 : 1 + (unsigned)wanted->n / 4;
    unsigned slips = slips_between(wanted, word, allowed);
    return slips <= allowed ? slips : FAR;
}

/* Is the word, at `i`, among those that were found? */
static bool is_known(const struct tocsin_word *words, uint32_t i, const uint32_t *places, size_t n)
{
    for (size_t at = 0; at < n; at++)
        if (words[places[at]].folded_len == words[i].folded_len &&
            !memcmp(words[places[at]].folded, words[i].folded, words[i].folded_len))
            return true;
    return false;
}

size_t nearest_words(const struct tocsin_word *words, size_t n_words, const char *folded,
                     size_t len, uint32_t places[NEAREST_MAX])
{
    struct letters wanted, word;
    unsigned scores[NEAREST_MAX];
    size_t n = 0;
    if (!letters_set(&wanted, folded, len))
        return 0;
    for (uint32_t i = 0; i < n_words; i++) {
        if (!letters_set(&word, words[i].folded, words[i].folded_len))
            continue;
        unsigned its = score(&wanted, &word);
        size_t at = n;
        while (at > 0 && scores[at - 1] > its)
            at--;
        if (its == 0 || its == FAR || at == NEAREST_MAX || is_known(words, i, places, n))
            continue;
        n = n < NEAREST_MAX ? n + 1 : n;
        memmove(&scores[at + 1], &scores[at], (n - 1 - at) * sizeof(scores[0]));
        memmove(&places[at + 1], &places[at], (n - 1 - at) * sizeof(places[0]));
        scores[at] = its;
        places[at] = i;
    }
    return n;
}
