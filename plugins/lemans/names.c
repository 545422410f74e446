/*
 * Full names first, over the whole document; then, in its order, the words that stand for them. See
 * names.h.
 */
#include "names.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/map.h"
#include "base/mem.h"

#include "story.h"

#define PERSONS_MAX     400 /* beyond that a document is a directory */
#define NAME_MAX_TOKENS 6
#define FORM_NEEDED     2 /* points, for a name that is in no list */
#define ROLE_REACH      5 /* words between a name and what its bearer does */
#define BACK_WORDS      300
#define WORD_KNOWN      128
#define INITIAL_GAP     (GAP_STOP | GAP_SPACE)

struct names {
    struct story *story;
    struct map *by_last;  /* folded last word → number of the latest person + 1 */
    struct map *by_given; /* the same by given name */
    struct map *alone;    /* capitalised words that stand alone somewhere */
    uint8_t *words;       /* of each token: bits of enum name_word, and that they are known */
};

/* lists_name_word, looked up once a token. */
static unsigned name_word(const struct names *names, const struct token *token)
{
    size_t i = (size_t)(token - names->story->reading.tokens);
    if (!names->words[i])
        names->words[i] = (uint8_t)(lists_name_word(names->story->lists, token) | WORD_KNOWN);
    return names->words[i] & ~(unsigned)WORD_KNOWN;
}

/* --- the form of a name ----------------------------------------------------------------------- */

static bool token_initial(const struct token *token)
{
    return token->flags & TOKEN_CAPITAL && token->end - token->start == 1;
}

static bool token_may_name(const struct names *names, size_t i)
{
    const struct token *token = &names->story->reading.tokens[i];
    if (!(token->flags & TOKEN_CAPITAL))
        return false;
    unsigned bits = name_word(names, token);
    return !names->story->mentions.at_token[i] && !(bits & (NAME_NEVER | NAME_TEAM)) &&
           !(token->flags & TOKEN_NUMBER);
}

/* Whether token i goes on with the name that began before it. */
static bool name_goes_on(const struct names *names, size_t i, bool title)
{
    const struct reading *reading = &names->story->reading;
    const struct token *token = &reading->tokens[i];
    if (i >= reading->n_tokens || token->sentence != token[-1].sentence ||
        (token->flags & TOKEN_QUOTED) != (token[-1].flags & TOKEN_QUOTED))
        return false;
    bool initial = token->gap == INITIAL_GAP && token_initial(token - 1);
    if (token->gap != GAP_SPACE && !token_joined(token) && !initial)
        return false;
    if (token->gap == GAP_APOSTROPHE && !token_initial(token - 1))
        return false;
    if (token_may_name(names, i))
        return title || !(token->flags & TOKEN_UPPER) || token->folded_len <= 3;
    return !(token->flags & TOKEN_CAPITAL) && name_word(names, token) & NAME_PARTICLE &&
           name_goes_on(names, i + 1, title);
}

static bool name_begins(const struct names *names, size_t i)
{
    const struct story *story = names->story;
    const struct token *token = &story->reading.tokens[i];
    if (!token_may_name(names, i) || token->flags & TOKEN_TITLE ||
        (token->flags & TOKEN_UPPER && token->folded_len > 2))
        return false;
    bool given = name_word(names, token) & NAME_GIVEN;
    return given || !language_is_common(story->language, token);
}

static size_t name_end(const struct names *names, size_t first, bool title)
{
    size_t end = first + 1;
    while (end - first < NAME_MAX_TOKENS && name_goes_on(names, end, title))
        end++;
    return end;
}

/* Parts of a name: words that are not joined to the one before. */
static size_t name_parts(const struct reading *reading, size_t first, size_t end)
{
    size_t n = 0;
    for (size_t i = first; i < end; i++)
        n += i == first || !token_joined(&reading->tokens[i]);
    return n;
}

/* --- persons ---------------------------------------------------------------------------------- */

static char *token_word(const struct token *token)
{
    return mem_strndup(token->folded, token->folded_len);
}

static struct person *person_known(struct names *names, const struct map *map,
                                   const struct token *token)
{
    uintptr_t number = (uintptr_t)map_get(map, token->folded, token->folded_len);
    return number ? &names->story->persons.items[number - 1] : NULL;
}

static uint32_t person_number(const struct names *names, const struct person *person)
{
    return (uint32_t)(person - names->story->persons.items);
}

static void person_index(struct names *names, const struct person *person)
{
    void *number = (void *)((uintptr_t)person_number(names, person) + 1);
    /* A surname alone means whoever bore it first: the father before his sons. */
    if (!map_get_text(names->by_last, person->last))
        map_set_text(names->by_last, person->last, number);
    if (person->given[0])
        map_set_text(names->by_given, person->given, number);
}

/* Adds the person named by tokens [first, end), or finds them. NULL when there are too many. */
static struct person *person_make(struct names *names, size_t first, size_t end, const char *name,
                                  const struct driver *driver)
{
    struct persons *persons = &names->story->persons;
    const struct token *tokens = names->story->reading.tokens;
    AUTO_FREE char *given = end - first > 1 ? token_word(&tokens[first]) : mem_strdup("");
    AUTO_FREE char *last = token_word(&tokens[end - 1]);
    for (size_t i = 0; i < persons->n; i++) {
        struct person *old = &persons->items[i];
        if ((driver && old->driver == driver) ||
            (!strcmp(old->last, last) && !strcmp(old->given, given)))
            return old;
    }
    if (persons->n == PERSONS_MAX)
        return NULL;
    persons->items = mem_grow(persons->items, &persons->cap, persons->n + 1, sizeof(struct person));
    struct person *person = &persons->items[persons->n++];
    *person = (struct person){.driver = driver};
    person->name = name ? mem_strdup(name) : reading_text(&names->story->reading, first, end);
    person->given = mem_strdup(given);
    person->last = mem_strdup(last);
    person_index(names, person);
    return person;
}

void persons_deinit(struct persons *persons)
{
    for (size_t i = 0; i < persons->n; i++) {
        mem_free_p(&persons->items[i].name);
        mem_free_p(&persons->items[i].given);
        mem_free_p(&persons->items[i].last);
    }
    mem_free_p(&persons->items);
}

static void person_mention(struct names *names, const struct person *person, size_t first,
                           size_t end, bool stands_for)
{
    if (person)
        mention_add(&names->story->mentions,
                    (struct mention){.kind = MENTION_PERSON,
                                     .first = (uint32_t)first,
                                     .end = (uint32_t)end,
                                     .person = person_number(names, person),
                                     .stands_for = stands_for});
}

/* --- pass 1: names in full -------------------------------------------------------------------- */

static bool role_near(const struct names *names, size_t first, size_t end, enum word_role role,
                      size_t reach)
{
    const struct story *story = names->story;
    const struct sentence *sentence =
        &story->reading.sentences[story->reading.tokens[first].sentence];
    size_t from = first > sentence->first + reach ? first - reach : sentence->first;
    size_t to = end + reach < sentence->end ? end + reach : sentence->end;
    for (size_t i = from; i < to; i++)
        if ((i < first || i >= end) && story_has_role(story, i, role))
            return true;
    return false;
}

/* "Name, 42," and "Name (GB)" */
static bool detail_follows(const struct names *names, size_t end)
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

static bool listed_before(const struct names *names, size_t first)
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

/* "X Y will not make it to the race": a verb that cues begin with, in a sentence on the race. */
static int is_told_of(const struct names *names, size_t first, size_t end)
{
    const struct story *story = names->story;
    const struct sentence *sentence =
        &story->reading.sentences[story->reading.tokens[first].sentence];
    bool race = mentions_has(&story->mentions, MENTION_RACE, sentence->first, sentence->end);
    bool verb = end < sentence->end && story->reading.tokens[end].gap == GAP_SPACE &&
                known_begins_cue(&story->known[end]);
    return race && verb && name_parts(&story->reading, first, end) == 2 ? FORM_NEEDED : 0;
}

static int form_points(const struct names *names, size_t first, size_t end)
{
    const struct story *story = names->story;
    const struct token *tokens = story->reading.tokens;
    int points = 0;
    if (name_word(names, &tokens[first]) & NAME_GIVEN || token_initial(&tokens[first]))
        points += FORM_NEEDED;
    points += map_get(names->alone, tokens[end - 1].folded, tokens[end - 1].folded_len) ? 1 : 0;
    points += detail_follows(names, end);
    points += listed_before(names, first);
    points += role_near(names, first, end, ROLE_SAY, 1);
    points += role_near(names, first, end, ROLE_DRIVER, 2);
    points += first && story_has_role(story, first - 1, ROLE_BEARER) ? FORM_NEEDED : 0;
    points += role_near(names, first, end, ROLE_OFFICE, 3);
    points += is_told_of(names, first, end);
    const struct mention *before = first ? mention_at(&story->mentions, first - 1) : NULL;
    if (end - first > 1 && before && before->kind == MENTION_NATION)
        points += language_adjectives_first(story->language) ? 1 : FORM_NEEDED;
    return points;
}

/* A team by its form: capitals that end with "Racing". */
static size_t team_form(const struct names *names, size_t first, size_t end)
{
    const struct reading *reading = &names->story->reading;
    if (end < reading->n_tokens && reading->tokens[end].gap == GAP_SPACE &&
        reading->tokens[end].flags & TOKEN_CAPITAL &&
        reading->tokens[end].sentence == reading->tokens[first].sentence &&
        name_word(names, &reading->tokens[end]) & NAME_TEAM)
        return end + 1;
    return 0;
}

static size_t full_name_at(struct names *names, size_t i)
{
    struct story *story = names->story;
    const struct reading *reading = &story->reading;
    const struct phrase *phrase = names->story->phrases[i];
    size_t end = name_end(names, i, false);
    size_t team_end = team_form(names, i, end);
    if (team_end) {
        mention_add(&story->mentions, (struct mention){.kind = MENTION_TEAM,
                                                       .first = (uint32_t)i,
                                                       .end = (uint32_t)team_end});
        return team_end;
    }
    if (phrase && phrase->kind == PHRASE_DRIVER && phrase->n > 1) {
        const struct driver *driver = phrase->item;
        person_mention(names, person_make(names, i, i + phrase->n, NULL, driver), i, i + phrase->n,
                       false);
        return i + phrase->n;
    }
    size_t parts = name_parts(reading, i, end);
    if (parts < 2 || parts > 4 || form_points(names, i, end) < FORM_NEEDED)
        return i;
    person_mention(names, person_make(names, i, end, NULL, NULL), i, end, false);
    return end;
}

/* Capitalised words that stand alone: a surname that comes again is a name's best witness. */
static void alone_find(struct names *names)
{
    const struct reading *reading = &names->story->reading;
    for (size_t i = 0; i < reading->n_tokens;) {
        if (!token_may_name(names, i)) {
            i++;
            continue;
        }
        size_t end = name_end(names, i, false);
        if (end == i + 1 && !language_is_common(names->story->language, &reading->tokens[i]))
            map_set(names->alone, reading->tokens[i].folded, reading->tokens[i].folded_len, names);
        i = end;
    }
}

static void full_names_find(struct names *names)
{
    for (size_t i = 0; i < names->story->reading.n_tokens;) {
        size_t end = name_begins(names, i) ? full_name_at(names, i) : i;
        i = end > i ? end : i + 1;
    }
}

/* --- pass 2: what stands for a name ----------------------------------------------------------- */

/* What one mention says about who is spoken of at token `here`. */
enum spoken { SPOKEN_PASS, SPOKEN_MAYBE, SPOKEN_SURE };

static enum spoken spoken_weigh(const struct names *names, const struct mention *mention,
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
static struct person *person_spoken_of(struct names *names, size_t i, const char *nation)
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

/* "Antonio": whoever of that name was mentioned last before, else the only one of the document. */
static struct person *given_spoken_of(struct names *names, size_t i)
{
    struct story *story = names->story;
    const struct token *token = &story->reading.tokens[i];
    struct person *known = person_known(names, names->by_given, token);
    for (size_t back = 1; known && back <= i && back <= BACK_WORDS; back++) {
        const struct mention *mention = mention_at(&story->mentions, i - back);
        if (mention && mention->kind == MENTION_PERSON &&
            token_is(token, story->persons.items[mention->person].given))
            return &story->persons.items[mention->person];
    }
    for (size_t p = 0; known && p < story->persons.n; p++)
        if (&story->persons.items[p] != known && token_is(token, story->persons.items[p].given))
            known = NULL;
    return known;
}

static bool name_then_surname(const struct names *names, size_t i)
{
    const struct token *tokens = names->story->reading.tokens;
    return i && tokens[i].sentence == tokens[i - 1].sentence && tokens[i].gap & GAP_SPACE &&
           role_near(names, i, i + 1, ROLE_FAMILY, 4);
}

/* "his brother Geoff": the surname is that of the person spoken of. */
static struct person *relative(struct names *names, size_t i)
{
    const struct token *token = &names->story->reading.tokens[i];
    const struct person *kin = person_spoken_of(names, i, NULL);
    if (!kin || !name_then_surname(names, i) || !(name_word(names, token) & NAME_GIVEN))
        return NULL;
    const char *surname = strrchr(kin->name, ' ');
    if (!surname)
        return NULL;
    AUTO_FREE char *given = reading_text(&names->story->reading, i, i + 1);
    AUTO_FREE char *name = mem_printf("%s%s", given, surname);
    AUTO_FREE char *last = mem_strdup(kin->last);
    struct person *person = person_make(names, i, i + 1, name, NULL);
    if (person && strcmp(person->last, last) != 0) {
        mem_free_p(&person->given);
        person->given = person->last;
        person->last = mem_strdup(last);
        person_index(names, person);
    }
    return person;
}

static struct person *surname_listed(struct names *names, size_t i)
{
    const struct token *token = &names->story->reading.tokens[i];
    const struct driver *driver =
        lists_surname(names->story->lists, token->folded, token->folded_len);
    unsigned bits = name_word(names, token);
    if (!driver || bits & (NAME_OFTEN | NAME_GIVEN | NAME_NEVER) || token->flags & TOKEN_TITLE ||
        language_is_common(names->story->language, token))
        return NULL;
    return person_make(names, i, i + 1, NULL, driver);
}

static struct person *nickname(struct names *names, size_t i, size_t *end)
{
    const struct phrase *phrase = names->story->phrases[i];
    if (!phrase || phrase->kind != PHRASE_DRIVER)
        return NULL;
    const struct driver *driver = phrase->item;
    *end = i + phrase->n;
    return person_make(names, i, *end, driver->name, driver);
}

/* Capitalised words of a name in its short form. */
static size_t short_name_at(struct names *names, size_t i)
{
    const struct token *token = &names->story->reading.tokens[i];
    if (!token_may_name(names, i))
        return i;
    size_t end = i + 1;
    while (name_goes_on(names, end, true) && token_joined(&names->story->reading.tokens[end]))
        end++;
    const struct token *last = &names->story->reading.tokens[end - 1];
    struct person *person = person_known(names, names->by_last, last);
    if (!person)
        person = nickname(names, i, &end);
    if (!person && end == i + 1)
        person = relative(names, i);
    if (!person && end == i + 1 && !language_is_common(names->story->language, token))
        person = given_spoken_of(names, i);
    if (!person && end == i + 1)
        person = surname_listed(names, i);
    if (!person)
        return i;
    person_mention(names, person, i, end, false);
    return end;
}

static bool word_goes_on(const struct names *names, size_t i)
{
    const struct reading *reading = &names->story->reading;
    if (i >= reading->n_tokens || reading->tokens[i].sentence != reading->tokens[i - 1].sentence ||
        reading->tokens[i].gap & (GAP_WALL | GAP_STOP))
        return false;
    return !language_is_common(names->story->language, &reading->tokens[i]) &&
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
static bool nation_is_person(const struct names *names, size_t the, size_t i)
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
static bool title_of_person(struct names *names, size_t i)
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

static void bearer_at(struct names *names, size_t i)
{
    struct story *story = names->story;
    const struct mention *next =
        i + 1 < story->reading.n_tokens ? mention_at(&story->mentions, i + 1) : NULL;
    if (next && next->kind != MENTION_NATION)
        return;
    const struct person *person = person_spoken_of(names, i, nation_beside(story, i));
    if (person)
        person_mention(names, person, i, i + 1, true);
    else
        mention_add(&story->mentions, (struct mention){.kind = MENTION_SOMEBODY,
                                                       .first = (uint32_t)i,
                                                       .end = (uint32_t)i + 1});
}

static void nation_at(struct names *names, size_t i)
{
    struct story *story = names->story;
    struct mention *mention = &story->mentions.items[story->mentions.at_token[i] - 1];
    const struct mention *next =
        mention->end < story->reading.n_tokens ? mention_at(&story->mentions, mention->end) : NULL;
    /* "la gallega Uxía Lema" */
    if (next && next->kind == MENTION_PERSON &&
        story->reading.tokens[mention->end].gap == GAP_SPACE)
        return;
    const struct person *person = person_spoken_of(names, i, mention->nation);
    mention->kind = person ? MENTION_PERSON : MENTION_SOMEBODY;
    mention->person = person ? person_number(names, person) : 0;
    mention->stands_for = true;
}

static void stand_in_at(struct names *names, size_t i)
{
    const struct story *story = names->story;
    const struct mention *mention = mention_at(&story->mentions, i);
    if (mention && mention->kind != MENTION_NATION)
        return;
    if (!mention && story_has_role(story, i, ROLE_HE))
        person_mention(names, person_spoken_of(names, i, NULL), i, i + 1, true);
    else if (title_of_person(names, i) && mention)
        nation_at(names, i);
    else if (title_of_person(names, i))
        bearer_at(names, i);
}

static void short_names_find(struct names *names)
{
    for (size_t i = 0; i < names->story->reading.n_tokens;) {
        size_t end = names->story->mentions.at_token[i] ? i : short_name_at(names, i);
        i = end > i ? end : i + 1;
    }
}

static void stand_ins_find(struct names *names)
{
    for (size_t i = 0; i < names->story->reading.n_tokens; i++)
        stand_in_at(names, i);
}

/* --- who drives ------------------------------------------------------------------------------- */

static void roles_find(struct names *names)
{
    struct story *story = names->story;
    for (size_t m = 0; m < story->mentions.n; m++) {
        const struct mention *mention = &story->mentions.items[m];
        if (mention->kind != MENTION_PERSON)
            continue;
        struct person *person = &story->persons.items[mention->person];
        if (mention->stands_for) {
            /* "the 19-year-old racing driver" */
            person->drives = person->drives || story_has_role(story, mention->first, ROLE_DRIVER);
            continue;
        }
        const struct sentence *sentence =
            &story->reading.sentences[story->reading.tokens[mention->first].sentence];
        person->drives =
            person->drives || person->driver ||
            role_near(names, mention->first, mention->end, ROLE_DRIVER, ROLE_REACH) ||
            mentions_has(&story->mentions, MENTION_CAR, sentence->first, sentence->end) ||
            mentions_has(&story->mentions, MENTION_CLASS, sentence->first, sentence->end);
        person->office =
            person->office ||
            (!person->driver && role_near(names, mention->first, mention->end, ROLE_OFFICE, 3));
    }
}

void names_find(struct story *story)
{
    struct names names = {story, map_new(), map_new(), map_new(),
                          NEW_N(uint8_t, story->reading.n_tokens + 1)};
    mentions_sort(&story->mentions);
    alone_find(&names);
    full_names_find(&names);
    short_names_find(&names);
    stand_ins_find(&names);
    mentions_sort(&story->mentions);
    roles_find(&names);
    map_free(&names.by_last, NULL);
    map_free(&names.by_given, NULL);
    map_free(&names.alone, NULL);
    mem_free_p(&names.words);
}
