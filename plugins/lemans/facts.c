/* Cue, person and race to candidate facts; see facts.h. */
#include "facts.h"

#include "base/mem.h"

#include "race.h"
#include "slots.h"
#include "story.h"
#include "who.h"

#define NEGATION_WORDS 4 /* a "not" turns what follows within so many words */
#define NEGATION_AFTER 2
#define UNREAL_WORDS   5
#define PROOF_WORDS    16
#define TEAM_WORDS     3

/* Factors of a fact's score. The race in the clause, in the sentence, in the sentence before, in
 * one of a few before, anywhere in a document about it. */
static const double near_factor[] = {1.0, 0.95, 0.9, 0.75, 0.6};
#define FARTHEST        4    /* where the words must be a crew's or the speaker's own */
#define UNPROVEN_NEAR   0.6  /* nothing but the cue makes a driver of the person */
#define UNPROVEN_FAR    0.47
#define IMPLIED_CREW    0.6
#define TEAM_ALONE      0.85

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

/* With its slots filled. */
static void fact_keep(struct story *story, struct fact *fact)
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

/* --- is the race meant here? ------------------------------------------------------------------ */

/* The index into near_factor, -1 when the words speak of something else. */
static int race_nearness(const struct story *story, size_t token)
{
    const struct clause *clause = clause_at(&story->clauses, token);
    uint32_t s = story->reading.tokens[token].sentence;
    const struct sentence *sentence = &story->reading.sentences[s];
    const struct mentions *mentions = &story->mentions;
    if (mentions_has(mentions, MENTION_RACE, clause->first, clause->end))
        return 0;
    if (mentions_has(mentions, MENTION_OTHER, clause->first, clause->end))
        return -1;
    int distance = race_distance(story, s);
    if (distance == 0)
        return 1;
    if (mentions_has(mentions, MENTION_OTHER, sentence->first, sentence->end))
        return distance == 1 ? 3 : -1;
    if (distance < 0)
        return -1;
    return distance == 1 ? 2 : distance <= 3 ? 3 : story->about_race ? 4 : -1;
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
                 fact->n_drivers > 1 || hit->cue->speaker;
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

/* --- what the words around make of a cue ------------------------------------------------------ */

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

static const struct hit *negation(const struct story *story, const struct hit *hit)
{
    const struct clause *clause = clause_at(&story->clauses, hit->first);
    size_t from = hit->first;
    while (from > clause->first && from + NEGATION_WORDS > hit->first &&
           !story_has_role(story, from - 1, ROLE_AND) &&
           !(story->reading.tokens[from].gap & GAP_COMMA))
        from--;
    const struct hit *negator = hits_find(&story->hits, CUE_NOT, from, hit->first);
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

static enum cue_kind status_of(const struct story *story, const struct hit *hit, int nearness)
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
    if (status == CUE_CONFIRMED && hits_find(hits, CUE_MAYBE, clause->first, clause->end))
        return CUE_RUMOURED;
    return status;
}

/* Whether the document names what races: a car, a class, a team. */
static bool names_racing(const struct story *story)
{
    size_t end = story->reading.n_tokens;
    return mentions_has(&story->mentions, MENTION_CAR, 0, end) ||
           mentions_has(&story->mentions, MENTION_CLASS, 0, end) ||
           mentions_has(&story->mentions, MENTION_TEAM, 0, end);
}

/* Takes out who holds an office. How far the rest are known to drive; beside the race's name the
 * words need no further proof. */
static double drivers_factor(const struct story *story, struct fact *fact, int nearness)
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
    return proven || kept != 1                        ? 1.0
           : nearness <= 1 && names_racing(story) ? UNPROVEN_NEAR
                                                  : UNPROVEN_FAR;
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
}

/* --- persons to facts ------------------------------------------------------------------------- */

/* Several persons who do not share a car make a fact each. */
static void facts_split(struct story *story, const struct fact *fact, int nearness)
{
    for (size_t i = 0; i < fact->n_drivers; i++) {
        struct fact one = *fact;
        one.drivers[0] = fact->drivers[i];
        one.n_drivers = 1;
        one.score *= drivers_factor(story, &one, nearness);
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
    fact->score *= TEAM_ALONE;
    return team && !hit->cue->speaker && nearness <= 1 && fact->status != CUE_INTEREST &&
           fact->status != CUE_RUMOURED;
}

static void hit_read(struct story *story, const struct hit *hit)
{
    if (hit->cue->kind > CUE_RESULT)
        return;
    int nearness = race_nearness(story, hit->first);
    if (!near_enough(hit->cue, nearness))
        return;
    struct fact fact = {.status = status_of(story, hit, nearness), .outcome = hit->cue->outcome};
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
    if (nearness == FARTHEST && fact.n_drivers < 2 && !hit->cue->speaker)
        return;
    if (crew && !shares_car(story, &fact)) {
        facts_split(story, &fact, nearness);
        return;
    }
    fact.score *= drivers_factor(story, &fact, nearness);
    fact_keep(story, &fact);
}

/* --- crews without a cue ---------------------------------------------------------------------- */

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

static void crew_read(struct story *story, const struct mention *mention)
{
    uint32_t s = story->reading.tokens[mention->first].sentence;
    const struct sentence *sentence = &story->reading.sentences[s];
    const struct mentions *mentions = &story->mentions;
    int nearness = race_nearness(story, mention->first);
    bool tied = mentions_has(mentions, MENTION_CAR, sentence->first, sentence->end) ||
                mentions_has(mentions, MENTION_CLASS, sentence->first, sentence->end);
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
    fact.score *= drivers_factor(story, &fact, nearness);
    fact_keep(story, &fact);
}

void facts_find(struct story *story)
{
    for (size_t i = 0; i < story->hits.n; i++)
        hit_read(story, &story->hits.items[i]);
    for (size_t i = 0; i < story->mentions.n_crews; i++)
        crew_read(story, &story->mentions.items[story->mentions.crews[i].first]);
}
