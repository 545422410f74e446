/*
 * Evaluation over the positions of a document's words. Recursion is bounded by the query's depth. A
 * part costs at most the places of its words, in sentences and paragraphs once each.
 */
#include "topics/eval.h"

/* Days since 1970-01-01 of a YYYYMMDD (Howard Hinnant, chrono-compatible date algorithms). */
static int64_t days_of(int32_t date)
{
    int64_t year = date / 10000, month = date / 100 % 100, day = date % 100;
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool eval_date(const struct view_document *document, const uint32_t *args)
{
    int32_t low = (int32_t)args[1], high = (int32_t)args[2];
    int64_t age = days_of(document->today) - days_of(document->date);
    bool after = args[0] & CODE_LOW_IS_DAYS ? age <= low : document->date >= low;
    bool before = args[0] & CODE_HIGH_IS_DAYS ? age >= high : document->date <= high;
    return after && before;
}

static bool eval_count(const struct view_document *document, const uint32_t *args)
{
    return document->n_words >= args[0] && document->n_words <= args[1];
}

/* ---- sentences, paragraphs, what is new ---- */

/* A part that must be there for the code to hold, and whose places are quickly told; or NULL. */
static const uint32_t *driver_of(const uint32_t *code)
{
    if (code_kind(code) == NODE_TERM)
        return code;
    if (code_kind(code) != NODE_AND)
        return NULL;
    const uint32_t *child = code_children(code), *driver = NULL;
    for (uint32_t i = 0; i < code_n(code) && !driver; i++, child = code_next(child))
        driver = driver_of(child);
    return driver;
}

struct walker {
    struct view *view;
    const uint32_t *child;
    const struct tocsin_spans *spans;
    const struct scope *outer;
    size_t next; /* the first span that was not looked at */
    bool (*use)(void *arg, const struct scope *scope);
    void *arg;
};

/* False to stop. */
static bool walk_span(struct walker *walker, size_t number)
{
    const struct tocsin_span *span = &walker->spans->spans[number];
    struct scope scope = {
        .low = span->first_word, .high = span->end_word, .only_new = walker->outer->only_new};
    walker->next = number + 1;
    return !eval(walker->view, walker->child, &scope) || walker->use(walker->arg, &scope);
}

/* The span that holds a word, if it was not looked at yet. */
static bool walk_place(void *arg, struct place place)
{
    struct walker *walker = arg;
    size_t low = walker->next, high = walker->spans->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (walker->spans->spans[middle].end_word <= place.first)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == walker->spans->n || walker->spans->spans[low].first_word > place.first)
        return true;
    return walk_span(walker, low);
}

void eval_scopes(struct view *view, const uint32_t *code, const struct scope *scope,
                 bool (*use)(void *arg, const struct scope *scope), void *arg)
{
    const uint32_t *child = code_children(code);
    if (code_kind(code) == NODE_NEW) {
        struct scope new = {.low = scope->low, .high = scope->high, .only_new = true};
        if (eval(view, child, &new))
            use(arg, &new);
        return;
    }
    struct walker walker = {.view = view, .child = child, .outer = scope, .use = use, .arg = arg};
    walker.spans = view_spans(view, code_kind(code) == NODE_PARAGRAPH);
    const uint32_t *driver = driver_of(child);
    if (driver) {
        places_each(view, driver, scope, walk_place, &walker);
        return;
    }
    for (size_t i = 0; i < walker.spans->n; i++)
        if (!walk_span(&walker, i))
            return;
}

static bool note_scope(void *arg, const struct scope *scope)
{
    (void)scope;
    *(bool *)arg = true;
    return false;
}

/* ---- all ---- */

/* Do at least so many children hold? */
static bool eval_some(struct view *view, const uint32_t *code, const struct scope *scope,
                      uint32_t wanted)
{
    const uint32_t *child = code_children(code);
    uint32_t left = code_n(code);
    for (; wanted > 0 && left >= wanted; left--, child = code_next(child))
        wanted -= eval(view, child, scope);
    return wanted == 0;
}

/* A word of the whole text: whether it is there is all there is to know. */
static bool is_bare_word(const uint32_t *code, const struct scope *scope)
{
    return code_n(code) == 1 && code_field(code) == FIELD_TEXT && !code_first(code) &&
           !(code[CODE_ARGS] & ID_CLASS) && scope->low == SCOPE_ALL.low &&
           scope->high == SCOPE_ALL.high && !scope->only_new;
}

bool eval(struct view *view, const uint32_t *code, const struct scope *scope)
{
    const uint32_t *args = code + CODE_ARGS;
    bool holds = false;
    switch (code_kind(code)) {
    case NODE_TERM:
        if (is_bare_word(code, scope))
            return view_may_have(view_marked(view, FIELD_TEXT), args[0]);
        return places_any(view, code, scope);
    case NODE_WINDOW:
    case NODE_LIST:
    case NODE_NEAR:
        return places_any(view, code, scope);
    case NODE_REGEX:
        return view_has_regex(view, code_field(code), args[0]);
    case NODE_DATE:
        return eval_date(view->document, args);
    case NODE_WORDS:
        return eval_count(view->document, args);
    case NODE_LANG:
        return view_language(view) == args[0];
    case NODE_AND:
        return eval_some(view, code, scope, code_n(code));
    case NODE_OR:
        return eval_some(view, code, scope, 1);
    case NODE_OF:
        return eval_some(view, code, scope, args[0]);
    case NODE_NOT:
        return !eval(view, code_children(code), scope);
    case NODE_SENTENCE:
    case NODE_PARAGRAPH:
    case NODE_NEW:
        break;
    }
    eval_scopes(view, code, scope, note_scope, &holds);
    return holds;
}
