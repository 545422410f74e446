/* Crews that are listed without a cue; see listed.h. */
#include "listed.h"

#include "race.h"
#include "sharing.h"
#include "slots.h"
#include "story.h"

#define IMPLIED_CREW   0.6
#define CREW_SENTENCES 2
#define CAR_WORDS      3

static bool crew_told(const struct story *story, const struct mention *mention)
{
    for (size_t i = 0; i < story->facts.n; i++)
        if (fact_has_driver(&story->facts.items[i], mention->person) &&
            story->facts.items[i].sentence == story->reading.tokens[mention->first].sentence)
            return true;
    return false;
}

/* Before the race a listed crew is entered, after it that crew has raced. */
static enum cue_kind crew_status(const struct story *story, uint32_t s)
{
    const struct sentence *sentence = &story->reading.sentences[s];
    const struct hits *hits = &story->hits;
    for (size_t i = hits_from(hits, sentence->first);
         i < hits->n && hits->items[i].first < sentence->end; i++)
        if (hits->items[i].cue->kind == CUE_RESULT && !hits->items[i].cue->alone)
            return CUE_RESULT;
    if (hits_find(hits, CUE_RULED_OUT, sentence->first, sentence->end) ||
        hits_find(hits, CUE_INTEREST, sentence->first, sentence->end) ||
        hits_find(hits, CUE_RUMOURED, sentence->first, sentence->end) || sentence->question)
        return CUE_NONE;
    bool told = hits_find(hits, CUE_RESULT, 0, story->reading.n_tokens) != NULL;
    return told && slots_race_is_news(story) ? CUE_RESULT : CUE_CONFIRMED;
}

/* The end of the list, with the number of the car if that follows: "A, B and C in the No. 92". */
static uint32_t crew_end(const struct story *story, const struct mention *mention)
{
    const struct mentions *mentions = &story->mentions;
    uint32_t end = mentions->items[mentions->crews[mention->crew - 1].last].end;
    size_t m = mentions_from(mentions, end);
    const struct mention *next = m < mentions->n ? &mentions->items[m] : NULL;
    bool car = next && next->kind == MENTION_CAR && next->first <= end + CAR_WORDS &&
               story->reading.tokens[next->first].sentence ==
                   story->reading.tokens[mention->first].sentence;
    return car ? next->end : end;
}

static void crew_read(struct story *story, const struct mention *mention)
{
    uint32_t s = story->reading.tokens[mention->first].sentence;
    const struct sentence *sentence = &story->reading.sentences[s];
    const struct mentions *mentions = &story->mentions;
    int nearness = race_nearness(story, mention->first);
    bool tied = mentions_has(mentions, MENTION_CAR, sentence->first, sentence->end) ||
                mentions_has(mentions, MENTION_CLASS, sentence->first, sentence->end);
    tied = tied || who_partner(story, mention);
    for (size_t i = sentence->first; !tied && i < sentence->end; i++)
        tied = story_has_role(story, i, ROLE_CREW);
    if (nearness < 0 || !tied || crew_told(story, mention) ||
        story->reading.tokens[mention->first].flags & TOKEN_QUOTED)
        return;
    struct fact fact = {.status = crew_status(story, s),
                        .score = IMPLIED_CREW,
                        .sentence = s,
                        .aside = mention->aside};
    if (fact.status == CUE_NONE)
        return;
    fact.score *= nearness >= 3 ? 0.85 : 1.0;
    fact.first = mention->first;
    fact.end = crew_end(story, mention);
    who_crew(story, mention, &fact);
    fact.score *= fact_drivers_factor(story, &fact, nearness);
    fact_keep(story, &fact);
}

/* --- a team's result and its only crew ---------------------------------------------------------
 */

static bool races_elsewhere(const struct story *story, const struct mention *mention, int year)
{
    for (size_t i = 0; i < story->facts.n; i++) {
        const struct fact *fact = &story->facts.items[i];
        if (fact->status == CUE_RESULT && (!fact->year || !year || fact->year == year) &&
            fact_has_driver(fact, mention->person))
            return true;
    }
    return false;
}

/* "The Dames came fifth. A, B and C were ...": the crew that is named next is the team's. */
static void team_crew(struct story *story, struct fact *fact)
{
    uint32_t last = fact->sentence + CREW_SENTENCES;
    for (size_t i = 0; i < story->mentions.n_crews; i++) {
        const struct mention *mention = &story->mentions.items[story->mentions.crews[i].first];
        uint32_t s = story->reading.tokens[mention->first].sentence;
        if (s <= fact->sentence || s > last)
            continue;
        if (!mention->aside && !races_elsewhere(story, mention, fact->year))
            who_crew(story, mention, fact);
        return;
    }
}

void listed_find(struct story *story)
{
    for (size_t i = 0; i < story->mentions.n_crews; i++)
        crew_read(story, &story->mentions.items[story->mentions.crews[i].first]);
    for (size_t i = 0; i < story->facts.n; i++)
        if (story->facts.items[i].status == CUE_RESULT && !story->facts.items[i].n_drivers)
            team_crew(story, &story->facts.items[i]);
}
