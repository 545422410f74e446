/*
 * Names in their short form: a surname, a nickname, a given name, a brother's given name; see
 * naming.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

#include "naming.h"
#include "story.h"

/* "Antonio": whoever of that name was mentioned last before, else the only one of the document. */
static struct person *given_spoken_of(struct naming *names, size_t i)
{
    struct story *story = names->story;
    const struct token *token = &story->reading.tokens[i];
    struct person *known = naming_person(names, names->by_given, token);
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

static bool name_then_surname(const struct naming *names, size_t i)
{
    const struct token *tokens = names->story->reading.tokens;
    return i && tokens[i].sentence == tokens[i - 1].sentence && tokens[i].gap & GAP_SPACE &&
           naming_role_near(names, i, i + 1, ROLE_FAMILY, 4);
}

/* "his brother Geoff": the surname is that of the person spoken of. */
static struct person *relative(struct naming *names, size_t i)
{
    const struct token *token = &names->story->reading.tokens[i];
    if (!(naming_word(names, token) & NAME_GIVEN) || !name_then_surname(names, i))
        return NULL;
    const struct person *kin = naming_spoken_of(names, i, NULL);
    const char *surname = kin ? strrchr(kin->name, ' ') : NULL;
    if (!surname)
        return NULL;
    AUTO_FREE char *given = reading_text(&names->story->reading, i, i + 1);
    AUTO_FREE char *name = mem_printf("%s%s", given, surname);
    AUTO_FREE char *last = mem_strdup(kin->last);
    struct person *person = naming_person_make(names, i, i + 1, name, NULL);
    if (person && strcmp(person->last, last) != 0) {
        mem_free_p(&person->given);
        person->given = person->last;
        person->last = mem_strdup(last);
        naming_index(names, person);
    }
    return person;
}

static struct person *surname_listed(struct naming *names, size_t i)
{
    const struct token *token = &names->story->reading.tokens[i];
    const struct driver *driver =
        lists_surname(names->story->lists, token->folded, token->folded_len);
    unsigned bits = naming_word(names, token);
    if (!driver || bits & (NAME_OFTEN | NAME_GIVEN | NAME_NEVER) || token->flags & TOKEN_TITLE ||
        known_is_common(&names->story->known[i]))
        return NULL;
    return naming_person_make(names, i, i + 1, NULL, driver);
}

static struct person *nickname(struct naming *names, size_t i, size_t *end)
{
    const struct phrase *phrase = names->story->phrases[i];
    if (!phrase || phrase->kind != PHRASE_DRIVER)
        return NULL;
    const struct driver *driver = phrase->item;
    *end = i + phrase->n;
    return naming_person_make(names, i, *end, driver->name, driver);
}

/* Whether a hyphen, or an apostrophe after an initial, joins token i to the name before it. */
static bool joins_name(const struct naming *names, size_t i)
{
    const struct reading *reading = &names->story->reading;
    return i < reading->n_tokens && token_joined(&reading->tokens[i]) && naming_may(names, i) &&
           (reading->tokens[i].gap == GAP_HYPHEN || token_initial(&reading->tokens[i - 1]));
}

/* Capitalised words of a name in its short form. */
static size_t short_name_at(struct naming *names, size_t i)
{
    if (!naming_may(names, i))
        return i;
    size_t end = i + 1;
    while (joins_name(names, end))
        end++;
    const struct token *last = &names->story->reading.tokens[end - 1];
    struct person *person = naming_person(names, names->by_last, last);
    if (!person)
        person = nickname(names, i, &end);
    if (!person && end == i + 1)
        person = relative(names, i);
    if (!person && end == i + 1 && !known_is_common(&names->story->known[i]))
        person = given_spoken_of(names, i);
    if (!person && end == i + 1)
        person = surname_listed(names, i);
    if (!person)
        return i;
    naming_mention(names, person, i, end, false);
    return end;
}

void short_names_find(struct naming *names)
{
    for (size_t i = 0; i < names->story->reading.n_tokens;) {
        size_t end = names->story->mentions.at_token[i] ? i : short_name_at(names, i);
        i = end > i ? end : i + 1;
    }
}
