/* Persons near: what the files share that look for whom a cue speaks of (who.h). */
#ifndef LEMANS_NEAR_H
#define LEMANS_NEAR_H

#include "story.h"

static inline const struct sentence *sentence_of(const struct story *story, size_t token)
{
    return &story->reading.sentences[story->reading.tokens[token].sentence];
}

static inline bool is_quoted(const struct story *story, size_t token)
{
    return story->reading.tokens[token].flags & TOKEN_QUOTED;
}

/* The person mentioned last within tokens [first, end), or first; NULL when there is none. Words of
 * a quotation and words outside do not see each other. */
const struct mention *person_in(const struct story *story, size_t first, size_t end, bool quoted,
                                bool last);

#endif
