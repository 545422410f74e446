/*
 * Mentions: the words of a document that name something - a person, team, car, class, year, the
 * race, another race, a nation. They never overlap. A crew is a list of persons written as one
 * ("A, B and C").
 */
#ifndef LEMANS_MENTIONS_H
#define LEMANS_MENTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lists.h"

struct story;

/* In the order of the names that patterns use (language_read.c). */
enum mention_kind {
    MENTION_PERSON,
    MENTION_TEAM,
    MENTION_CAR,
    MENTION_CLASS,
    MENTION_YEAR,
    MENTION_RACE,
    MENTION_OTHER, /* another race or series */
    MENTION_NATION,
    MENTION_SOMEBODY, /* a person whom nothing names: "the Dane", and no Dane is known */
};

struct mention {
    enum mention_kind kind;
    uint32_t first, end; /* tokens */
    union {
        uint32_t person;
        const struct team *team; /* NULL: named by its form only, as the text has it */
        const struct race_class *race_class;
        const char *nation;
        int year;
    };
    bool stands_for;  /* a person by "he", "the Dane" */
    bool sure;        /* the race by a name that is only its own */
    bool aside;       /* asides.h */
    uint32_t epithet; /* whose part it is; epithets.h */
    uint32_t crew;    /* of a person: number + 1 of the crew it is listed in, 0: alone */
};

struct crew {
    uint32_t first, last; /* mentions */
};

struct mentions {
    struct mention *items; /* by place, once mentions_sort has run */
    size_t n, cap;
    uint32_t *at_token; /* number + 1 of the mention that covers it */
    struct crew *crews;
    size_t n_crews, cap_crews;
};

void mentions_init(struct mentions *mentions, size_t n_tokens);
void mentions_deinit(struct mentions *mentions);
/* False when something is mentioned there already. */
bool mention_add(struct mentions *mentions, struct mention mention);
/* NULL when the token is part of none. */
const struct mention *mention_at(const struct mentions *mentions, size_t token);
/* Puts the mentions in the order of the text. */
void mentions_sort(struct mentions *mentions);
/* The first mention that begins at `token` or after it: an index, n when there is none. */
size_t mentions_from(const struct mentions *mentions, size_t token);
/* Whether one of this kind, not told aside, begins within tokens [first, end). */
bool mentions_has(const struct mentions *mentions, enum mention_kind kind, size_t first,
                  size_t end);

/* Cars, classes, years; teams by their form. */
void mentions_find(struct story *story);
/* Persons listed as one. */
void crews_find(struct story *story);
/* The number of the car as written ("007"); the caller frees it. */
char *mention_car(const struct story *story, const struct mention *mention);

#endif
