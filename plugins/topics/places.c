/* Where terms and lists stand. */
#include "topics/places.h"

#include <stdlib.h>

bool places_add(void *arg, struct place place)
{
    struct places *places = arg;
    places->items = mem_grow(places->items, &places->cap, places->n + 1, sizeof(*places->items));
    places->items[places->n++] = place;
    return true;
}

/* Does one span that was added hold all these bytes? */
static bool is_added(const struct view_document *document, uint32_t start, uint32_t end)
{
    size_t low = 0, high = document->n_added;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (document->added[middle].end < end)
            low = middle + 1;
        else
            high = middle;
    }
    return low < document->n_added && document->added[low].start <= start;
}

bool scope_has(const struct scope *scope, const struct view *view, enum query_field field,
               struct place place)
{
    if (field != FIELD_TEXT)
        return true;
    if (place.first < scope->low || place.last >= scope->high)
        return false;
    const struct view_document *document = view->document;
    return !scope->only_new || document->all_is_new ||
           is_added(document, document->words[place.first].start, document->words[place.last].end);
}

static bool stands_at(const struct view_field *field, const uint32_t *ids, uint32_t n, size_t start)
{
    if (start + n > field->n)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (!view_holds(field, (uint32_t)start + i, ids[i]))
            return false;
    return true;
}

/* The word of a term that is there least often; false when one is not there at all. */
static bool find_anchor(const struct view_field *field, const uint32_t *ids, uint32_t n,
                        uint32_t *anchor, uint32_t *first)
{
    uint32_t least = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = view_first(field, ids[i]);
        if (at == VIEW_NONE)
            return false;
        if (field->counts[at] < least) {
            least = field->counts[at];
            *anchor = i;
            *first = at;
        }
    }
    return true;
}

/* Every position of a scope is tried: over all sentences of a text that is each word once, where
 * the places of the whole text would be walked along for each of them. */
static bool term_within(struct view *view, const uint32_t *code, const struct scope *scope,
                        uint32_t limit, use_place *use, void *arg)
{
    const struct view_field *field = view_mapped(view, FIELD_TEXT);
    uint32_t n = code_n(code), high = scope->high < field->n ? scope->high : field->n;
    high = high < limit ? high : limit;
    for (uint32_t at = scope->low; at + n <= high; at++) {
        struct place place = {.first = at, .last = at + n - 1};
        if (stands_at(field, code + CODE_ARGS, n, at) &&
            scope_has(scope, view, FIELD_TEXT, place) && !use(arg, place))
            return false;
    }
    return true;
}

/* So few terms are looked for by going along the text, which costs less than mapping it. */
#define SCANS_MAX 4

static bool may_scan(struct view *view, const uint32_t *code)
{
    if (code_field(code) != FIELD_TEXT || code_first(code) || code_n(code) < 2)
        return false;
    struct view_field *field = view_field(view, FIELD_TEXT);
    if (field->is_mapped || field->n_scanned++ >= SCANS_MAX)
        return false;
    for (uint32_t i = 0; i < code_n(code); i++)
        if (code[CODE_ARGS + i] & ID_CLASS)
            return false;
    return true;
}

#define BLOCK 16 /* ids that are looked at together, which a compiler does without a loop */

/* The first position from `at` on where these two ids follow each other; the last position of the
 * field, which is no place for two, when there is none. */
static uint32_t next_pair(const uint32_t *ids, uint32_t n, uint32_t at, uint32_t first,
                          uint32_t second)
{
    for (; at + BLOCK < n; at += BLOCK) {
        const uint32_t *from = ids + at;
        uint32_t hits = 0;
        for (uint32_t i = 0; i < BLOCK; i++)
            hits |= (((from[i] ^ first) | (from[i + 1] ^ second)) & ID_MASK) == 0;
        if (hits)
            break;
    }
    while (at + 1 < n && ((ids[at] & ID_MASK) != first || (ids[at + 1] & ID_MASK) != second))
        at++;
    return at;
}

static bool term_scan(struct view *view, const uint32_t *code, const struct scope *scope,
                      use_place *use, void *arg)
{
    const struct view_field *field = view_marked(view, FIELD_TEXT);
    const uint32_t *ids = code + CODE_ARGS;
    uint32_t n = code_n(code), high = scope->high < field->n ? scope->high : field->n;
    for (uint32_t i = 0; i < n; i++)
        if (!view_may_have(field, ids[i]))
            return true;
    for (uint32_t at = scope->low; at + n <= high; at++) {
        at = next_pair(field->ids, high, at, ids[0], ids[1]);
        if (!stands_at(field, ids, n, at) || at + n > high)
            continue;
        struct place place = {.first = at, .last = at + n - 1};
        if (scope_has(scope, view, FIELD_TEXT, place) && !use(arg, place))
            return false;
    }
    return true;
}

static bool term_each(struct view *view, const uint32_t *code, const struct scope *scope,
                      use_place *use, void *arg)
{
    if (may_scan(view, code))
        return term_scan(view, code, scope, use, arg);
    const struct view_field *field = view_mapped(view, code_field(code));
    const uint32_t *ids = code + CODE_ARGS;
    uint32_t n = code_n(code), anchor = 0, at = 0;
    uint32_t limit = code_first(code) ? QUERY_FIRST_WORDS : UINT32_MAX;
    if (!find_anchor(field, ids, n, &anchor, &at))
        return true;
    if (code_field(code) == FIELD_TEXT && scope->high - scope->low < field->counts[at])
        return term_within(view, code, scope, limit, use, arg);
    for (; at != VIEW_NONE; at = field->next[at]) {
        uint32_t position = view_position(field, at);
        if (position < anchor || !stands_at(field, ids, n, position - anchor))
            continue;
        struct place place = {.first = position - anchor, .last = position - anchor + n - 1};
        if (place.last >= limit)
            break;
        if (scope_has(scope, view, code_field(code), place) && !use(arg, place))
            return false;
    }
    return true;
}

/* ---- lists ---- */

struct alias_places {
    void (*use)(void *arg, struct place place, const char *entry);
    void *arg;
    const char *entry;
};

static bool use_alias(void *arg, struct place place)
{
    struct alias_places *alias = arg;
    alias->use(alias->arg, place, alias->entry);
    return true;
}

/* An alias is stored as a term of the text; here it is one of the field that is asked for. */
static bool alias_each(struct view *view, const struct image_alias *alias, const uint32_t *list,
                       const struct scope *scope, use_place *use, void *arg)
{
    const uint32_t *stored = view->image->code + alias->code;
    uint32_t code[CODE_ARGS + QUERY_MAX_WORDS];
    memcpy(code, stored, stored[CODE_SIZE] * sizeof(*code));
    code[CODE_HEAD] = code_head(NODE_TERM, code_field(list), false, code_n(stored));
    return term_each(view, code, scope, use, arg);
}

static bool list_each (struct view *view, const uint32_t *code, const struct scope *scope,
                       use_place * use, void *arg)
{
    const struct image_list *list = &view->image->lists[code[CODE_ARGS]];
    for (uint32_t i = 0; i < list->n; i++)
        if (!alias_each(view, &view->image->aliases[list->aliases + i], code, scope, use, arg))
            return false;
    return true;
}

void places_of_list(struct view *view, const uint32_t *code, const struct scope *scope,
                    void (*use)(void *arg, struct place place, const char *entry), void *arg)
{
    const struct image_list *list = &view->image->lists[code[CODE_ARGS]];
    for (uint32_t i = 0; i < list->n; i++) {
        const struct image_alias *alias = &view->image->aliases[list->aliases + i];
        struct alias_places places = {use, arg, image_text(view->image, alias->name)};
        alias_each(view, alias, code, scope, use_alias, &places);
    }
}

/* ---- all ---- */

bool places_each(struct view *view, const uint32_t *code, const struct scope *scope, use_place *use,
                 void *arg)
{
    switch (code_kind(code)) {
    case NODE_TERM:
        return term_each(view, code, scope, use, arg);
    case NODE_WINDOW:
        return window_each(view, code, scope, use, arg);
    case NODE_LIST:
        return list_each (view, code, scope, use, arg);
    case NODE_NEAR:
        return near_each(view, code, scope, use, arg);
    case NODE_OR:
        break;
    case NODE_REGEX:
    case NODE_DATE:
    case NODE_WORDS:
    case NODE_LANG:
    case NODE_AND:
    case NODE_NOT:
    case NODE_OF:
    case NODE_SENTENCE:
    case NODE_PARAGRAPH:
    case NODE_NEW:
        return true;
    }
    const uint32_t *child = code_children(code);
    for (uint32_t i = 0; i < code_n(code); i++, child = code_next(child))
        if (!places_each(view, child, scope, use, arg))
            return false;
    return true;
}

static bool stop(void *arg, struct place place)
{
    (void)arg, (void)place;
    return false;
}

bool places_any(struct view *view, const uint32_t *code, const struct scope *scope)
{
    return !places_each(view, code, scope, stop, NULL);
}
