/* Sentences to clauses; see clauses.h. */
#include "clauses.h"

#include "base/mem.h"

#include "story.h"

#define SUBORDINATE_WORDS 4
#define CLAUSE_GAPS       (GAP_SEMICOLON | GAP_COLON | GAP_DASH | GAP_QUOTE)

/* ", the number 51": another car, told of by itself. */
static bool other_car(const struct story *story, size_t i)
{
    return i + 2 < story->reading.n_tokens && story_has_role(story, i, ROLE_THE) &&
           story_has_role(story, i + 1, ROLE_NUMBER) &&
           story->reading.tokens[i + 2].flags & TOKEN_NUMBER;
}

/* `subordinate`: the clause at hand began with one of the language's words and has run on a bit. */
static bool clause_begins(const struct story *story, size_t i, bool subordinate)
{
    const struct token *token = &story->reading.tokens[i];
    /* A comma ends it, but not one between names. */
    if (subordinate && token->gap & GAP_COMMA && !(token->flags & TOKEN_CAPITAL) &&
        !story_has_role(story, i, ROLE_AND))
        return true;
    if (token->gap & GAP_COMMA && other_car(story, i))
        return true;
    return i == story->reading.sentences[token->sentence].first || token->gap & CLAUSE_GAPS ||
           story_has_role(story, i, ROLE_BREAK);
}

void clauses_find(struct story *story)
{
    struct clauses *clauses = &story->clauses;
    size_t n = story->reading.n_tokens, cap = 0;
    clauses->of_token = NEW_N(uint32_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct clause *now = clauses->n ? &clauses->items[clauses->n - 1] : NULL;
        bool subordinate = now && i >= now->first + SUBORDINATE_WORDS &&
                           story_has_role(story, now->first, ROLE_BREAK);
        if (i == 0 || clause_begins(story, i, subordinate)) {
            clauses->items = mem_grow(clauses->items, &cap, clauses->n + 1, sizeof(struct clause));
            clauses->items[clauses->n++].first = (uint32_t)i;
        }
        clauses->items[clauses->n - 1].end = (uint32_t)i + 1;
        clauses->of_token[i] = (uint32_t)clauses->n - 1;
    }
}

void clauses_deinit(struct clauses *clauses)
{
    mem_free_p(&clauses->items);
    mem_free_p(&clauses->of_token);
}

const struct clause *clause_at(const struct clauses *clauses, size_t token)
{
    return &clauses->items[clauses->of_token[token]];
}
