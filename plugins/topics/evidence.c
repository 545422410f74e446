/*
 * Which words of the text prove a match.
 *
 * The parts that made the query true are looked up sentence by sentence. First comes the sentence
 * that holds the most of them, the rarer ones if there is a choice, for that is the one a person
 * will see. If it holds all, the other sentences that hold all follow; if not, the first place of
 * every part that it lacks. If there is nothing to show, the first sentence is shown.
 */
#include "topics/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "topics/evidence_inner.h"

/* A sentence's score: rarity only decides between sentences with as many parts. */
#define SCORE_RARE (UINT64_C(1) << 20) /* divided by the places of the part */
#define SCORE_PART ((uint64_t)QUERY_MAX_NODES * SCORE_RARE)

/* By sentence. */
struct tally {
    uint32_t parts; /* different ones in it */
    uint32_t last;  /* the part counted last, from 1 */
    uint64_t score; /* the more and the rarer the parts in it, the higher */
};

static int compare_parts(const void *a, const void *b)
{
    const struct proof *x = a, *y = b;
    if (x->part != y->part)
        return x->part < y->part ? -1 : 1;
    return x->span.start < y->span.start ? -1 : x->span.start > y->span.start;
}

static int compare_places(const void *a, const void *b)
{
    const struct proof *x = a, *y = b;
    if (x->sentence != y->sentence)
        return x->sentence < y->sentence ? -1 : 1;
    if (x->span.start != y->span.start)
        return x->span.start < y->span.start ? -1 : 1;
    return x->part < y->part ? -1 : x->part > y->part;
}

/* Counts each part for the sentences that its places are in. */
static void count_parts(const struct proofs *proofs, struct tally *tallies)
{
    for (size_t start = 0, end; start < proofs->n; start = end) {
        uint32_t part = proofs->items[start].part;
        for (end = start; end < proofs->n && proofs->items[end].part == part; end++)
            continue;
        for (size_t i = start; i < end; i++) {
            struct tally *tally = &tallies[proofs->items[i].sentence];
            if (tally->last == part + 1)
                continue;
            tally->last = part + 1;
            tally->parts++;
            tally->score += SCORE_PART + SCORE_RARE / (end - start);
        }
    }
}

/* A span inside one that is there already shows nothing new. */
static void add_span(struct evidence *evidence, struct evidence_span span)
{
    for (size_t i = 0; i < evidence->n; i++)
        if (evidence->spans[i].start <= span.start && span.end <= evidence->spans[i].end)
            return;
    if (evidence->n < EVIDENCE_MAX_SPANS)
        evidence->spans[evidence->n++] = span;
}

/* The first place of each part in this sentence; places are sorted. */
static void add_sentence(const struct proofs *proofs, uint32_t sentence, bool *shown,
                         struct evidence *evidence)
{
    bool *here = NEW_N(bool, proofs->n_parts + 1);
    for (size_t i = 0; i < proofs->n; i++) {
        const struct proof *proof = &proofs->items[i];
        if (proof->sentence != sentence || here[proof->part])
            continue;
        here[proof->part] = shown[proof->part] = true;
        add_span(evidence, proof->span);
    }
    free(here);
}

static uint32_t best_sentence(const struct tally *tallies, size_t n)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < n; i++)
        if (tallies[i].score > tallies[best].score)
            best = i;
    return best;
}

static void choose(const struct proofs *proofs, const struct tally *tallies,
                   struct evidence *evidence)
{
    bool *shown = NEW_N(bool, proofs->n_parts + 1);
    uint32_t best = best_sentence(tallies, proofs->sentences->n);
    add_sentence(proofs, best, shown, evidence);
    for (uint32_t i = 0, n = 1; i < proofs->sentences->n && n < EVIDENCE_MAX_SENTENCES; i++)
        if (i != best && tallies[i].parts == proofs->n_parts) {
            add_sentence(proofs, i, shown, evidence);
            n++;
        }
    for (size_t i = 0; i < proofs->n; i++)
        if (!shown[proofs->items[i].part]) {
            shown[proofs->items[i].part] = true;
            add_span(evidence, proofs->items[i].span);
        }
    free(shown);
}

void evidence_find(struct view *view, const uint32_t *code, struct evidence *evidence)
{
    evidence->n = evidence->n_entries = 0;
    struct proofs proofs = {
        .view = view, .sentences = view_spans(view, false), .evidence = evidence};
    if (!proofs.sentences->n)
        return;
    proofs_collect(&proofs, code);
    if (proofs.n) {
        struct tally *tallies = NEW_N(struct tally, proofs.sentences->n);
        qsort(proofs.items, proofs.n, sizeof(*proofs.items), compare_parts);
        count_parts(&proofs, tallies);
        qsort(proofs.items, proofs.n, sizeof(*proofs.items), compare_places);
        choose(&proofs, tallies, evidence);
        free(tallies);
    } else {
        const struct tocsin_span *first = &proofs.sentences->spans[0];
        add_span(evidence, (struct evidence_span){first->start, first->end});
    }
    free(proofs.items);
    free(proofs.parts);
}
