/* Where the parts of a query stand, and whether that is in a scope. Terms are in places_term.c. */
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
