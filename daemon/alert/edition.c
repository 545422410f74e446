/* Years and the ladders they belong to; see edition.h. */
#include "alert/edition.h"

#include <string.h>

#include "base/str.h"

int edition_year(const char *text)
{
    int64_t year;
    if (strlen(text) != 4 || !str_int_parse(text, &year) || year < 1000)
        return EDITION_OPEN;
    return (int)year;
}

int edition_join(const int *years, size_t n, int document_year)
{
    int nearest = EDITION_OPEN;
    for (size_t i = 0; i < n; i++) {
        if (years[i] >= document_year && (nearest == EDITION_OPEN || years[i] < nearest))
            nearest = years[i];
    }
    return nearest;
}

int edition_above(const int *years, size_t n, int new_year)
{
    return edition_join(years, n, new_year + 1);
}
