/* What stands for a person: "he", "the Dane", "the Ferrari driver"; see naming.h. */
#include <string.h>

#include "naming.h"
#include "story.h"

/* What one mention says about who is spoken of at token `here`. */
enum spoken { SPOKEN_PASS, SPOKEN_MAYBE, SPOKEN_SURE };

static enum spoken spoken_weigh(const struct naming *names, const struct mention *mention,
                                uint32_t here, const char *nation)
{
    const struct story *story = names->story;
    const struct token *token = &story->reading.tokens[mention->first];
    const struct person *person = &story->persons.items[mention->person];
    const char *from = person->driver ? person->driver->nation : NULL;
    if (nation && from)
        return strcmp(nation, from) == 0 ? SPOKEN_SURE : SPOKEN_PASS;
    return token->flags & TOKEN_QUOTED && token->sentence != here ? SPOKEN_PASS : SPOKEN_MAYBE;
}

/* The person last spoken of before token i: who begins the nearest sentence that names somebody;
 * with a nation, rather whoever is known to be of it. */
struct person *naming_spoken_of(struct naming *names, size_t i, const char *nation)
{
    struct story *story = names->story;
    uint32_t here = story->reading.tokens[i].sentence, sentence = UINT32_MAX;
    struct person *found = NULL;
    for (size_t back = 1; back <= i && back <= BACK_WORDS; back++) {
        const struct mention *mention = mention_at(&story->mentions, i - back);
        if (!mention || mention->kind != MENTION_PERSON)
            continue;
        enum spoken spoken = spoken_weigh(names, mention, here, nation);
        uint32_t at = story->reading.tokens[mention->first].sentence;
        if (spoken == SPOKEN_SURE)
            return &story->persons.items[mention->person];
        if (found && at != sentence && !nation)
            return found;
        if (spoken == SPOKEN_PASS || (found && at != sentence))
            continue;
        found = &story->persons.items[mention->person];
        sentence = at;
    }
    return found;
}

static bool word_goes_on(const struct naming *names, size_t i)
{
    const struct reading *reading = &names->story->reading;
    if (i >= reading->n_tokens || reading->tokens[i].sentence != reading->tokens[i - 1].sentence ||
        reading->tokens[i].gap & (GAP_WALL | GAP_STOP))
        return false;
    return !known_is_common(&names->story->known[i]) &&
           !story_has_role(names->story, i, ROLE_SAY) &&
           !story_has_role(names->story, i, ROLE_DRIVER);
}

/* A word between "the" and a nation that a team or a car does not bear. */
static bool of_a_person(const struct story *story, size_t i)
{
    char first = story->reading.tokens[i].folded[0];
    return story_has_role(story, i, ROLE_FILLER) || story_has_role(story, i, ROLE_BEARER) ||
           story_has_role(story, i, ROLE_DRIVER) || (first >= '0' && first <= '9');
}

/* The nation at token i after an article at `the`: not "the Italian team", "l'écurie italienne". */
static bool nation_is_person(const struct naming *names, size_t the, size_t i)
{
    const struct story *story = names->story;
    const struct mention *mention = mention_at(&story->mentions, i);
    bool age = false;
    for (size_t k = the + 1; k < i; k++)
        age = age || (story->reading.tokens[k].flags & TOKEN_NUMBER &&
                      !(story->reading.tokens[k].gap & GAP_HASH));
    if (language_capital_nations(story->language) &&
        !(story->reading.tokens[i].flags & TOKEN_CAPITAL))
        return false;
    return age || !language_adjectives_first(story->language) || !word_goes_on(names, mention->end);
}

/* "the Dane", "the 28-year-old Italian", "the Ferrari driver": an article, at most three words. */
static bool title_of_person(struct naming *names, size_t i)
{
    struct story *story = names->story;
    const struct mention *mention = mention_at(&story->mentions, i);
    bool nation = mention && mention->kind == MENTION_NATION && mention->first == i;
    if ((!nation && !story_has_role(story, i, ROLE_BEARER)) || !i)
        return false;
    size_t first = story->reading.sentences[story->reading.tokens[i].sentence].first;
    for (size_t back = 1; back <= 4 && i >= first + back; back++) {
        if (story_has_role(story, i - back, ROLE_THE))
            return !nation || nation_is_person(names, i - back, i);
        if (nation && !language_adjectives_first(story->language) && !of_a_person(story, i - back))
            return false;
    }
    return false;
}

/* The nation that stands beside "driver": "the Danish driver", "le pilote italien". */
static const char *nation_beside(const struct story *story, size_t i)
{
    const struct mention *before = i ? mention_at(&story->mentions, i - 1) : NULL;
    const struct mention *after =
        i + 1 < story->reading.n_tokens ? mention_at(&story->mentions, i + 1) : NULL;
    if (before && before->kind == MENTION_NATION)
        return before->nation;
    return after && after->kind == MENTION_NATION ? after->nation : NULL;
}

static void bearer_at(struct naming *names, size_t i)
{
    struct story *story = names->story;
    const struct mention *next =
        i + 1 < story->reading.n_tokens ? mention_at(&story->mentions, i + 1) : NULL;
    if (next && next->kind != MENTION_NATION)
        return;
    const struct person *person = naming_spoken_of(names, i, nation_beside(story, i));
    if (person)
        naming_mention(names, person, i, i + 1, true);
    else
        mention_add(&story->mentions, (struct mention){.kind = MENTION_SOMEBODY,
                                                       .first = (uint32_t)i,
                                                       .end = (uint32_t)i + 1});
}

static void nation_at(struct naming *names, size_t i)
{
    struct story *story = names->story;
    struct mention *mention = &story->mentions.items[story->mentions.at_token[i] - 1];
    const struct mention *next =
        mention->end < story->reading.n_tokens ? mention_at(&story->mentions, mention->end) : NULL;
    /* "la gallega Uxía Lema" */
    if (next && next->kind == MENTION_PERSON &&
        story->reading.tokens[mention->end].gap == GAP_SPACE)
        return;
    const struct person *person = naming_spoken_of(names, i, mention->nation);
    mention->kind = person ? MENTION_PERSON : MENTION_SOMEBODY;
    mention->person = person ? naming_number(names, person) : 0;
    mention->stands_for = true;
}

static void stand_in_at(struct naming *names, size_t i)
{
    const struct story *story = names->story;
    const struct mention *mention = mention_at(&story->mentions, i);
    if (mention && mention->kind != MENTION_NATION)
        return;
    if (!mention && story_has_role(story, i, ROLE_HE))
        naming_mention(names, naming_spoken_of(names, i, NULL), i, i + 1, true);
    else if (title_of_person(names, i) && mention)
        nation_at(names, i);
    else if (title_of_person(names, i))
        bearer_at(names, i);
}

void stand_ins_find(struct naming *names)
{
    for (size_t i = 0; i < names->story->reading.n_tokens; i++)
        stand_in_at(names, i);
}
