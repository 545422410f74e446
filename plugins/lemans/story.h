/*
 * One document on its way through the steps, and what each step has found:
 *
 *   reading.c   words and sentences           cues.c      what is said: cues of the language
 *   clauses.c   sentences to clauses          asides.c    "ahead of X", "since Y": who has no part
 *   race.c      is this race meant?           facts.c     cue + person + race: candidate facts
 *   mentions.c  cars, classes, years, crews   merge.c     one fact per status and car or person
 *   names.c     who is named, by which words
 *
 * Every step reads what is above it and fills its own part; none reaches back.
 */
#ifndef LEMANS_STORY_H
#define LEMANS_STORY_H

#include "clauses.h"
#include "cues.h"
#include "facts.h"
#include "language.h"
#include "lists.h"
#include "mentions.h"
#include "names.h"
#include "reading.h"

struct story {
    const struct lists *lists;
    struct reading reading;
    const struct language *language;
    struct known *known;           /* of each token */
    const struct phrase **phrases; /* the listed name that begins at each token; NULL: none */
    bool about_race;               /* the document as a whole */
    int *race_distances;           /* of each sentence; race.h */
    struct clauses clauses;
    struct mentions mentions;
    struct persons persons;
    struct hits hits;
    struct facts facts;
};

/* Reads the document through all steps. The text, words and sentences must outlive the story. */
void story_init(struct story *story, const struct lists *lists, const char *text, size_t len,
                const struct tocsin_word *words, size_t n_words,
                const struct tocsin_span *sentences, size_t n_sentences, int32_t date);
void story_deinit(struct story *story);

/* The steps before `facts`, for tests of one of them. */
void story_open(struct story *story, const struct lists *lists, const char *text, size_t len,
                const struct tocsin_word *words, size_t n_words,
                const struct tocsin_span *sentences, size_t n_sentences, int32_t date);

bool story_has_role(const struct story *story, size_t token, enum word_role role);

#endif
