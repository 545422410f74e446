/* What else a fact says: team, car, class and year, from the words nearest to its proof. */
#ifndef LEMANS_SLOTS_H
#define LEMANS_SLOTS_H

#include "facts.h"

/* Fills what is not set. */
void slots_fill(const struct story *story, struct fact *fact);
/* Whether its words name a year that its status cannot be of: an entry for a race of the past. */
bool slots_contradict(const struct story *story, const struct fact *fact);
/* Whether the document is of the days after a race, when its result is the news. */
bool slots_race_is_news(const struct story *story);

#endif
