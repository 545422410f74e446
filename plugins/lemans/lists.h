/*
 * The names and numbers that the detector knows, read once from a folder of YAML files: drivers,
 * teams, classes, races, editions, given names, and one file of cues per language. Everything here
 * is read-only after lists_read. A wrong entry is said with file, line and column.
 */
#ifndef LEMANS_LISTS_H
#define LEMANS_LISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/diag.h"

#include "language.h"
#include "phrases.h"

struct driver {
    char *name;
    char *nation;  /* as in nations.yaml, NULL: unknown */
    char *surname; /* folded */
};

struct team {
    char *name;
    bool maker;
};

struct race_class {
    char *name;
    int since, until; /* years; 0: no bound */
};

enum name_word {
    NAME_GIVEN = 1, /* a given name */
    NAME_NEVER = 2, /* a capitalised word that is no part of a person's name */
    NAME_TEAM = 4,  /* Racing, Motorsport: what stands before is a team */
    NAME_OFTEN = 8, /* a surname of the lists that is also an ordinary word */
};

struct lists;

struct lists *lists_read(const char *folder, struct diags *diags);
void lists_free(struct lists **lists);

const struct phrases *lists_phrases(const struct lists *lists);
/* Bits of enum name_word. */
unsigned lists_name_word(const struct lists *lists, const struct token *token);
/* The only driver with this (folded) surname; NULL when there is none or more than one. */
const struct driver *lists_surname(const struct lists *lists, const char *folded, size_t len);
bool lists_is_anchor(const struct lists *lists, const char *folded, size_t len);

size_t lists_n_languages(const struct lists *lists);
const struct language *lists_language(const struct lists *lists, size_t i);

/* The first day of the race of a year, YYYYMMDD; the usual day where no other is listed. */
int32_t lists_race_day(const struct lists *lists, int year);
/* The year of the nth edition, 0 when there is none. */
int lists_edition_year(const struct lists *lists, int number);

#endif
