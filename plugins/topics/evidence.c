/*
 * Which words of the text prove a match.
 *
 * The terms that made the query true are looked up sentence by sentence. First comes the sentence
 * that holds the most of them, for that is the one a person will see; then the others that hold as
 * many; then the first place of every term that is in none of these. A term of the title is shown
 * where the text says it too; if nothing else is there to show, the first sentence is.
 */
#include "topics/evidence.h"

#include <stdlib.h>
#include <string.h>

#define MAX_PLACES 10000u /* of one term */

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

static void add_term(struct finder *finder, const struct node *term)
{
    const struct wordmap *text = &finder->view->text;
    struct cursor cursor;
    cursor_init(&cursor, term, finder->view, text);
    uint32_t number = finder->n_terms++;
    uint32_t limit = term->title ? 1 : MAX_PLACES;
    for (uint32_t at; limit > 0 && (at = cursor_next(&cursor)) != WORDMAP_NONE; limit--) {
        struct place place = {.sentence = sentence_of(finder, at), .term = number};
        place.span.start = text->words[at].start;
        place.span.end = text->words[at + term->n_words - 1].end;
        finder->places = mem_grow(finder->places, &finder->cap, finder->n + 1, sizeof(place));
        finder->places[finder->n++] = place;
        if (finder->last[place.sentence] != number + 1) {
            finder->last[place.sentence] = number + 1;
            finder->counts[place.sentence]++;
        }
    }
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

static uint32_t most_terms(const struct finder *finder)
{
    uint32_t most = 0;
    for (size_t i = 0; i < finder->n_sentences; i++)
        if (finder->counts[i] > most)
            most = finder->counts[i];
    return most;
}

static void choose(const struct finder *finder, struct evidence *evidence)
{
    bool *shown = NEW_N(bool, finder->n_terms + 1);
    uint32_t most = most_terms(finder), n = 0;
    for (uint32_t i = 0; most && i < finder->n_sentences && n < EVIDENCE_MAX_SENTENCES; i++)
        if (finder->counts[i] == most) {
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
    free(finder.last);
}
