/* Cue, person and race to candidate facts; see facts.h. */
#include "facts.h"

#include "base/mem.h"

#include "epithets.h"
#include "listed.h"
#include "pending.h"
#include "race.h"
#include "slots.h"
#include "status.h"
#include "story.h"
#include "who.h"

#define PROOF_WORDS 16
#define TEAM_WORDS  3

/* Factors of a fact's score. The race in the clause, in the sentence, in the sentence before, in
 * one of a few before, anywhere in a document about it. */
static const double near_factor[] = {1.0, 0.95, 0.9, 0.75, 0.6};
#define UNPROVEN_NEAR 0.6 /* nothing but the cue makes a driver of the person */
#define UNPROVEN_FAR  0.47
#define TEAM_ALONE    0.85

void fact_deinit(struct fact *fact)
{
    mem_free_p(&fact->team);
    mem_free_p(&fact->car);
}

void facts_deinit(struct facts *facts)
{
    for (size_t i = 0; i < facts->n; i++)
        fact_deinit(&facts->items[i]);
    mem_free_p(&facts->items);
}

bool fact_has_driver(const struct fact *fact, uint32_t person)
{
    for (size_t i = 0; i < fact->n_drivers; i++)
        if (fact->drivers[i] == person)
            return true;
    return false;
}

void fact_add_driver(struct fact *fact, uint32_t person)
{
    if (fact->n_drivers < FACT_MAX_DRIVERS && !fact_has_driver(fact, person))
        fact->drivers[fact->n_drivers++] = person;
}

void fact_keep(struct story *story, struct fact *fact)
{
    struct facts *facts = &story->facts;
    slots_fill(story, fact);
    if (fact->score < FACT_SCORE_MIN || facts->n == FACTS_MAX || slots_contradict(story, fact)) {
        fact_deinit(fact);
        return;
    }
    facts->items = mem_grow(facts->items, &facts->cap, facts->n + 1, sizeof(struct fact));
    facts->items[facts->n++] = *fact;
}

/* A listed driver who crashes or retires does so in the race that is spoken of. */
static bool retires(const struct story *story, const struct fact *fact)
{
    return fact->outcome == CUE_OUTCOME_RETIRED && fact->n_drivers &&
           story->persons.items[fact->drivers[0]].driver;
}

/* An entry or a result that is told away from the race's name brings something of racing with it.
 */
static bool speaks_of_racing(const struct story *story, const struct hit *hit,
                             const struct fact *fact)
{
    const struct sentence *sentence = &story->reading.sentences[fact->sentence];
    const struct mentions *mentions = &story->mentions;
    bool named = mentions_has(mentions, MENTION_CAR, sentence->first, sentence->end) ||
                 mentions_has(mentions, MENTION_CLASS, sentence->first, sentence->end) ||
                 mentions_has(mentions, MENTION_TEAM, sentence->first, sentence->end) ||
                 fact->n_drivers > 1 || hit->cue->speaker || retires(story, fact);
    for (size_t i = sentence->first; !named && i < sentence->end; i++)
        named = story_has_role(story, i, ROLE_DRIVER) && fact->status == CUE_CONFIRMED;
    return named || (fact->status != CUE_CONFIRMED && fact->status != CUE_RESULT);
}

static bool near_enough(const struct cue *cue, int nearness)
{
    switch (cue->near) {
    case CUE_NEAR_CLAUSE:
        return nearness == 0;
    case CUE_NEAR_SENTENCE:
        return nearness >= 0 && nearness <= 1;
    case CUE_NEAR_STORY:
        return nearness >= 0;
    }
    return false;
}

/* Whether the document names what races: a car, a class, a team. */
static bool names_racing(const struct story *story)
{
    size_t end = story->reading.n_tokens;
    return mentions_has(&story->mentions, MENTION_CAR, 0, end) ||
           mentions_has(&story->mentions, MENTION_CLASS, 0, end) ||
           mentions_has(&story->mentions, MENTION_TEAM, 0, end);
}

double fact_drivers_factor(const struct story *story, struct fact *fact, int nearness)
{
    size_t kept = 0;
    bool proven = false;
    for (size_t i = 0; i < fact->n_drivers; i++) {
        const struct person *person = &story->persons.items[fact->drivers[i]];
        proven = proven || person->drives;
        if (!person->office)
            fact->drivers[kept++] = fact->drivers[i];
    }
    bool none_left = fact->n_drivers && !kept;
    fact->n_drivers = kept;
    if (none_left)
        return 0;
    return proven || kept != 1                    ? 1.0
           : nearness <= 1 && names_racing(story) ? UNPROVEN_NEAR
                                                  : UNPROVEN_FAR;
}

static bool same_quotation(const struct story *story, size_t i)
{
    const struct token *token = &story->reading.tokens[i];
    return token->flags & TOKEN_QUOTED && token[-1].flags & TOKEN_QUOTED &&
           !(token->gap & (GAP_QUOTE | GAP_LINE));
}

/* From where the sentence or the quotation begins, over its later sentences, too. */
static void own_words(const struct story *story, const struct hit *hit, struct fact *fact)
{
    const struct sentence *sentence = &story->reading.sentences[fact->sentence];
    size_t first = hit->first, end = hit->end;
    while (first > sentence->first && first + PROOF_WORDS > hit->first &&
           same_quotation(story, first))
        first--;
    while (end < story->reading.n_tokens && end < hit->end + PROOF_WORDS &&
           same_quotation(story, end))
        end++;
    fact->quote_first = (uint32_t)first;
    fact->quote_end = (uint32_t)end;
}

static void fact_prove(const struct story *story, const struct hit *hit, struct fact *fact)
{
    const struct clause *clause = clause_at(&story->clauses, hit->first);
    fact->first =
        hit->first > clause->first + PROOF_WORDS ? hit->first - PROOF_WORDS : clause->first;
    fact->end = hit->end + PROOF_WORDS < clause->end ? hit->end + PROOF_WORDS : clause->end;
    if (fact->end < hit->end)
        fact->end = hit->end;
    fact->sentence = story->reading.tokens[hit->first].sentence;
    if (hit->cue->speaker && story->reading.tokens[hit->first].flags & TOKEN_QUOTED)
        own_words(story, hit, fact);
}

/* --- persons to facts ------------------------------------------------------------------------- */

/* Several persons who do not share a car make a fact each. */
static void facts_split(struct story *story, const struct fact *fact, int nearness)
{
    for (size_t i = 0; i < fact->n_drivers; i++) {
        struct fact one = *fact;
        one.drivers[0] = fact->drivers[i];
        one.n_drivers = 1;
        one.score *= fact_drivers_factor(story, &one, nearness);
        fact_keep(story, &one);
    }
}

static bool shares_car(const struct story *story, const struct fact *fact)
{
    const struct sentence *sentence = &story->reading.sentences[fact->sentence];
    if (fact->status == CUE_CONFIRMED || fact->status == CUE_RESULT)
        return true;
    for (size_t i = sentence->first; i < sentence->end; i++)
        if (story_has_role(story, i, ROLE_CREW))
            return true;
    return mentions_has(&story->mentions, MENTION_CAR, sentence->first, sentence->end);
}

/* "Kolles was refused": a team, and nobody else, is what is told of. */
static bool subject_team(const struct story *story, const struct hit *hit)
{
    size_t first = clause_at(&story->clauses, hit->first)->first;
    return hit->cue->kind == CUE_RULED_OUT &&
           mentions_has(&story->mentions, MENTION_TEAM, first, hit->first);
}

/* "#47 COOL RACING withdrawn": a row of a list of entries. */
static bool is_row(const struct story *story, const struct fact *fact)
{
    const struct sentence *sentence = &story->reading.sentences[fact->sentence];
    const struct mention *mention = mention_at(&story->mentions, sentence->first);
    return mention && mention->kind == MENTION_CAR;
}

/* An entrant stands before the make of its car. Number + 1 of the mention. */
static uint32_t first_team(const struct story *story, size_t first, size_t end)
{
    const struct mentions *mentions = &story->mentions;
    for (size_t m = mentions_from(mentions, first);
         m < mentions->n && mentions->items[m].first < end; m++)
        if (mentions->items[m].kind == MENTION_TEAM && !mentions->items[m].aside)
            return (uint32_t)m + 1;
    return 0;
}

/* A team's own fact: withdrawn, entered, victorious. Only where its sentence names the race. */
static bool team_fact(const struct story *story, const struct hit *hit, int nearness,
                      struct fact *fact)
{
    const struct clause *clause = clause_at(&story->clauses, hit->first);
    size_t first = clause->first, end = clause->end;
    /* "a win for Toyota": whose result it is stands before the cue or soon after it. */
    if (fact->status == CUE_RESULT && !fact->of_team) {
        first = hit->first;
        end = hit->end + TEAM_WORDS < end ? hit->end + TEAM_WORDS : end;
    }
    bool team = mentions_has(&story->mentions, MENTION_TEAM, first, end);
    if (fact->status != CUE_RESULT)
        fact->of_team = first_team(story, first, end);
    fact->score *= TEAM_ALONE;
    return team && !hit->cue->speaker &&
           (is_row(story, fact) || nearness <= (subject_team(story, hit) ? 2 : 1)) &&
           (fact->status != CUE_INTEREST || hit->cue->application) && fact->status != CUE_RUMOURED;
}

static void hit_read(struct story *story, const struct hit *hit)
{
    if (hit->cue->kind > CUE_RESULT)
        return;
    int nearness = race_nearness(story, hit->first);
    if (!near_enough(hit->cue, nearness))
        return;
    struct fact fact = {.status = status_of(story, hit, nearness),
                        .outcome = hit->cue->outcome,
                        .epithet = epithet_of(story, hit)};
    if (fact.status > CUE_RESULT)
        return;
    bool crew = false;
    fact.score = hit->cue->strength * near_factor[nearness];
    fact_prove(story, hit, &fact);
    who_find(story, hit, &fact, &crew);
    if (!fact.n_drivers && !team_fact(story, hit, nearness, &fact))
        return;
    if (nearness > 1 && !speaks_of_racing(story, hit, &fact))
        return;
    if (nearness == RACE_FARTHEST && fact.n_drivers < 2 && !hit->cue->speaker &&
        !is_row(story, &fact))
        return;
    if (crew && !shares_car(story, &fact)) {
        facts_split(story, &fact, nearness);
        return;
    }
    fact.score *= fact_drivers_factor(story, &fact, nearness);
    fact_keep(story, &fact);
}

void facts_find(struct story *story)
{
    for (size_t i = 0; i < story->hits.n; i++)
        hit_read(story, &story->hits.items[i]);
    listed_find(story);
    pending_turn(story);
}
