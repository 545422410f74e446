/* How many documents hold a word. */
#include "topics/frequency.h"

#include <string.h>

#include "topics/frequency_table.h"

#define UNKNOWN_SHORT 0.002  /* not in the table: of up to 4 bytes, */
#define UNKNOWN       0.0007 /* and of more */
#define SHORT         4

static int compare(const char *folded, size_t len, const char *known)
{
    int order = strncmp(folded, known, len);
    return order ? order : known[len] ? -1 : 0;
}

double frequency_of(const char *folded, size_t len)
{
    size_t low = 0, high = sizeof(frequencies) / sizeof(frequencies[0]);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(folded, len, frequencies[middle].folded);
        if (order == 0)
            return frequencies[middle].per_mille / 1000.0;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return len <= SHORT ? UNKNOWN_SHORT : UNKNOWN;
}
