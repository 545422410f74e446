/*
 * Is this race meant? "Le Mans" is also a city, a motorcycle grand prix, a series, a film and a
 * watch. The lists say which names are only the race's own, which usually are, and which are once
 * the race has been named; which longer names are something else; and which topics turn a document
 * away from it.
 */
#ifndef LEMANS_RACE_H
#define LEMANS_RACE_H

#include <stdbool.h>
#include <stddef.h>

#include <tocsin/plugin.h>

#include "lists.h"

struct story;

/* Whether a document can be about the race at all: the first and cheapest look, on its words. */
bool race_anchored(const struct lists *lists, const struct tocsin_word *words, size_t n);

/* Marks every listed name but persons': races, teams, classes, nations. */
void race_find(struct story *story);

/* How far the sentence is from the race: 0 names it, else the number of sentences since it was
 * named, -1 when the document speaks of something else here. */
int race_distance(const struct story *story, size_t sentence);
/* How near a word is to the race: 0 its clause names it, 1 its sentence, 2 the sentence before, 3
 * one of a few before, 4 the document as a whole (RACE_FARTHEST), -1 it speaks of something else.
 */
#define RACE_FARTHEST 4
int race_nearness(const struct story *story, size_t token);

#endif
