/*
 * Full names first, over the whole document; then, in its order, the words that stand for them. See
 * names.h.
 */
#include "names.h"

#include "base/map.h"
#include "base/mem.h"

#include "naming.h"
#include "story.h"

#define ROLE_REACH 5 /* words between a name and what its bearer does */
#define WORD_KNOWN 128

/* lists_name_word, looked up once a token. */
unsigned naming_word(const struct naming *names, const struct token *token)
{
    size_t i = (size_t)(token - names->story->reading.tokens);
    if (!names->words[i])
        names->words[i] = (uint8_t)(lists_name_word(names->story->lists, token) | WORD_KNOWN);
    return names->words[i] & ~(unsigned)WORD_KNOWN;
}

bool naming_may(const struct naming *names, size_t i)
{
    const struct token *token = &names->story->reading.tokens[i];
    if (!(token->flags & TOKEN_CAPITAL))
        return false;
    unsigned bits = naming_word(names, token);
    return !names->story->mentions.at_token[i] && !(bits & (NAME_NEVER | NAME_TEAM)) &&
           !(token->flags & TOKEN_NUMBER);
}

bool naming_role_near(const struct naming *names, size_t first, size_t end, enum word_role role,
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

static void roles_find(struct naming *names)
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
            naming_role_near(names, mention->first, mention->end, ROLE_DRIVER, ROLE_REACH) ||
            mentions_has(&story->mentions, MENTION_CAR, sentence->first, sentence->end) ||
            mentions_has(&story->mentions, MENTION_CLASS, sentence->first, sentence->end);
        person->office = person->office ||
                         (!person->driver &&
                          naming_role_near(names, mention->first, mention->end, ROLE_OFFICE, 3));
    }
}

void names_find(struct story *story)
{
    struct naming names = {story, map_new(), map_new(), map_new(),
                           NEW_N(uint8_t, story->reading.n_tokens + 1)};
    mentions_sort(&story->mentions);
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
