/* What else a fact says: team, car, class and year, from the words nearest to its proof. */
#ifndef LEMANS_SLOTS_H
#define LEMANS_SLOTS_H

#include "facts.h"

/* Fills what is not set. */
void slots_fill(const struct story *story, struct fact *fact);
/* The year of the first race after the document's date, and of the last one before it. */
int slots_next_year(const struct story *story);
int slots_last_year(const struct story *story);

#endif
