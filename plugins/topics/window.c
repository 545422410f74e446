/*
 * "some words"~5: each of the words, within so many, in any order. A word that is written twice
 * must be there twice. The places are the shortest runs that hold all, one for each last word.
 */
#include <stdlib.h>

#include "topics/places.h"

struct hit {
    uint32_t position, word; /* word: the first of the query's words that is equal */
};

static int compare_hits(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    if (x->position != y->position)
        return x->position < y->position ? -1 : 1;
    return x->word < y->word ? -1 : x->word > y->word;
}

struct window {
    struct hit *hits;
    size_t n, cap;
    uint32_t wanted[QUERY_MAX_WORDS]; /* how often, by word */
    uint32_t held[QUERY_MAX_WORDS];
    uint32_t n_missing; /* words of which there are not enough */
};

static void add_hit(struct window *window, uint32_t position, uint32_t word)
{
    window->hits = mem_grow(window->hits, &window->cap, window->n + 1, sizeof(*window->hits));
    window->hits[window->n++] = (struct hit){.position = position, .word = word};
}

/* In a short scope every position is tried, as in places.c. */
static void add_hits(struct window *window, const struct view_field *field,
                     const struct scope *scope, uint32_t id, uint32_t word)
{
    uint32_t at = view_first(field, id), high = scope->high < field->n ? scope->high : field->n;
    if (at != VIEW_NONE && scope->high - scope->low < field->counts[at]) {
        for (uint32_t position = scope->low; position < high; position++)
            if (view_holds(field, position, id))
                add_hit(window, position, word);
        return;
    }
    for (; at != VIEW_NONE; at = field->next[at])
        add_hit(window, view_position(field, at), word);
}

/* False when a word is not there at all. */
static bool collect(struct window *window, const struct view_field *field,
                    const struct scope *scope, const uint32_t *ids, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t word = 0;
        while (ids[word] != ids[i])
            word++;
        window->n_missing += !window->wanted[word]++;
        size_t before = window->n;
        if (word == i)
            add_hits(window, field, scope, ids[i], word);
        if (word == i && window->n == before)
            return false;
    }
    if (window->n)
        qsort(window->hits, window->n, sizeof(*window->hits), compare_hits);
    return true;
}

static void take(struct window *window, size_t at)
{
    uint32_t word = window->hits[at].word;
    window->n_missing -= ++window->held[word] == window->wanted[word];
}

static void leave(struct window *window, size_t at)
{
    uint32_t word = window->hits[at].word;
    window->n_missing += window->held[word]-- == window->wanted[word];
}

bool window_each(struct view *view, const uint32_t *code, const struct scope *scope, use_place *use,
                 void *arg)
{
    const struct view_field *field = view_mapped(view, code_field(code));
    uint32_t distance = code[CODE_ARGS];
    const struct scope all = SCOPE_ALL;
    struct window window = {.n_missing = 0};
    bool going = true;
    size_t left = 0, n = 0;
    const struct scope *limits = code_field(code) == FIELD_TEXT ? scope : &all;
    if (collect(&window, field, limits, code + CODE_ARGS + 1, code_n(code)))
        n = window.n;
    for (size_t right = 0; right < n && going; right++) {
        take(&window, right);
        /* As short as it can be while all are in. */
        while (left < right &&
               window.held[window.hits[left].word] > window.wanted[window.hits[left].word])
            leave(&window, left++);
        struct place place = {.first = window.hits[left].position,
                              .last = window.hits[right].position};
        if (!window.n_missing && place.last - place.first <= distance &&
            scope_has(scope, view, code_field(code), place))
            going = use(arg, place);
    }
    free(window.hits);
    return going;
}
