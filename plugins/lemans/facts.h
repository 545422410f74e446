/*
 * Candidate facts: a cue with its persons and the race becomes a fact with a status, its slots and
 * a score. A crew that is named with a car and no cue is one, too. merge.c makes them one per car
 * or person.
 */
#ifndef LEMANS_FACTS_H
#define LEMANS_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "language.h"

struct story;

#define FACT_MAX_DRIVERS 6

struct fact {
    enum cue_kind status; /* CUE_INTEREST to CUE_RESULT */
    enum cue_outcome outcome;
    uint32_t drivers[FACT_MAX_DRIVERS]; /* persons */
    size_t n_drivers;
    char *team;             /* as the text has it; NULL: none */
    char *car;              /* "007" */
    const char *race_class; /* of the lists */
    int year;               /* 0: not said */
    double score;
    uint32_t first, end;             /* tokens that prove it */
    uint32_t quote_first, quote_end; /* the person's own words, which prove it best; none: 0, 0 */
    uint32_t sentence;
    uint32_t of_team; /* number + 1 of the mention of whose result it is; 0: of nobody's */
    bool aside;       /* of drivers who are told aside */
    uint32_t epithet; /* epithets.h */
};

struct facts {
    struct fact *items;
    size_t n, cap;
};

/* Facts whose score is below this are no facts. */
#define FACT_SCORE_MIN 0.45
#define FACTS_MAX      400

void facts_find(struct story *story);
void facts_deinit(struct facts *facts);
void fact_deinit(struct fact *fact);
bool fact_has_driver(const struct fact *fact, uint32_t person);
void fact_add_driver(struct fact *fact, uint32_t person);
/* Fills the slots and adds the candidate, which it takes; drops it when its score is too low. */
void fact_keep(struct story *story, struct fact *fact);
/* Takes out who holds an office. How far the rest are known to drive, a factor of the score; beside
 * the race's name (race_nearness) the words need no further proof. */
double fact_drivers_factor(const struct story *story, struct fact *fact, int nearness);

#endif
