/* The status that a cue has where it stands; see status.h. */
#include "status.h"

#include "slots.h"
#include "story.h"

#define NEGATION_WORDS 4 /* a "not" turns what follows within so many words */
#define NEGATION_AFTER 2
#define UNREAL_WORDS   5

/* "Has never hidden that": a "not" within a set phrase turns nothing. */
static bool in_phrase(const struct story *story, const struct hit *negator)
{
    const struct clause *clause = clause_at(&story->clauses, negator->first);
    const struct hits *hits = &story->hits;
    for (size_t i = hits_from(hits, clause->first);
         i < hits->n && hits->items[i].first <= negator->first; i++)
        if (hits->items[i].cue->kind == CUE_NONE && hits->items[i].end >= negator->end)
            return true;
    return false;
}

/* "Denkt nicht an das Rennen": a "not" in a gap of the pattern. */
static const struct hit *negation_within(const struct story *story, const struct hit *hit)
{
    const struct hits *hits = &story->hits;
    for (size_t i = hits_from(hits, hit->first); i < hits->n && hits->items[i].first < hit->end;
         i++) {
        size_t at = hits->items[i].first - hit->first;
        if (hits->items[i].cue->kind == CUE_NOT && at < 64 && hit->skipped >> at & 1)
            return &hits->items[i];
    }
    return NULL;
}

static const struct hit *negation(const struct story *story, const struct hit *hit)
{
    const struct clause *clause = clause_at(&story->clauses, hit->first);
    size_t from = hit->first;
    while (from > clause->first && from + NEGATION_WORDS > hit->first &&
           !story_has_role(story, from - 1, ROLE_AND) &&
           !(story->reading.tokens[from].gap & GAP_COMMA))
        from--;
    const struct hit *negator = hits_find(&story->hits, CUE_NOT, from, hit->first);
    if (!negator)
        negator = negation_within(story, hit);
    size_t to = hit->end + NEGATION_AFTER < clause->end ? hit->end + NEGATION_AFTER : clause->end;
    if (!negator && language_negates_after(story->language) && hit->cue->kind != CUE_RULED_OUT)
        negator = hits_find(&story->hits, CUE_NOT, hit->end, to);
    return negator && in_phrase(story, negator) ? NULL : negator;
}

/* What a cue means after "not". Told at some distance from the race, or after another "not" in the
 * sentence, nobody knows. */
static enum cue_kind negated_status(const struct story *story, const struct hit *hit,
                                    const struct hit *negator, int nearness)
{
    const struct sentence *sentence =
        &story->reading.sentences[story->reading.tokens[hit->first].sentence];
    bool twice = hits_find(&story->hits, CUE_NOT, sentence->first, negator->first) != NULL;
    return twice || nearness > 1 ? CUE_NONE : hit->cue->negated;
}

static bool is_unreal(const struct story *story, const struct hit *hit)
{
    const struct clause *clause = clause_at(&story->clauses, hit->first);
    size_t from =
        hit->first > clause->first + UNREAL_WORDS ? hit->first - UNREAL_WORDS : clause->first;
    return hits_find(&story->hits, CUE_UNREAL, from, hit->first) ||
           hits_find(&story->hits, CUE_MAYBE, clause->first, hit->first) ||
           hits_find(&story->hits, CUE_INTEREST, clause->first, clause->end);
}

/* Who is hurt in the race has retired from it: that he cannot race is no news of the next one. */
static bool crashed(const struct story *story, const struct sentence *sentence)
{
    return slots_race_is_news(story) &&
           hits_find(&story->hits, CUE_RESULT, sentence->first, sentence->end);
}

enum cue_kind status_of(const struct story *story, const struct hit *hit, int nearness)
{
    const struct clause *clause = clause_at(&story->clauses, hit->first);
    const struct sentence *sentence =
        &story->reading.sentences[story->reading.tokens[hit->first].sentence];
    const struct hits *hits = &story->hits;
    const struct hit *negator = negation(story, hit);
    enum cue_kind status = negator ? negated_status(story, hit, negator, nearness) : hit->cue->kind;
    if (sentence->question && !(story->reading.tokens[hit->first].flags & TOKEN_TITLE))
        return CUE_NONE;
    if (status == CUE_INTEREST && hits_find(hits, CUE_WATCH, clause->first, clause->end))
        return CUE_NONE;
    if (status != CUE_RESULT && hits_find(hits, CUE_RESERVE, clause->first, clause->end))
        return CUE_NONE;
    if (status == CUE_RESULT && is_unreal(story, hit))
        return CUE_NONE;
    if (status == CUE_CONFIRMED && hits_find(hits, CUE_INTEREST, clause->first, clause->end))
        return CUE_NONE;
    if (status == CUE_RULED_OUT && crashed(story, sentence))
        return CUE_NONE;
    if (status == CUE_CONFIRMED && hits_find(hits, CUE_MAYBE, clause->first, clause->end))
        return CUE_RUMOURED;
    return status;
}
