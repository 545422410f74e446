/* Crews that are listed without a cue; see listed.h. */
#include "listed.h"

#include "race.h"
#include "slots.h"
#include "story.h"
#include "who.h"

#define IMPLIED_CREW 0.6

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
    if (hits_find(hits, CUE_RESULT, sentence->first, sentence->end))
        return CUE_RESULT;
    if (hits_find(hits, CUE_RULED_OUT, sentence->first, sentence->end) ||
        hits_find(hits, CUE_INTEREST, sentence->first, sentence->end) ||
        hits_find(hits, CUE_RUMOURED, sentence->first, sentence->end) || sentence->question)
        return CUE_NONE;
    bool told = hits_find(hits, CUE_RESULT, 0, story->reading.n_tokens) != NULL;
    return told && slots_race_is_news(story) ? CUE_RESULT : CUE_CONFIRMED;
}

/* "His partners are A and B": who was spoken of before shares the car; NULL for other crews. */
static const struct mention *partner_of(const struct story *story, const struct mention *mention)
{
    const struct sentence *sentence =
        &story->reading.sentences[story->reading.tokens[mention->first].sentence];
    const struct hit *hit =
        hits_find(&story->hits, CUE_PARTNERS, sentence->first, mention->first);
    return hit ? who_before(story, hit->first) : NULL;
}

static void partner_add(const struct story *story, const struct mention *mention,
                        struct fact *fact)
{
    const struct mention *partner = partner_of(story, mention);
    if (partner)
        fact_add_driver(fact, partner->person);
}

static void crew_read(struct story *story, const struct mention *mention)
{
    uint32_t s = story->reading.tokens[mention->first].sentence;
    const struct sentence *sentence = &story->reading.sentences[s];
    const struct mentions *mentions = &story->mentions;
    int nearness = race_nearness(story, mention->first);
    bool tied = mentions_has(mentions, MENTION_CAR, sentence->first, sentence->end) ||
                mentions_has(mentions, MENTION_CLASS, sentence->first, sentence->end);
    tied = tied || partner_of(story, mention);
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
    fact.end = mentions->items[mentions->crews[mention->crew - 1].last].end;
    who_crew(story, mention, &fact);
    partner_add(story, mention, &fact);
    fact.score *= fact_drivers_factor(story, &fact, nearness);
    fact_keep(story, &fact);
}

void listed_find(struct story *story)
{
    for (size_t i = 0; i < story->mentions.n_crews; i++)
        crew_read(story, &story->mentions.items[story->mentions.crews[i].first]);
}
