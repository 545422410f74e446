/* Who shares a car: the persons of a list, and those joined to it by "together with". */
#ifndef LEMANS_SHARING_H
#define LEMANS_SHARING_H

#include "story.h"

/* Adds the persons of the mention's list, and those joined to it in its sentence. True when there
 * are several. */
bool who_crew(const struct story *story, const struct mention *mention, struct fact *fact);
/* Of a list of "his partners": who was spoken of before and shares their car; NULL for others. */
const struct mention *who_partner(const struct story *story, const struct mention *mention);

#endif
