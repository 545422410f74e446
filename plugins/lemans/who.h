/* Whom a cue speaks of: the persons before or after it in its clause, the speaker of a quotation
 * (speakers.h), those who share a car with them (sharing.h). */
#ifndef LEMANS_WHO_H
#define LEMANS_WHO_H

#include "cues.h"
#include "facts.h"
#include "mentions.h"

/* Adds to the fact the drivers whom the hit speaks of. `crew` says that they share a car, as far as
 * the words tell. */
void who_find(const struct story *story, const struct hit *hit, struct fact *fact, bool *crew);
#endif
