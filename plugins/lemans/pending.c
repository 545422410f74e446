/* Entries that are not granted yet; see pending.h. */
#include "pending.h"

#include "race.h"
#include "status.h"
#include "story.h"

#define PENDING_SENTENCES 6

static void facts_turn(struct story *story, uint32_t from)
{
    for (size_t i = 0; i < story->facts.n; i++) {
        struct fact *fact = &story->facts.items[i];
        bool after = fact->sentence >= from && fact->sentence <= from + PENDING_SENTENCES;
        if (after && (fact->status == CUE_CONFIRMED || fact->status == CUE_RUMOURED))
            fact->status = CUE_INTEREST;
    }
}

void pending_turn(struct story *story)
{
    for (size_t i = 0; i < story->hits.n; i++) {
        const struct hit *hit = &story->hits.items[i];
        int nearness = hit->cue->application ? race_nearness(story, hit->first) : -1;
        if (nearness >= 0 && nearness <= 1 && status_of(story, hit, nearness) == CUE_INTEREST)
            facts_turn(story, story->reading.tokens[hit->first].sentence);
    }
}
