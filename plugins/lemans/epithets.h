/*
 * Epithets: "Gené, winner with Peugeot in 2009, takes the seat." The year and the team are those of
 * the epithet, and nothing else in the sentence is told of them.
 */
#ifndef LEMANS_EPITHETS_H
#define LEMANS_EPITHETS_H

#include <stdint.h>

struct story;
struct hit;

/* Marks the mentions that go with cues of one person alone ("winner"). */
void epithets_mark(struct story *story);
/* What mention.epithet is of those that go with this hit; 0: it is no epithet. */
uint32_t epithet_of(const struct story *story, const struct hit *hit);

#endif
