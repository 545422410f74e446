/* Matching the patterns of a language; see cues.h and, for what a pattern is, language.h. */
#include "cues.h"

#include <stdlib.h>

#include "base/mem.h"

#include "story.h"

#define HITS_MAX 50000

struct matching {
    struct story *story;
    size_t first,
        after;  /* what a pattern's first element takes: its first token, the one after it */
    size_t end; /* of the sentence */
};

static uint64_t bits(size_t first, size_t n)
{
    return first >= 64 ? 0 : ((UINT64_C(1) << n) - 1) << first;
}

/* Matches elements [e, n) from token i on; returns the end of the match, 0 for none. A gap is tried
 * from nothing to its longest; `skipped` gets what gaps took in. */
static size_t elements_match(const struct matching *m, const struct pattern *pattern, size_t e,
                             size_t i, uint64_t *skipped)
{
    if (e == pattern->n)
        return i;
    const struct element *element = &pattern->elements[e];
    if (element->kind == ELEMENT_GAP) {
        for (size_t skip = 0; skip <= element->arg && i + skip <= m->end; skip++) {
            size_t end = elements_match(m, pattern, e + 1, i + skip, skipped);
            if (end)
                *skipped |= bits(i - m->first, skip);
            if (end)
                return end;
        }
        return 0;
    }
    size_t after = 0;
    const struct mention *mention = i < m->end ? mention_at(&m->story->mentions, i) : NULL;
    if (element->kind == ELEMENT_SET && i < m->end && known_in(&m->story->known[i], element->arg))
        after = i + 1;
    else if (element->kind == ELEMENT_MENTION && mention && mention->first == i &&
             mention->kind == (enum mention_kind)element->arg)
        after = mention->end;
    size_t end = after ? elements_match(m, pattern, e + 1, after, skipped) : 0;
    return end || !element->optional ? end : elements_match(m, pattern, e + 1, i, skipped);
}

/* "No. 5" denies nothing. */
static bool is_number_sign(const struct story *story, const struct cue *cue, size_t end)
{
    const struct mention *next =
        end < story->reading.n_tokens ? mention_at(&story->mentions, end) : NULL;
    return (cue->kind == CUE_NOT || cue->kind == CUE_UNREAL) && next && next->kind == MENTION_CAR;
}

static void pattern_try(void *arg, const struct pattern *pattern)
{
    const struct matching *m = arg;
    struct hits *hits = &m->story->hits;
    uint64_t skipped = 0;
    size_t end = elements_match(m, pattern, 1, m->after, &skipped);
    const struct cue *cue = language_cue(m->story->language, pattern->cue);
    if (!end || hits->n == HITS_MAX || is_number_sign(m->story, cue, end))
        return;
    hits->items = mem_grow(hits->items, &hits->cap, hits->n + 1, sizeof(struct hit));
    hits->items[hits->n++] = (struct hit){
        .cue = cue, .skipped = skipped, .first = (uint32_t)m->first, .end = (uint32_t)end};
}

static bool hit_is_status(const struct hit *hit)
{
    return hit->cue->kind <= CUE_RESULT || hit->cue->kind == CUE_NONE ||
           hit->cue->kind == CUE_WATCH || hit->cue->kind == CUE_RESERVE;
}

static int hit_order(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    if (x->cue->strength != y->cue->strength)
        return x->cue->strength > y->cue->strength ? -1 : 1;
    return x->cue < y->cue ? -1 : x->cue > y->cue;
}

/* In the order of the text, longest first: what begins later and ends no later lies within. */
static void hits_prune(struct hits *hits)
{
    size_t kept = 0;
    uint32_t covered = 0;
    for (size_t i = 0; i < hits->n; i++) {
        struct hit hit = hits->items[i];
        if (hit_is_status(&hit)) {
            if (hit.end <= covered)
                continue;
            covered = hit.end;
        }
        hits->items[kept++] = hit;
    }
    hits->n = kept;
}

void cues_find(struct story *story)
{
    for (size_t i = 0; i < story->reading.n_tokens; i++) {
        const struct sentence *sentence =
            &story->reading.sentences[story->reading.tokens[i].sentence];
        struct matching m = {story, i, i + 1, sentence->end};
        const struct mention *mention = mention_at(&story->mentions, i);
        const struct known *next = i + 1 < sentence->end ? &story->known[i + 1] : NULL;
        language_patterns(story->language, &story->known[i], next, pattern_try, &m);
        if (!mention || mention->first != i)
            continue;
        m.after = mention->end;
        language_mention_patterns(story->language, (uint16_t)mention->kind, pattern_try, &m);
    }
    if (story->hits.n)
        qsort(story->hits.items, story->hits.n, sizeof(struct hit), hit_order);
    hits_prune(&story->hits);
}

void hits_deinit(struct hits *hits)
{
    mem_free_p(&hits->items);
}

size_t hits_from(const struct hits *hits, size_t token)
{
    size_t low = 0, high = hits->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (hits->items[middle].first < token)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct hit *hits_find(const struct hits *hits, enum cue_kind kind, size_t first, size_t end)
{
    for (size_t i = hits_from(hits, first); i < hits->n && hits->items[i].first < end; i++)
        if (hits->items[i].cue->kind == kind)
            return &hits->items[i];
    return NULL;
}
