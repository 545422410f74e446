/*
 * Names in full: by the lists, or by form (the library's tocsin_names_make) with the words around
 * that go with a person; see naming.h.
 */
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/map.h"
#include "base/mem.h"

#include "naming.h"
#include "story.h"

#define FORM_NEEDED 2 /* points, for a name that is in no list */
#define PARTS_MAX   4
#define VOUCHING    2 /* persons in a list, for another one in it */

/* Parts of a name: words that are not joined to the one before. */
static size_t name_parts(const struct reading *reading, size_t first, size_t end)
{
    size_t n = 0;
    for (size_t i = first; i < end; i++)
        n += i == first || !token_joined(&reading->tokens[i]);
    return n;
}

/* "Name, 42," and "Name (GB)" */
static bool detail_follows(const struct naming *names, size_t end)
{
    const struct reading *reading = &names->story->reading;
    if (end >= reading->n_tokens ||
        reading->tokens[end].sentence != reading->tokens[end - 1].sentence)
        return false;
    const struct token *token = &reading->tokens[end];
    int age = token_number(token);
    return (token->gap & GAP_COMMA && age > 14 && age < 90) ||
           (token->gap & GAP_PAREN && token->flags & TOKEN_UPPER && token->folded_len <= 3);
}

static bool listed_before(const struct naming *names, size_t first)
{
    if (first < 2)
        return false;
    const struct token *token = &names->story->reading.tokens[first];
    const struct mention *near = mention_at(&names->story->mentions, first - 1);
    if (token->gap & GAP_COMMA)
        return near && near->kind == MENTION_PERSON;
    near = mention_at(&names->story->mentions, first - 2);
    return story_has_role(names->story, first - 1, ROLE_AND) && near &&
           near->kind == MENTION_PERSON;
}

/* The person whose name ends before token i, or begins at it; NULL: none does. */
static const struct mention *person_at(const struct naming *names, size_t i)
{
    const struct mention *mention = mention_at(&names->story->mentions, i);
    return mention && mention->kind == MENTION_PERSON ? mention : NULL;
}

/* Where the name goes on that a list has behind one that ends at `end`; 0: no list goes on. */
static size_t list_goes_on(const struct naming *names, size_t end)
{
    const struct reading *reading = &names->story->reading;
    if (end + 1 >= reading->n_tokens ||
        reading->tokens[end].sentence != reading->tokens[end - 1].sentence)
        return 0;
    bool is_joined = story_has_role(names->story, end, ROLE_AND);
    return is_joined ? end + 1 : reading->tokens[end].gap & GAP_COMMA ? end : 0;
}

/* The person that a list has before the name that begins at `first`; NULL: nobody. */
static const struct mention *listed_person_before(const struct naming *names, size_t first)
{
    bool is_joined = first >= 2 && story_has_role(names->story, first - 1, ROLE_AND);
    const struct mention *person = first ? person_at(names, first - (is_joined ? 2 : 1)) : NULL;
    return person && list_goes_on(names, person->end) == first ? person : NULL;
}

/* "In Abu Dhabi, X Y and Z W": what a common word leads to is no part of the list behind it. */
static bool may_begin_list(const struct naming *names, size_t first)
{
    const struct story *story = names->story;
    size_t sentence = story->reading.tokens[first].sentence;
    return story->reading.sentences[sentence].first == first ||
           !known_is_common(&story->known[first - 1]);
}

/* Persons in the list that begins or goes on with tokens [first, end), counted up to VOUCHING on
 * either side. */
static int persons_beside(const struct naming *names, size_t first, size_t end)
{
    int n = 0;
    const struct mention *person = listed_person_before(names, first);
    if (!person && !may_begin_list(names, first))
        return 0;
    for (; person && n < VOUCHING; n++)
        person = listed_person_before(names, person->first);
    for (size_t at = list_goes_on(names, end);
         at && n < VOUCHING && (person = person_at(names, at)); n++)
        at = list_goes_on(names, person->end);
    return n;
}

/* "X Y will not make it to the race": a verb that cues begin with, in a sentence on the race. */
static int is_told_of(const struct naming *names, size_t first, size_t end)
{
    const struct story *story = names->story;
    const struct sentence *sentence =
        &story->reading.sentences[story->reading.tokens[first].sentence];
    bool race = mentions_has(&story->mentions, MENTION_RACE, sentence->first, sentence->end);
    bool verb = end < sentence->end && story->reading.tokens[end].gap == GAP_SPACE &&
                known_begins_cue(&story->known[end]);
    return race && verb && name_parts(&story->reading, first, end) == 2 ? FORM_NEEDED : 0;
}

static int form_points(const struct naming *names, size_t first, size_t end)
{
    const struct story *story = names->story;
    const struct token *tokens = story->reading.tokens;
    int points = 0;
    if (naming_word(names, &tokens[first]) & NAME_GIVEN || token_initial(&tokens[first]))
        points += FORM_NEEDED;
    points += map_get(names->alone, tokens[end - 1].folded, tokens[end - 1].folded_len) ? 1 : 0;
    points += detail_follows(names, end);
    points += listed_before(names, first);
    points += naming_role_near(names, first, end, ROLE_SAY, 1);
    points += naming_role_near(names, first, end, ROLE_DRIVER, 2);
    points += first && story_has_role(story, first - 1, ROLE_BEARER) ? FORM_NEEDED : 0;
    points += naming_role_near(names, first, end, ROLE_OFFICE, 3);
    points += is_told_of(names, first, end);
    const struct mention *before = first ? mention_at(&story->mentions, first - 1) : NULL;
    if (end - first > 1 && before && before->kind == MENTION_NATION)
        points += language_adjectives_first(story->language) ? 1 : FORM_NEEDED;
    return points;
}

/* A team by its form: capitals that end with "Racing". */
static size_t team_form(const struct naming *names, size_t first, size_t end)
{
    const struct reading *reading = &names->story->reading;
    if (end < reading->n_tokens && reading->tokens[end].gap == GAP_SPACE &&
        reading->tokens[end].flags & TOKEN_CAPITAL &&
        reading->tokens[end].sentence == reading->tokens[first].sentence &&
        naming_word(names, &reading->tokens[end]) & NAME_TEAM)
        return end + 1;
    return 0;
}

/* The name in words [i, end), if it is one; where to go on, i when there is none. */
static size_t full_name_at(struct naming *names, size_t i, size_t end)
{
    struct story *story = names->story;
    const struct reading *reading = &story->reading;
    const struct phrase *phrase = names->story->phrases[i];
    size_t team_end = team_form(names, i, end);
    if (team_end) {
        mention_add(&story->mentions, (struct mention){.kind = MENTION_TEAM,
                                                       .first = (uint32_t)i,
                                                       .end = (uint32_t)team_end});
        return team_end;
    }
    if (phrase && phrase->kind == PHRASE_DRIVER && phrase->n > 1) {
        const struct driver *driver = phrase->item;
        naming_mention(names, naming_person_make(names, i, i + phrase->n, NULL, driver), i,
                       i + phrase->n, false);
        return i + phrase->n;
    }
    size_t parts = name_parts(reading, i, end);
    if (parts < 2 || parts > PARTS_MAX || form_points(names, i, end) < FORM_NEEDED)
        return i;
    naming_mention(names, naming_person_make(names, i, end, NULL, NULL), i, end, false);
    return end;
}

/* What is known of word i, bits of enum tocsin_name_word. */
static unsigned known(const struct naming *names, size_t i)
{
    const struct token *token = &names->story->reading.tokens[i];
    unsigned bits = naming_word(names, token);
    if (names->story->mentions.at_token[i] || bits & (NAME_NEVER | NAME_TEAM))
        return TOCSIN_NAME_NEVER;
    return (bits & NAME_GIVEN ? TOCSIN_NAME_GIVEN : 0) |
           (known_is_common(&names->story->known[i]) ? TOCSIN_NAME_COMMON : 0);
}

static unsigned knows(void *arg, size_t i)
{
    return known(arg, i);
}

/* Words that stand alone: a surname that comes again is a name's best witness. */
static void alone_find(struct naming *names, const struct tocsin_names *found)
{
    const struct reading *reading = &names->story->reading;
    for (size_t i = 0; i < found->n; i++) {
        const struct token *token = &reading->tokens[found->names[i].first];
        if (found->names[i].end == found->names[i].first + 1)
            map_set(names->alone, token->folded, token->folded_len, names);
    }
    for (size_t i = 0; i < reading->n_tokens; i++)
        if (reading->tokens[i].flags & TOKEN_TITLE && naming_may(names, i))
            map_set(names->alone, reading->tokens[i].folded, reading->tokens[i].folded_len, names);
}

/* Whether a name may begin with word i of those that the library found. */
static bool begins(const struct naming *names, size_t i)
{
    const struct token *token = &names->story->reading.tokens[i];
    unsigned bits = known(names, i);
    return token->flags & TOKEN_CAPITAL && !(token->flags & TOKEN_TITLE) &&
           (bits & TOCSIN_NAME_GIVEN || !(bits & (TOCSIN_NAME_COMMON | TOCSIN_NAME_NEVER)));
}

/* Two persons of a list vouch for what else has the form of a name in it. */
static void vouched_find(struct naming *names, const struct tocsin_names *found)
{
    for (size_t n = 0; n < found->n; n++) {
        size_t first = found->names[n].first, end = found->names[n].end;
        size_t parts = name_parts(&names->story->reading, first, end);
        if (!mention_at(&names->story->mentions, first) && begins(names, first) && parts >= 2 &&
            parts <= PARTS_MAX && persons_beside(names, first, end) >= VOUCHING)
            naming_mention(names, naming_person_make(names, first, end, NULL, NULL), first, end,
                           false);
    }
}

void full_names_find(struct naming *names)
{
    const struct reading *reading = &names->story->reading;
    struct tocsin_names found;
    tocsin_names_make(reading->text, reading->words, reading->n_tokens, knows, names, &found);
    alone_find(names, &found);
    for (size_t n = 0; n < found.n; n++)
        for (size_t i = found.names[n].first; i < found.names[n].end;) {
            size_t end = begins(names, i) ? full_name_at(names, i, found.names[n].end) : i;
            i = end > i ? end : i + 1;
        }
    vouched_find(names, &found);
    tocsin_names_free(&found);
}
