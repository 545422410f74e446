/* Whom a cue speaks of; see who.h. */
#include "who.h"

#include "near.h"
#include "sharing.h"
#include "speakers.h"
#include "story.h"

#define SAID_WORDS     3
#define OWNER_WORDS    1 /* from "his" to "best was third" */
#define PRO_DROP_WORDS 4 /* a verb this near to its clause's begin may lack its subject */

/* --- teams ------------------------------------------------------------------------------------ */

/* Whether token i goes on with a team's name to its drivers: "the Ferrari trio", "a Ferrari
 * driver". */
static bool means_drivers(const struct story *story, size_t i)
{
    return i < story->reading.n_tokens &&
           (story_has_role(story, i, ROLE_BEARER) || story_has_role(story, i, ROLE_CREW));
}

/* "said Toyota", "said that the Toyotas": what follows is told of the team. */
static bool is_told(const struct story *story, const struct mention *team)
{
    for (size_t back = 1; back <= SAID_WORDS && back <= team->first; back++) {
        if (story_has_role(story, team->first - back, ROLE_AND))
            return false;
        if (story_has_role(story, team->first - back, ROLE_SAY))
            return true;
    }
    return false;
}

/* Of whom a result is told in the clause before its cue: a person, a team, a car, somebody; NULL.
 * Who looks on or tells of it is not the one. */
static const struct mention *subject_of(const struct story *story, const struct hit *hit)
{
    const struct mentions *mentions = &story->mentions;
    const struct mention *found = NULL;
    size_t first = clause_at(&story->clauses, hit->first)->first;
    for (size_t m = mentions_from(mentions, first);
         m < mentions->n && mentions->items[m].first < hit->first; m++) {
        const struct mention *mention = &mentions->items[m];
        bool person = mention->kind == MENTION_PERSON || mention->kind == MENTION_SOMEBODY;
        bool with = !found && mention->first && story_has_role(story, mention->first - 1, ROLE_AND);
        bool team = mention->kind == MENTION_TEAM && !with && !means_drivers(story, mention->end);
        bool onlooker = found && hits_find(&story->hits, CUE_ONLOOK, found->end, mention->first);
        bool car = mention->kind == MENTION_CAR && !found;
        if (!mention->aside &&
            (car || person || (team && (!found || onlooker || is_told(story, mention)))))
            found = mention;
    }
    return found;
}

/* "Since Ferrari won" with the verb first, "desde que ganó Ferrari": the team right after a verb
 * that nothing of its clause precedes. */
static const struct mention *subject_after(const struct story *story, const struct hit *hit)
{
    size_t i = hit->end;
    if (!language_drops_subject(story->language) || i >= story->reading.n_tokens)
        return NULL;
    if (story_has_role(story, i, ROLE_THE) && i + 1 < story->reading.n_tokens)
        i++;
    const struct mention *mention = mention_at(&story->mentions, i);
    bool here = story->reading.tokens[i].sentence == story->reading.tokens[hit->first].sentence;
    return mention && here && mention->kind == MENTION_TEAM && !mention->aside ? mention : NULL;
}

/* A team's result has the drivers of a crew that is listed after it in the clause, no others. */
static const struct mention *crew_after(const struct story *story, const struct hit *hit)
{
    const struct mention *after =
        person_in(story, hit->first, clause_at(&story->clauses, hit->first)->end,
                  is_quoted(story, hit->first), false);
    return after && after->crew ? after : NULL;
}

/* --- the person of a cue ---------------------------------------------------------------------- */

/* "X, who": the person that the clause goes on from. */
static const struct mention *antecedent(const struct story *story, const struct clause *clause)
{
    const struct mention *mention = clause->first > sentence_of(story, clause->first)->first &&
                                            story_has_role(story, clause->first, ROLE_BREAK)
                                        ? mention_at(&story->mentions, clause->first - 1)
                                        : NULL;
    return mention && mention->kind == MENTION_PERSON ? mention : NULL;
}

static const struct mention *person_for(const struct story *story, const struct hit *hit)
{
    const struct clause *clause = clause_at(&story->clauses, hit->first);
    const struct sentence *sentence = sentence_of(story, hit->first);
    bool quoted = is_quoted(story, hit->first);
    const struct mention *found = NULL;
    if (hit->cue->who != CUE_WHO_AFTER)
        found = person_in(story, clause->first, hit->end, quoted, true);
    if (!found && hit->cue->who != CUE_WHO_AFTER)
        found = antecedent(story, clause);
    if (!found && hit->cue->who != CUE_WHO_BEFORE)
        found = person_in(story, hit->first, clause->end, quoted, false);
    if (!found && hit->cue->who != CUE_WHO_AFTER)
        found = person_in(story, sentence->first, hit->first, quoted, false);
    if (!found && hit->cue->who != CUE_WHO_BEFORE)
        found = person_in(story, hit->first, sentence->end, quoted, false);
    return found;
}

/* --- a hit's persons -------------------------------------------------------------------------- */

static const struct mention *unspoken_subject(const struct story *story, const struct hit *hit)
{
    const struct clause *clause = clause_at(&story->clauses, hit->first);
    size_t s = story->reading.tokens[hit->first].sentence;
    if (!language_drops_subject(story->language) || hit->first - clause->first > PRO_DROP_WORDS ||
        !s || mentions_has(&story->mentions, MENTION_TEAM, clause->first, hit->first))
        return NULL;
    return speaker_in(story, s - 1, false);
}

/* "They", "the same three drivers": the crew mentioned last before. */
static const struct mention *crew_spoken_of(const struct story *story, const struct hit *hit)
{
    const struct sentence *sentence = sentence_of(story, hit->first);
    bool means = false;
    for (size_t i = sentence->first; i < hit->first && !is_quoted(story, hit->first); i++)
        means = means || story_has_role(story, i, ROLE_THEY) || story_has_role(story, i, ROLE_CREW);
    size_t n = story->mentions.n_crews;
    while (means && n--) {
        const struct mention *first = &story->mentions.items[story->mentions.crews[n].first];
        bool title = story->reading.tokens[first->first].flags & TOKEN_TITLE;
        if (first->first < hit->first && !title)
            return first;
    }
    return NULL;
}

/* "In four attempts his best was third", "at his age the baker has applied". */
static const struct mention *owner_spoken_of(const struct story *story, const struct hit *hit)
{
    size_t first = clause_at(&story->clauses, hit->first)->first;
    if (is_quoted(story, hit->first))
        return NULL;
    /* Where a team is named, "its" may be meant: only right before the words. */
    if (mentions_has(&story->mentions, MENTION_TEAM, first, hit->first))
        first = hit->first > first + OWNER_WORDS ? hit->first - OWNER_WORDS : first;
    for (size_t i = first; i < hit->end; i++)
        if (story_has_role(story, i, ROLE_HIS))
            return who_before(story, hit->first);
    return NULL;
}

/* "But the doctors said no": to whoever the sentence before spoke of. */
static const struct mention *refused(const struct story *story, const struct hit *hit)
{
    size_t s = story->reading.tokens[hit->first].sentence;
    const struct sentence *sentence = &story->reading.sentences[s];
    if (!language_drops_subject(story->language) || hit->cue->kind != CUE_RULED_OUT || !s ||
        sentence[-1].paragraph != sentence->paragraph ||
        mentions_has(&story->mentions, MENTION_TEAM, sentence->first, sentence->end))
        return NULL;
    return speaker_in(story, s - 1, false);
}

static const struct mention *who_is_spoken_of(const struct story *story, const struct hit *hit)
{
    const struct mention *mention = person_for(story, hit);
    const struct mention *crew =
        !mention || mention->stands_for ? crew_spoken_of(story, hit) : NULL;
    if (crew)
        mention = crew;
    if (!mention)
        mention = unspoken_subject(story, hit);
    if (!mention)
        mention = owner_spoken_of(story, hit);
    return mention ? mention : refused(story, hit);
}

/* "The carpenter's daughter will share the car with A and B": somebody whom only the sentences
 * before name; NULL when the clause names who shares it. */
static const struct mention *shared_by(const struct story *story, const struct hit *hit,
                                       const struct mention *after)
{
    const struct hit *with = after->first >= hit->end
                                 ? hits_find(&story->hits, CUE_TOGETHER, hit->first, after->first)
                                 : NULL;
    if (hit->cue->kind != CUE_CONFIRMED || !with ||
        person_in(story, sentence_of(story, hit->first)->first, hit->first,
                  is_quoted(story, hit->first), true))
        return NULL;
    return who_before(story, hit->first);
}

void who_find(const struct story *story, const struct hit *hit, struct fact *fact, bool *crew)
{
    bool result = hit->cue->kind == CUE_RESULT && hit->cue->who == CUE_WHO_ANY;
    const struct mention *subject = result ? subject_of(story, hit) : NULL;
    if (result && !subject)
        subject = subject_after(story, hit);
    const struct mention *mention = NULL;
    *crew = false;
    if (hit->cue->speaker)
        mention = speaker_of(story, hit->first);
    else if (subject && subject->kind == MENTION_TEAM) {
        fact->of_team = story->mentions.at_token[subject->first];
        mention = crew_after(story, hit);
    } else if (subject && subject->kind == MENTION_CAR) {
        mention = crew_after(story, hit);
        if (!mention)
            mention = crew_spoken_of(story, hit);
    } else if (!subject || (subject->kind == MENTION_PERSON &&
                            !hits_find(&story->hits, CUE_ONLOOK, subject->end, hit->first)))
        mention = who_is_spoken_of(story, hit);
    if (!mention)
        return;
    const struct mention *sharer = shared_by(story, hit, mention);
    if (sharer)
        fact_add_driver(fact, sharer->person);
    if (hit->cue->speaker || hit->cue->alone)
        fact_add_driver(fact, mention->person);
    else
        *crew = who_crew(story, mention, fact);
}
