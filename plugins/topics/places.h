/*
 * Where the parts of a query stand in a document: runs of words, in the order of their first word
 * unless said otherwise.
 */
#ifndef TOCSIN_TOPICS_PLACES_H
#define TOCSIN_TOPICS_PLACES_H

#include "topics/view.h"

struct place {
    uint32_t first, last; /* positions of words */
};

/* The part of the text that a query may look at. */
struct scope {
    uint32_t low, high; /* positions [low, high) */
    bool only_new;      /* and only what an edit has added */
};
#define SCOPE_ALL ((struct scope){.low = 0, .high = UINT32_MAX})

/* Is a run of words within it? Scopes are of the text; other fields are always in. */
bool scope_has(const struct scope *scope, const struct view *view, enum query_field field,
               struct place place);

/* Returns false to stop. */
typedef bool use_place(void *arg, struct place place);

/* The places of a TERM, WINDOW, LIST, NEAR or an OR of these; those of an OR child by child, those
 * of a NEAR child by child, only such as take part. False when it was stopped. */
bool places_each(struct view *view, const uint32_t *code, const struct scope *scope, use_place *use,
                 void *arg);
bool places_any(struct view *view, const uint32_t *code, const struct scope *scope);
/* The entries of a list that are there: calls `use` with the text of each place's entry. */
void places_of_list(struct view *view, const uint32_t *code, const struct scope *scope,
                    void (*use)(void *arg, struct place place, const char *entry), void *arg);

/* places_term.c */
bool term_each(struct view *view, const uint32_t *code, const struct scope *scope, use_place *use,
               void *arg);
/* near.c: the same with the child that each place is of. */
typedef bool use_near(void *arg, const uint32_t *child, struct place place);
bool near_children(struct view *view, const uint32_t *code, const struct scope *scope,
                   use_near *use, void *arg);
bool near_each(struct view *view, const uint32_t *code, const struct scope *scope, use_place *use,
               void *arg);
/* window.c */
bool window_each(struct view *view, const uint32_t *code, const struct scope *scope, use_place *use,
                 void *arg);

struct places {
    struct place *items;
    size_t n, cap;
};
/* Collects: pass it as `arg`. */
bool places_add(void *places, struct place place);

#endif
