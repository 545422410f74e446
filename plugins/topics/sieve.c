/*
 * What a document can match, told by which words it has at all: a bit a word, no places. Of most
 * candidates this is all there is to know, for the other words of their queries are not there, or
 * are, and the pair of neighbours by which they were found is the phrase that they ask for.
 */
#include "topics/eval.h"

/* Are all words of a term there, in any order? */
static inline bool has_words(const struct view_field *field, const uint32_t *ids, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (!view_may_have(field, ids[i]))
            return false;
    return true;
}

static inline enum sieve term(const struct sieve_scope *scope, const uint32_t *code)
{
    const uint32_t *ids = code + CODE_ARGS;
    uint32_t n = code_n(code);
    if (code_field(code) != FIELD_TEXT)
        return SIEVE_MAYBE;
    if (!has_words(scope->text, ids, n))
        return SIEVE_NO;
    bool is_word = n == 1 && !(ids[0] & ID_CLASS);
    bool is_pair = n == 2 && ids[0] == scope->pair.first && ids[1] == scope->pair.second;
    return scope->whole && !code_first(code) && (is_word || is_pair) ? SIEVE_YES : SIEVE_MAYBE;
}

/* Do at least so many children hold? */
static enum sieve some(const struct sieve_scope *scope, const uint32_t *code, uint32_t wanted)
{
    const uint32_t *child = code_children(code);
    uint32_t n = code_n(code), n_no = 0, n_yes = 0;
    for (uint32_t i = 0; i < n && n_yes < wanted && n - n_no >= wanted; i++) {
        bool is_term = code_kind(child) == NODE_TERM; /* mostly */
        enum sieve answer = is_term ? term(scope, child) : sieve(scope, child);
        n_no += answer == SIEVE_NO;
        n_yes += answer == SIEVE_YES;
        child = code_next(child);
    }
    return n_yes >= wanted ? SIEVE_YES : n - n_no < wanted ? SIEVE_NO : SIEVE_MAYBE;
}

static enum sieve negated(const struct sieve_scope *scope, const uint32_t *code)
{
    if (!scope->whole) /* elsewhere it may be there and not here */
        return SIEVE_MAYBE;
    enum sieve answer = sieve(scope, code_children(code));
    return answer == SIEVE_YES ? SIEVE_NO : answer == SIEVE_NO ? SIEVE_YES : SIEVE_MAYBE;
}

/* What of a document has a part for which all children hold. */
static enum sieve part(const struct sieve_scope *scope, const uint32_t *code)
{
    const struct sieve_scope part = {.text = scope->text, .whole = false};
    return some(&part, code, code_n(code));
}

enum sieve sieve(const struct sieve_scope *scope, const uint32_t *code)
{
    const uint32_t *args = code + CODE_ARGS;
    switch (code_kind(code)) {
    case NODE_TERM:
        return term(scope, code);
    case NODE_WINDOW:
        if (code_field(code) == FIELD_TEXT && !has_words(scope->text, args + 1, code_n(code)))
            return SIEVE_NO;
        return SIEVE_MAYBE;
    case NODE_AND:
        return some(scope, code, code_n(code));
    case NODE_OR:
        return some(scope, code, 1);
    case NODE_OF:
        return some(scope, code, args[0]);
    case NODE_NOT:
        return negated(scope, code);
    case NODE_NEAR:
    case NODE_SENTENCE:
    case NODE_PARAGRAPH:
    case NODE_NEW:
        return part(scope, code);
    case NODE_LIST:
    case NODE_REGEX:
    case NODE_DATE:
    case NODE_WORDS:
    case NODE_LANG:
        break;
    }
    return SIEVE_MAYBE;
}
