/*
 * Sentences to clauses: the stretch within which a cue looks for its person first. A clause begins
 * at a semicolon, colon, dash or quotation mark, and at the words that the language lists (but,
 * who, because). Every token belongs to one.
 */
#ifndef LEMANS_CLAUSES_H
#define LEMANS_CLAUSES_H

#include <stddef.h>
#include <stdint.h>

struct story;

struct clause {
    uint32_t first, end; /* tokens */
};

struct clauses {
    struct clause *items;
    size_t n;
    uint32_t *of_token;
};

void clauses_find(struct story *story);
void clauses_deinit(struct clauses *clauses);
const struct clause *clause_at(const struct clauses *clauses, size_t token);

#endif
