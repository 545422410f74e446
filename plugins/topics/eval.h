/* Does a query hold in a document? */
#ifndef TOCSIN_TOPICS_EVAL_H
#define TOCSIN_TOPICS_EVAL_H

#include "topics/places.h"

bool eval(struct view *view, const uint32_t *code, const struct scope *scope);

/* Calls `use` with the scope of each sentence, paragraph or the new text in which the child of such
 * a node holds, until it returns false. */
void eval_scopes(struct view *view, const uint32_t *code, const struct scope *scope,
                 bool (*use)(void *arg, const struct scope *scope), void *arg);

/* False: it cannot hold, as the words that the text has already tell (sieve.c). `whole`: of the
 * whole document, not of a part such as a sentence. */
bool sieve(struct view *view, const uint32_t *code, bool whole);

#endif
