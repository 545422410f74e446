/* Edit distance between words. */
#include "topics/slips.h"

#include "lib/utf8.h"

bool letters_set(struct letters *letters, const char *folded, size_t len)
{
    letters->n = 0;
    for (size_t at = 0; at < len;) {
        if (letters->n == SLIPS_LETTERS_MAX)
            return false;
        letters->c[letters->n++] = utf8_next(folded, len, &at);
    }
    return true;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned slips_between(const struct letters *a, const struct letters *b, unsigned most)
{
    unsigned rows[3][SLIPS_LETTERS_MAX + 1];
    if ((a->n > b->n ? a->n - b->n : b->n - a->n) > most)
        return most + 1;
    for (size_t j = 0; j <= b->n; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a->n; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i - 1) % 3], *higher = rows[(i + 1) % 3];
        unsigned best = row[0] = (unsigned)i;
        for (size_t j = 1; j <= b->n; j++) {
            bool equal = a->c[i - 1] == b->c[j - 1];
            row[j] = least(above[j - 1] + !equal, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a->c[i - 1] == b->c[j - 2] && a->c[i - 2] == b->c[j - 1])
                row[j] = least(row[j], higher[j - 2] + 1);
            best = least(best, row[j]);
        }
        if (best > most + 1) /* a swap may still save one */
            return most + 1;
    }
    return least(rows[a->n % 3][b->n], most + 1);
}

bool slips_within(const char *a, size_t a_len, const char *b, size_t b_len, unsigned most)
{
    struct letters x, y;
    size_t longest = SLIPS_LETTERS_MAX * (size_t)UTF8_MAX_LEN;
    if (a_len > longest || b_len > longest || !letters_set(&x, a, a_len) ||
        !letters_set(&y, b, b_len))
        return false;
    return slips_between(&x, &y, most) <= most;
}
