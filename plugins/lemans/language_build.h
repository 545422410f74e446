/*
 * How language_read.c and patterns.c fill a language's tables; nobody else includes this. See
 * language.h.
 */
#ifndef LEMANS_LANGUAGE_BUILD_H
#define LEMANS_LANGUAGE_BUILD_H

#include "base/map.h"

#include "accents.h"
#include "language.h"
#include "sieve.h"

#define SET_NONE       UINT16_MAX
#define PREFIX_BUCKETS 1024
#define WORD_BUCKETS   4096

struct pattern_list {
    size_t *items; /* indices into patterns */
    size_t n, cap;
};

/* A word or the beginning of words, with the sets that it is in. */
struct entry {
    uint64_t mask;  /* of its sets; see struct known */
    uint16_t *sets; /* ascending once all is read */
    size_t n, cap;
    struct pattern_list patterns; /* that begin with one of the sets */
    char *text;
    size_t len;
    bool common;
    struct entry *next; /* of the same bucket */
};

#define N_MENTION_KINDS 9

struct language {
    char *name;
    bool drops_subject, adjectives_first, capital_nations, negates_after;
    struct accents *accents;
    struct entry *words[WORD_BUCKETS];      /* by sieve_place */
    struct entry *prefixes[PREFIX_BUCKETS]; /* by the first two bytes */
    struct map *sets; /* "{name}" or the text of an alternation → number + 1 */
    uint16_t n_sets;
    uint16_t roles[N_WORD_ROLES]; /* the set of each role */
    struct cue *cues;
    size_t n_cues, cap_cues;
    struct pattern *patterns;
    size_t n_patterns, cap_patterns;
    struct pattern_list *by_set; /* n_sets of them, once all is read */
    struct pattern_list by_mention[N_MENTION_KINDS];
};

struct language_reader {
    struct language *language;
    struct diags *diags;
};

/* The set's number; `fresh` says that it was made just now. SET_NONE when there are too many. */
uint16_t language_set(struct language *language, const char *name, bool *fresh);
/* SET_NONE when there is none. */
uint16_t language_set_find(const struct language *language, const char *name);
/* Adds a word (folded to exactly one; false if not), or its beginning when it ends with '*'. */
bool language_set_add(struct language *language, uint16_t set, const char *word);
/* Adds one of the commonest words; false when it does not fold to exactly one. */
bool language_common_add(struct language *language, const char *word);
/* Reads a pattern of cue number `cue`; what is wrong with it is said. */
void pattern_read(struct language_reader *reader, const struct tree *node, size_t cue);
/* Makes the index of the patterns by their first element. */
void language_index(struct language *language);

#endif
