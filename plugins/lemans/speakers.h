/* Who speaks: in a sentence, in a quotation, and of whom the text spoke last. */
#ifndef LEMANS_SPEAKERS_H
#define LEMANS_SPEAKERS_H

#include "story.h"

/* The person who speaks in sentence s, outside its quotation; NULL: nobody, or (where one is
 * needed) no verb of speech. */
const struct mention *speaker_in(const struct story *story, size_t s, bool needs_verb);
/* Who said the quotation that the token is in; NULL: nobody is known. */
const struct mention *speaker_of(const struct story *story, size_t token);
/* Who was spoken of last before the token's sentence, outside quotations; NULL: nobody. */
const struct mention *who_before(const struct story *story, size_t token);

#endif
