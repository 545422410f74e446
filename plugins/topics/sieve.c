/*
 * What a document cannot match, told by which words it has at all: a bit a word, no places. Most
 * candidates end here, for the other words of their queries are not there.
 */
#include "topics/eval.h"

/* Are all words of a term there, in any order? */
static bool has_words(const struct view_field *field, const uint32_t *ids, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (!view_may_have(field, ids[i]))
            return false;
    return true;
}

static bool some_may(struct view *view, const uint32_t *code, bool whole, uint32_t wanted)
{
    const uint32_t *child = code_children(code);
    uint32_t left = code_n(code);
    for (; wanted > 0 && left >= wanted; left--, child = code_next(child))
        wanted -= sieve(view, child, whole);
    return wanted == 0;
}

/* A single word that is there, anywhere, is surely found. */
static bool surely_holds(struct view *view, const uint32_t *code)
{
    return code_kind(code) == NODE_TERM && code_n(code) == 1 && !code_first(code) &&
           code_field(code) == FIELD_TEXT && !(code[CODE_ARGS] & ID_CLASS) &&
           view_may_have(view_marked(view, FIELD_TEXT), code[CODE_ARGS]);
}

bool sieve(struct view *view, const uint32_t *code, bool whole)
{
    bool in_text = code_field(code) == FIELD_TEXT;
    const uint32_t *args = code + CODE_ARGS;
    switch (code_kind(code)) {
    case NODE_TERM:
        return !in_text || has_words(view_marked(view, FIELD_TEXT), args, code_n(code));
    case NODE_WINDOW:
        return !in_text || has_words(view_marked(view, FIELD_TEXT), args + 1, code_n(code));
    case NODE_AND:
        return some_may(view, code, whole, code_n(code));
    case NODE_NEAR:
        return some_may(view, code, false, code_n(code));
    case NODE_OR:
        return some_may(view, code, whole, 1);
    case NODE_OF:
        return some_may(view, code, whole, args[0]);
    case NODE_NOT:
        return !whole || !surely_holds(view, code_children(code));
    case NODE_SENTENCE:
    case NODE_PARAGRAPH:
    case NODE_NEW:
        return sieve(view, code_children(code), false);
    case NODE_LIST:
    case NODE_REGEX:
    case NODE_DATE:
    case NODE_WORDS:
    case NODE_LANG:
        break;
    }
    return true;
}
