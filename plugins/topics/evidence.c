/*
 * Which words of the text prove a match.
 *
 * The terms that made the query true are looked up sentence by sentence. First comes the sentence
 * that holds the most of them, the rarer ones if there is a choice, for that is the one a person
 * will see. If it holds all, the other sentences that hold all follow; if not, the first place of
 * every term that it lacks. A term of the title is shown
 * where the text says it too; if nothing else is there to show, the first sentence is.
 */
#include "topics/evidence.h"

#include <stdlib.h>
#include <string.h>

#define MAX_PLACES 10000u /* of one term */
/* A sentence's score: rarity only decides between sentences with as many terms. */
#define SCORE_RARE (2u * MAX_PLACES) /* divided by the places of the term */
#define SCORE_TERM ((uint64_t)QUERY_MAX_NODES * SCORE_RARE)

struct place {
    uint32_t sentence;
    uint32_t term;
    struct evidence_span span;
};

struct finder {
    const struct view *view;
    const struct tocsin_span *sentences;
    size_t n_sentences;
    struct place *places;
    size_t n, cap;
    uint32_t n_terms;
    uint32_t *counts; /* by sentence: different terms in it */
    uint64_t *scores; /* by sentence: the more and the rarer the terms in it, the higher */
    uint32_t *last;   /* by sentence: the term counted last, from 1 */
};

/* The sentence that holds a word, by its position. */
static uint32_t sentence_of(const struct finder *finder, uint32_t word)
{
    size_t low = 0, high = finder->n_sentences;
    while (low + 1 < high) {
        size_t middle = (low + high) / 2;
        if (finder->sentences[middle].first_word <= word)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

/* A place of the term that was added last. */
static void add_place(struct finder *finder, uint32_t at, size_t n_words)
{
    const struct wordmap *text = &finder->view->text;
    struct place place = {.sentence = sentence_of(finder, at), .term = finder->n_terms - 1};
    place.span.start = text->words[at].start;
    place.span.end = text->words[at + n_words - 1].end;
    finder->places = mem_grow(finder->places, &finder->cap, finder->n + 1, sizeof(place));
    finder->places[finder->n++] = place;
}

/* Counts the term for each sentence that one of its places, from `first` on, is in. */
static void count_term(struct finder *finder, size_t first)
{
    uint64_t score = SCORE_TERM + SCORE_RARE / (finder->n - first);
    for (size_t i = first; i < finder->n; i++) {
        uint32_t sentence = finder->places[i].sentence;
        if (finder->last[sentence] == finder->n_terms)
            continue;
        finder->last[sentence] = finder->n_terms;
        finder->counts[sentence]++;
        finder->scores[sentence] += score;
    }
}

static void add_term(struct finder *finder, const struct node *term)
{
    struct cursor cursor;
    cursor_init(&cursor, term, finder->view, &finder->view->text);
    size_t first = finder->n;
    uint32_t at, limit = term->title ? 1 : MAX_PLACES;
    finder->n_terms++;
    for (; limit > 0 && (at = cursor_next(&cursor)) != WORDMAP_NONE; limit--)
        add_place(finder, at, term->n_words);
    if (finder->n == first)
        finder->n_terms--; /* of the title, and not in the text */
    else
        count_term(finder, first);
}

/* The terms that make the node true, or false when `wanted` is false. */
static void add_terms(struct finder *finder, const struct node *node, bool wanted)
{
    if (node->kind == NODE_TERM) {
        if (wanted)
            add_term(finder, node);
        return;
    }
    if (node->kind == NODE_NOT) {
        add_terms(finder, node->children[0], !wanted);
        return;
    }
    for (size_t i = 0; i < node->n; i++)
        if (eval(node->children[i], finder->view) == wanted)
            add_terms(finder, node->children[i], wanted);
}

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->sentence != y->sentence)
        return x->sentence < y->sentence ? -1 : 1;
    if (x->span.start != y->span.start)
        return x->span.start < y->span.start ? -1 : 1;
    return x->term < y->term ? -1 : x->term > y->term;
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

/* The first place of each term in this sentence; places are sorted. */
static void add_sentence(const struct finder *finder, uint32_t sentence, bool *shown,
                         struct evidence *evidence)
{
    bool *here = NEW_N(bool, finder->n_terms + 1);
    for (size_t i = 0; i < finder->n; i++) {
        const struct place *place = &finder->places[i];
        if (place->sentence != sentence || here[place->term])
            continue;
        here[place->term] = shown[place->term] = true;
        add_span(evidence, place->span);
    }
    free(here);
}

static uint32_t best_sentence(const struct finder *finder)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < finder->n_sentences; i++)
        if (finder->scores[i] > finder->scores[best])
            best = i;
    return best;
}

static void choose(const struct finder *finder, struct evidence *evidence)
{
    bool *shown = NEW_N(bool, finder->n_terms + 1);
    uint32_t best = best_sentence(finder);
    add_sentence(finder, best, shown, evidence);
    for (uint32_t i = 0, n = 1; i < finder->n_sentences && n < EVIDENCE_MAX_SENTENCES; i++)
        if (i != best && finder->counts[i] == finder->n_terms) {
            add_sentence(finder, i, shown, evidence);
            n++;
        }
    for (size_t i = 0; i < finder->n; i++)
        if (!shown[finder->places[i].term]) {
            shown[finder->places[i].term] = true;
            add_span(evidence, finder->places[i].span);
        }
    free(shown);
}

void evidence_find(const struct node *query, const struct view *view,
                   const struct tocsin_span *sentences, size_t n_sentences,
                   struct evidence *evidence)
{
    evidence->n = 0;
    if (!n_sentences)
        return;
    struct finder finder = {.view = view, .sentences = sentences, .n_sentences = n_sentences};
    finder.counts = NEW_N(uint32_t, n_sentences);
    finder.scores = NEW_N(uint64_t, n_sentences);
    finder.last = NEW_N(uint32_t, n_sentences);
    add_terms(&finder, query, true);
    if (finder.n) {
        qsort(finder.places, finder.n, sizeof(*finder.places), compare_places);
        choose(&finder, evidence);
    } else {
        add_span(evidence, (struct evidence_span){sentences[0].start, sentences[0].end});
    }
    free(finder.places);
    free(finder.counts);
    free(finder.scores);
    free(finder.last);
}
