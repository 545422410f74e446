/* Does a query hold in a document? */
#ifndef TOCSIN_TOPICS_EVAL_H
#define TOCSIN_TOPICS_EVAL_H

#include "topics/places.h"

bool eval(struct view *view, const uint32_t *code, const struct scope *scope);

/* Calls `use` with the scope of each sentence, paragraph or the new text in which the child of such
 * a node holds, until it returns false. */
void eval_scopes(struct view *view, const uint32_t *code, const struct scope *scope,
                 bool (*use)(void *arg, const struct scope *scope), void *arg);

/* What the words that the text has tell already, without their places (sieve.c). */
enum sieve { SIEVE_NO, SIEVE_MAYBE, SIEVE_YES };
struct sieve_scope {
    const struct view_field *text; /* marked */
    bool whole;                    /* the whole document, not a part such as a sentence */
    struct pair pair; /* two words that are neighbours in the text; ID_NONE: not known */
};
enum sieve sieve(const struct sieve_scope *scope, const uint32_t *code);

#endif
