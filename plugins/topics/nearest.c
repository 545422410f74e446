/* The words of a document that look like a given one, by edit distance over characters. */
#include "topics/nearest.h"

#include <stdbool.h>
#include <string.h>

#include "lib/utf8.h"

#define WORD_MAX     48 /* characters; longer words are near to nothing */
#define SHARED_MIN   3  /* characters that two words must begin with alike */
#define FAR          1000u
#define PREFIX_SCORE 1u /* one begins with the other: as near as one slip */

struct letters {
    int32_t c[WORD_MAX];
    size_t n;
};

static bool letters_set(struct letters *letters, const char *folded, size_t len)
{
    letters->n = 0;
    for (size_t at = 0; at < len;) {
        if (letters->n == WORD_MAX)
            return false;
        letters->c[letters->n++] = utf8_next(folded, len, &at);
    }
    return true;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, replacements, neighbours swapped. */
static unsigned distance(const struct letters *a, const struct letters *b)
{
    unsigned rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= b->n; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a->n; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i - 1) % 3], *higher = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b->n; j++) {
            bool equal = a->c[i - 1] == b->c[j - 1];
            row[j] = least(above[j - 1] + !equal, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a->c[i - 1] == b->c[j - 2] && a->c[i - 2] == b->c[j - 1])
                row[j] = least(row[j], higher[j - 2] + 1);
        }
    }
    return rows[a->n % 3][b->n];
}

static unsigned score(const struct letters *wanted, const struct letters *word)
{
    size_t shorter = wanted->n < word->n ? wanted->n : word->n, alike = 0;
    size_t difference = wanted->n + word->n - 2 * shorter;
    while (alike < shorter && wanted->c[alike] == word->c[alike])
        alike++;
    if (alike == shorter && difference == 0)
        return 0;
    if (alike == shorter && alike >= SHARED_MIN)
        return PREFIX_SCORE;
    unsigned allowed = wanted->n < SHARED_MIN ? 0 : 1 + (unsigned)wanted->n / 4;
    if (difference > allowed)
        return FAR;
    unsigned slips = distance(wanted, word);
    return slips <= allowed ? slips : FAR;
}

size_t nearest_words(const struct wordmap *map, const char *folded, size_t len,
                     uint32_t places[NEAREST_MAX])
{
    struct letters wanted, word;
    unsigned scores[NEAREST_MAX];
    size_t n = 0;
    if (!letters_set(&wanted, folded, len))
        return 0;
    for (uint32_t i = 0; i < map->n_distinct; i++) {
        const struct tocsin_word *candidate = &map->words[map->distinct[i]];
        if (!letters_set(&word, candidate->folded, candidate->folded_len))
            continue;
        unsigned its = score(&wanted, &word);
        size_t at = n;
        while (at > 0 && scores[at - 1] > its)
            at--;
        if (its == 0 || its == FAR || at == NEAREST_MAX)
            continue;
        n = n < NEAREST_MAX ? n + 1 : n;
        memmove(&scores[at + 1], &scores[at], (n - 1 - at) * sizeof(scores[0]));
        memmove(&places[at + 1], &places[at], (n - 1 - at) * sizeof(places[0]));
        scores[at] = its;
        places[at] = map->distinct[i];
    }
    return n;
}
