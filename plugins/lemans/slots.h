/* What else a fact says: team, car, class and year, from the words nearest to its proof. */
#ifndef LEMANS_SLOTS_H
#define LEMANS_SLOTS_H

#include "facts.h"

/* Fills what is not set. */
void slots_fill(const struct story *story, struct fact *fact);

#endif
