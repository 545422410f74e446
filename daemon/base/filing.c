/* Rows counted by how often they come; see filing.h. */
#include "base/filing.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

void filing_take(struct filing *filing, int64_t row)
{
    filing->rows[filing->n++] = row;
}

int64_t filing_likeliest(struct filing *filing)
{
    size_t best = 0, n_best = 0;
    if (filing->n)
        qsort(filing->rows, filing->n, sizeof(int64_t), compare);
    for (size_t i = 0; i < filing->n;) {
        size_t end = i;
        while (end < filing->n && filing->rows[end] == filing->rows[i])
            end++;
        if (filing->rows[i] && end - i > n_best) {
            best = i;
            n_best = end - i;
        }
        i = end;
    }
    int64_t row = n_best ? filing->rows[best] : 0;
    for (size_t i = 0; i < n_best; i++)
        filing->rows[best + i] = 0;
    return row;
}
