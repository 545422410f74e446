/*
 * NEAR and ADJ: a chain of parts, each within some words of the next.
 *
 * Of the places of each part those are kept that are near one kept of the part before; then, from
 * the end back, those that are near one kept of the part behind. Each step walks along two sorted
 * lists once.
 */
#include <stdlib.h>

#include "topics/places.h"

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return x->last < y->last ? -1 : x->last > y->last;
}

/* Places of a term come in order already. */
static void sort_places(struct places *places)
{
    for (size_t i = 1; i < places->n; i++)
        if (compare_places(&places->items[i - 1], &places->items[i]) > 0) {
            qsort(places->items, places->n, sizeof(*places->items), compare_places);
            return;
        }
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Which of `places` have one of `others` before them, at most `distance` words away. */
static void mark_after(const struct places *places, const struct places *others, uint32_t distance,
                       bool *marks)
{
    uint32_t *lasts = NEW_N(uint32_t, others->n + 1);
    bool in_order = true;
    for (size_t i = 0; i < others->n; i++) {
        lasts[i] = others->items[i].last;
        in_order &= !i || lasts[i - 1] <= lasts[i];
    }
    if (!in_order)
        qsort(lasts, others->n, sizeof(*lasts), compare_numbers);
    size_t at = 0; /* lasts[at - 1] is the greatest before the place */
    for (size_t i = 0; i < places->n; i++) {
        uint32_t first = places->items[i].first;
        while (at < others->n && lasts[at] < first)
            at++;
        marks[i] |= at > 0 && first - lasts[at - 1] <= distance;
    }
    free(lasts);
}

/* Which of `places` have one of `others` behind them. */
static void mark_before(const struct places *places, const struct places *others, uint32_t distance,
                        bool *marks)
{
    for (size_t i = 0; i < places->n; i++) {
        uint32_t last = places->items[i].last;
        size_t low = 0, high = others->n; /* the first that begins behind it */
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (others->items[middle].first <= last)
                low = middle + 1;
            else
                high = middle;
        }
        marks[i] |= low < others->n && others->items[low].first - last <= distance;
    }
}

/* Keeps those of `places` that are near one of `others`. `behind`: they are the right side. */
static void keep_near(struct places *places, const struct places *others, uint32_t gap, bool behind)
{
    uint32_t distance = gap & ~CODE_ORDERED;
    bool ordered = gap & CODE_ORDERED, *marks = NEW_N(bool, places->n + 1);
    if (behind || !ordered)
        mark_after(places, others, distance, marks);
    if (!behind || !ordered)
        mark_before(places, others, distance, marks);
    size_t kept = 0;
    for (size_t i = 0; i < places->n; i++)
        if (marks[i])
            places->items[kept++] = places->items[i];
    places->n = kept;
    free(marks);
}

static void collect(struct view *view, const uint32_t *code, const struct scope *scope,
                    struct places *parts)
{
    const uint32_t *child = code_children(code), *gaps = code + CODE_ARGS;
    uint32_t n = code_n(code);
    for (uint32_t i = 0; i < n; i++, child = code_next(child)) {
        places_each(view, child, scope, places_add, &parts[i]);
        sort_places(&parts[i]);
        if (i)
            keep_near(&parts[i], &parts[i - 1], gaps[i - 1], true);
        if (!parts[i].n)
            return;
    }
    for (uint32_t i = n - 1; i-- > 0;)
        keep_near(&parts[i], &parts[i + 1], gaps[i], false);
}

bool near_children(struct view *view, const uint32_t *code, const struct scope *scope,
                   use_near *use, void *arg)
{
    uint32_t n = code_n(code);
    const uint32_t *child = code_children(code);
    struct places *parts = NEW_N(struct places, n);
    collect(view, code, scope, parts);
    bool going = true;
    for (uint32_t i = 0; parts[n - 1].n && i < n && going; i++, child = code_next(child))
        for (size_t at = 0; at < parts[i].n && going; at++)
            going = use(arg, child, parts[i].items[at]);
    for (uint32_t i = 0; i < n; i++)
        free(parts[i].items);
    free(parts);
    return going;
}

struct each {
    use_place *use;
    void *arg;
};

static bool use_each(void *arg, const uint32_t *child, struct place place)
{
    (void)child;
    const struct each *each = arg;
    return each->use(each->arg, place);
}

bool near_each(struct view *view, const uint32_t *code, const struct scope *scope, use_place *use,
               void *arg)
{
    struct each each = {use, arg};
    return near_children(view, code, scope, use_each, &each);
}
