/*
 * Keeping mentions, and finding those that need no list: numbers of cars, years, crews. See
 * mentions.h.
 */
#include "mentions.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "story.h"

#define FIRST_YEAR     1923
#define LAST_YEAR      2099
#define CREW_GAP_WORDS 9

void mentions_init(struct mentions *mentions, size_t n_tokens)
{
    *mentions = (struct mentions){.at_token = NEW_N(uint32_t, n_tokens + 1)};
}

void mentions_deinit(struct mentions *mentions)
{
    mem_free_p(&mentions->items);
    mem_free_p(&mentions->at_token);
    mem_free_p(&mentions->crews);
}

bool mention_add(struct mentions *mentions, struct mention mention)
{
    for (size_t i = mention.first; i < mention.end; i++)
        if (mentions->at_token[i])
            return false;
    mentions->items =
        mem_grow(mentions->items, &mentions->cap, mentions->n + 1, sizeof(struct mention));
    mentions->items[mentions->n++] = mention;
    for (size_t i = mention.first; i < mention.end; i++)
        mentions->at_token[i] = (uint32_t)mentions->n;
    return true;
}

const struct mention *mention_at(const struct mentions *mentions, size_t token)
{
    uint32_t number = mentions->at_token[token];
    return number ? &mentions->items[number - 1] : NULL;
}

static int mention_order(const void *a, const void *b)
{
    const struct mention *x = a, *y = b;
    return x->first < y->first ? -1 : x->first > y->first;
}

void mentions_sort(struct mentions *mentions)
{
    if (!mentions->n)
        return;
    qsort(mentions->items, mentions->n, sizeof(struct mention), mention_order);
    for (size_t m = 0; m < mentions->n; m++)
        for (size_t i = mentions->items[m].first; i < mentions->items[m].end; i++)
            mentions->at_token[i] = (uint32_t)m + 1;
}

size_t mentions_from(const struct mentions *mentions, size_t token)
{
    size_t low = 0, high = mentions->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (mentions->items[middle].first < token)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool mentions_has(const struct mentions *mentions, enum mention_kind kind, size_t first, size_t end)
{
    for (size_t m = mentions_from(mentions, first);
         m < mentions->n && mentions->items[m].first < end; m++)
        if (mentions->items[m].kind == kind && !mentions->items[m].aside)
            return true;
    return false;
}

/* --- cars and years --------------------------------------------------------------------------- */

static bool car_follows(const struct story *story, size_t i)
{
    const struct token *token = &story->reading.tokens[i];
    if (token->gap & GAP_HASH)
        return true;
    if (!i || token->gap & (GAP_WALL & ~GAP_OTHER) || token[-1].sentence != token->sentence)
        return false;
    return story_has_role(story, i - 1, ROLE_NUMBER);
}

/* "Con el 91", "the 51 of Pier Guidi": a number after an article, and nothing that it counts. */
static bool stands_for_car(const struct story *story, size_t i)
{
    const struct reading *reading = &story->reading;
    const struct token *token = &reading->tokens[i];
    if (!i || token->gap != GAP_SPACE || token[-1].sentence != token->sentence ||
        !story_has_role(story, i - 1, ROLE_THE))
        return false;
    size_t end = reading->sentences[token->sentence].end;
    if (i + 1 == end || token[1].gap & GAP_COMMA || story_has_role(story, i + 1, ROLE_AND))
        return true;
    bool of = token[1].gap == GAP_SPACE && i + 2 < end && story_has_role(story, i + 1, ROLE_FILLER);
    return of && token[2].flags & TOKEN_CAPITAL && !(token[1].flags & TOKEN_CAPITAL) &&
           !(lists_name_word(story->lists, &token[2]) & NAME_NEVER) && token[1].folded_len <= 3;
}

static void number_find(struct story *story, size_t i)
{
    const struct token *token = &story->reading.tokens[i];
    int number = token_number(token);
    if (token->folded_len <= 3 && (car_follows(story, i) || stands_for_car(story, i)))
        mention_add(
            &story->mentions,
            (struct mention){.kind = MENTION_CAR, .first = (uint32_t)i, .end = (uint32_t)i + 1});
    else if (token->folded_len == 4 && number >= FIRST_YEAR && number <= LAST_YEAR)
        mention_add(&story->mentions, (struct mention){.kind = MENTION_YEAR,
                                                       .first = (uint32_t)i,
                                                       .end = (uint32_t)i + 1,
                                                       .year = number});
}

char *mention_car(const struct story *story, const struct mention *mention)
{
    return reading_text(&story->reading, mention->first, mention->end);
}

/* "93rd", "93e", "92ª": folded to a number and a short ending. */
static int ordinal(const struct token *token)
{
    int number = 0;
    uint32_t i = 0;
    while (i < token->folded_len && i < 3 && token->folded[i] >= '0' && token->folded[i] <= '9')
        number = number * 10 + (token->folded[i++] - '0');
    return i && token->folded_len - i <= 3 ? number : 0;
}

/* The nth edition: "the 93rd edition of". */
static void edition_find(struct story *story, size_t i)
{
    const struct token *tokens = story->reading.tokens;
    int number = ordinal(&tokens[i]);
    if (number < 10 || i + 1 >= story->reading.n_tokens || tokens[i + 1].folded_len < 6)
        return;
    const char *next = tokens[i + 1].folded;
    if (memcmp(next, "edit", 4) != 0 && memcmp(next, "ediz", 4) != 0 &&
        memcmp(next, "edic", 4) != 0 && memcmp(next, "aufl", 4) != 0)
        return;
    int year = lists_edition_year(story->lists, number);
    if (year)
        mention_add(&story->mentions, (struct mention){.kind = MENTION_YEAR,
                                                       .first = (uint32_t)i,
                                                       .end = (uint32_t)i + 2,
                                                       .year = year});
}

void mentions_find(struct story *story)
{
    for (size_t i = 0; i < story->reading.n_tokens; i++) {
        if (story->mentions.at_token[i])
            continue;
        edition_find(story, i);
        if (story->reading.tokens[i].flags & TOKEN_NUMBER)
            number_find(story, i);
    }
}

/* --- crews ------------------------------------------------------------------------------------ */

/* Whether only commas, "and" and such small words as stand in lists of names lie between. */
static bool crew_goes_on(const struct story *story, const struct mention *from,
                         const struct mention *to)
{
    const struct reading *reading = &story->reading;
    const uint16_t joins = GAP_COMMA | GAP_AMPERSAND | GAP_SLASH;
    if (reading->tokens[from->first].sentence != reading->tokens[to->first].sentence ||
        to->first - from->end > CREW_GAP_WORDS)
        return false;
    bool joined = reading->tokens[to->first].gap & joins;
    for (size_t i = from->end; i < to->first; i++) {
        const struct token *token = &reading->tokens[i];
        const struct mention *mention = mention_at(&story->mentions, i);
        joined = joined || token->gap & joins || story_has_role(story, i, ROLE_AND);
        if (mention && mention->kind == MENTION_CAR)
            return false;
        bool small =
            story_has_role(story, i, ROLE_AND) || story_has_role(story, i, ROLE_FILLER) ||
            token->flags & TOKEN_NUMBER || token->flags & TOKEN_UPPER ||
            (mention && mention->kind == MENTION_NATION) || token->gap & GAP_PAREN ||
            (token->gap == GAP_APOSTROPHE && token->folded_len == 1) ||
            (i + 1 == to->first && i > from->end && story_has_role(story, i - 1, ROLE_THE));
        if (!small || token->gap & (GAP_SEMICOLON | GAP_COLON | GAP_QUOTE | GAP_HASH))
            return false;
    }
    return joined && !(reading->tokens[to->first].gap & (GAP_SEMICOLON | GAP_COLON | GAP_QUOTE));
}

void crews_find(struct story *story)
{
    struct mentions *mentions = &story->mentions;
    struct mention *before = NULL;
    for (size_t m = 0; m < mentions->n; m++) {
        struct mention *mention = &mentions->items[m];
        if (mention->kind != MENTION_PERSON)
            continue;
        if (before && before->person != mention->person && crew_goes_on(story, before, mention)) {
            if (!before->crew) {
                mentions->crews = mem_grow(mentions->crews, &mentions->cap_crews,
                                           mentions->n_crews + 1, sizeof(struct crew));
                mentions->crews[mentions->n_crews++].first = (uint32_t)(before - mentions->items);
                before->crew = (uint32_t)mentions->n_crews;
            }
            mention->crew = before->crew;
            mentions->crews[mention->crew - 1].last = (uint32_t)m;
        }
        before = mention;
    }
}
