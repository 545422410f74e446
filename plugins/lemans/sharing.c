/* See sharing.h. */
#include "sharing.h"

#include "near.h"
#include "speakers.h"

#define LEAD_WORDS 2 /* from "together with" to the name */

static void list_add(const struct story *story, const struct mention *mention, struct fact *fact)
{
    if (!mention->crew) {
        fact_add_driver(fact, mention->person);
        return;
    }
    const struct crew *crew = &story->mentions.crews[mention->crew - 1];
    for (size_t m = crew->first; m <= crew->last; m++)
        if (story->mentions.items[m].kind == MENTION_PERSON)
            fact_add_driver(fact, story->mentions.items[m].person);
}

static size_t list_first(const struct story *story, const struct mention *mention)
{
    return mention->crew
               ? story->mentions.items[story->mentions.crews[mention->crew - 1].first].first
               : mention->first;
}

static size_t list_end(const struct story *story, const struct mention *mention)
{
    return mention->crew ? story->mentions.items[story->mentions.crews[mention->crew - 1].last].end
                         : mention->end;
}

/* Whether "together with" stands within [first, end), all of it one clause. */
static bool joins(const struct story *story, size_t first, size_t end)
{
    return hits_find(&story->hits, CUE_TOGETHER, first, end) &&
           clause_at(&story->clauses, first) == clause_at(&story->clauses, end);
}

/* "A and B in the 91 and C and D in the 92": two crews, and a car between them. */
static bool in_other_car(const struct story *story, const struct mention *crew,
                         const struct mention *other)
{
    return crew->crew && other->crew &&
           mentions_has(&story->mentions, MENTION_CAR, crew->first, other->first) &&
           mentions_has(&story->mentions, MENTION_CAR, other->first,
                        sentence_of(story, other->first)->end);
}

/* Follows "together with" to the right, then to the left. */
static void joined_add(const struct story *story, const struct mention *mention, struct fact *fact)
{
    const struct sentence *sentence = sentence_of(story, mention->first);
    const struct mention *at = mention;
    for (size_t end = list_end(story, at); at; end = at ? list_end(story, at) : 0) {
        at = person_in(story, end, sentence->end, is_quoted(story, mention->first), false);
        if (at && (!hits_find(&story->hits, CUE_TOGETHER, end, at->first) ||
                   in_other_car(story, mention, at)))
            at = NULL;
        if (at)
            list_add(story, at, fact);
    }
    at = mention;
    for (size_t first = list_first(story, at); at; first = at ? list_first(story, at) : 0) {
        at = person_in(story, sentence->first, first, is_quoted(story, mention->first), true);
        if (at && (!joins(story, at->end, first) || in_other_car(story, at, mention)))
            at = NULL;
        if (at)
            list_add(story, at, fact);
    }
    const struct hit *lead = hits_find(&story->hits, CUE_TOGETHER, sentence->first, mention->end);
    const struct mention *other =
        lead ? person_in(story, lead->end, sentence->end, is_quoted(story, lead->first), false)
             : NULL;
    if (other && other->first <= lead->end + LEAD_WORDS &&
        !person_in(story, sentence->first, lead->first, is_quoted(story, lead->first), false)) {
        list_add(story, other, fact);
        at = person_in(story, list_end(story, other), sentence->end, is_quoted(story, lead->first),
                       false);
        if (at)
            list_add(story, at, fact);
    }
}

const struct mention *who_partner(const struct story *story, const struct mention *mention)
{
    size_t first = sentence_of(story, mention->first)->first;
    const struct hit *hit = hits_find(&story->hits, CUE_PARTNERS, first, mention->first);
    bool his = hit && mention->crew &&
               !person_in(story, first, hit->first, is_quoted(story, hit->first), true);
    return his ? who_before(story, hit->first) : NULL;
}

bool who_crew(const struct story *story, const struct mention *mention, struct fact *fact)
{
    list_add(story, mention, fact);
    const struct mention *partner = who_partner(story, mention);
    if (partner)
        fact_add_driver(fact, partner->person);
    if (!mention->aside)
        joined_add(story, mention, fact);
    return fact->n_drivers > 1;
}
