/* Whom a cue speaks of; see who.h. */
#include "who.h"

#include "base/mem.h"

#include "story.h"

#define SPEAKER_SENTENCES 3
#define SAID_WORDS        3
#define BEFORE_SENTENCES  3
#define OWNER_WORDS       1 /* from "his" to "best was third" */
#define LEAD_WORDS        2 /* from "together with" to the name */
#define PRO_DROP_WORDS    4 /* a verb this near to its clause's begin may lack its subject */

static const struct sentence *sentence_of(const struct story *story, size_t token)
{
    return &story->reading.sentences[story->reading.tokens[token].sentence];
}

static bool is_quoted(const struct story *story, size_t token)
{
    return story->reading.tokens[token].flags & TOKEN_QUOTED;
}

/* --- persons near ----------------------------------------------------------------------------- */

/* The person mentioned last within [first, end), or first; NULL when there is none. Words of a
 * quotation and words outside do not see each other. */
static const struct mention *person_in(const struct story *story, size_t first, size_t end,
                                       bool quoted, bool last)
{
    const struct mention *found = NULL;
    const struct mentions *mentions = &story->mentions;
    for (size_t m = mentions_from(mentions, first);
         m < mentions->n && mentions->items[m].first < end; m++) {
        const struct mention *mention = &mentions->items[m];
        if (mention->kind != MENTION_PERSON || mention->aside ||
            is_quoted(story, mention->first) != quoted)
            continue;
        found = mention;
        if (!last)
            break;
    }
    return found;
}

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

/* --- speakers --------------------------------------------------------------------------------- */

/* The person who speaks in this sentence, outside its quotation. */
static const struct mention *speaker_in(const struct story *story, size_t s, bool needs_verb)
{
    const struct sentence *sentence = &story->reading.sentences[s];
    bool says = !needs_verb;
    for (size_t i = sentence->first; !says && i < sentence->end; i++)
        says = !is_quoted(story, i) && story_has_role(story, i, ROLE_SAY);
    return says ? person_in(story, sentence->first, sentence->end, false, false) : NULL;
}

/* "The Spaniard was clear: «No»": of whom the sentence tells before its quotation. */
static const struct mention *introduced(const struct story *story, size_t token)
{
    size_t first = sentence_of(story, token)->first, opens = token;
    while (opens > first && is_quoted(story, opens - 1))
        opens--;
    return story->reading.tokens[opens].gap & GAP_COLON
               ? person_in(story, first, opens, false, false)
               : NULL;
}

/* Who said the quotation that the token is in: named in its sentence, or in the sentence after or
 * before it in the paragraph, or whoever the paragraph began with, or was last heard before. */
static const struct mention *speaker_of(const struct story *story, size_t token)
{
    const struct sentence *sentences = story->reading.sentences;
    size_t s = story->reading.tokens[token].sentence;
    uint32_t paragraph = sentences[s].paragraph;
    const struct mention *found = speaker_in(story, s, true);
    if (!found)
        found = introduced(story, token);
    for (size_t i = 1; !found && i <= SPEAKER_SENTENCES; i++) {
        if (s + i < story->reading.n_sentences && sentences[s + i].paragraph == paragraph)
            found = speaker_in(story, s + i, true);
        if (!found && s >= i && sentences[s - i].paragraph == paragraph)
            found = speaker_in(story, s - i, i > 1);
    }
    for (size_t i = 0; !found && i <= 2 * SPEAKER_SENTENCES && i <= s; i++)
        found = speaker_in(story, s - i, false);
    return found;
}

const struct mention *who_before(const struct story *story, size_t token)
{
    size_t s = story->reading.tokens[token].sentence;
    const struct mention *found = NULL;
    for (size_t back = 1; !found && back <= BEFORE_SENTENCES && back <= s; back++)
        found = speaker_in(story, s - back, false);
    return found && !story->persons.items[found->person].office ? found : NULL;
}

/* --- crews ------------------------------------------------------------------------------------ */

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
