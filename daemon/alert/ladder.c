/* The order of a ladder, its rungs, and what is news; see ladder.h. */
#include "alert/ladder.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

int ladder_rank(const struct config_texts *statuses, const char *status)
{
    for (size_t i = 0; i < statuses->n; i++) {
        if (strcmp(statuses->items[i], status) == 0)
            return (int)i + 1;
    }
    return 0;
}

int ladder_compare(const struct ladder_entry *a, const struct ladder_entry *b)
{
    if (a->date != b->date)
        return a->date < b->date ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    int order = memcmp(&a->origin, &b->origin, sizeof(a->origin));
    return order ? order : strcmp(a->status, b->status);
}

static int compare_entries(const void *a, const void *b)
{
    return ladder_compare(a, b);
}

void ladder_sort(struct ladder_entry *entries, size_t n)
{
    if (n)
        qsort(entries, n, sizeof(*entries), compare_entries);
}

size_t ladder_rung_end(const struct ladder_entry *entries, size_t n, size_t first)
{
    size_t end = first + 1;
    while (end < n && strcmp(entries[end].status, entries[first].status) == 0)
        end++;
    return end;
}

size_t ladder_sources(const struct ladder_entry *entries, size_t first, size_t end)
{
    size_t n = 0;
    for (size_t i = first; i < end; i++) {
        bool seen = false;
        for (size_t j = first; j < i && !seen; j++)
            seen = hash_equal(&entries[j].origin, &entries[i].origin);
        n += !seen;
    }
    return n;
}

enum alert_outcome ladder_judge(const char *before, const char *after, const char *status)
{
    if (!str_equal(status, after))
        return OUTCOME_OLDER_SOURCE;
    return str_equal(before, after) ? OUTCOME_SAME_STATUS : OUTCOME_RANG;
}
