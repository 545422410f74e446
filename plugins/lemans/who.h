/* Whom a cue speaks of: the persons before or after it in its clause, the speaker of a quotation,
 * the crew that is joined by "together with". */
#ifndef LEMANS_WHO_H
#define LEMANS_WHO_H

#include "cues.h"
#include "facts.h"
#include "mentions.h"

/* Adds to the fact the drivers whom the hit speaks of. `crew` says that they share a car, as far as
 * the words tell. */
void who_find(const struct story *story, const struct hit *hit, struct fact *fact, bool *crew);
/* Adds the persons of the mention's list, and those joined to it in its sentence. True when there
 * are several. */
bool who_crew(const struct story *story, const struct mention *mention, struct fact *fact);

/* Of a list of "his partners": who was spoken of before and shares their car; NULL for others. */
const struct mention *who_partner(const struct story *story, const struct mention *mention);
/* Who was spoken of last before the token's sentence, outside quotations; NULL: nobody. */
const struct mention *who_before(const struct story *story, size_t token);

#endif
