/* Where terms stand: found by their rarest word, or by going along the text. */
#include "topics/places.h"

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

bool term_each(struct view *view, const uint32_t *code, const struct scope *scope, use_place *use,
               void *arg)
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
