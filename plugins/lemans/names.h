/*
 * Persons: everybody whom the document names in full, found in the lists of drivers or by form (a
 * given name and a surname, with the words around that go with a person), and every later word that
 * means one of them: the surname alone, a given name beside "brother", "he", "the Monegasque".
 */
#ifndef LEMANS_NAMES_H
#define LEMANS_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lists.h"

struct story;

struct person {
    char *name;                  /* as the document has it, at its fullest */
    char *given;                 /* folded; "" when only the surname is known */
    char *last;                  /* folded: the last word of the surname */
    const struct driver *driver; /* NULL: in no list */
    bool drives;                 /* the words around make a driver of this person */
    bool office;                 /* a principal, spokesman, engineer: not a driver */
};

struct persons {
    struct person *items;
    size_t n, cap;
};

/* Adds mentions of persons, sorted with the others. */
void names_find(struct story *story);
void persons_deinit(struct persons *persons);

#endif
