/* Which parts of a query made it true, and where they stand. */
#include "topics/evidence_inner.h"

#define MAX_PLACES 10000u /* of one part */

struct adder {
    struct proofs *proofs;
    const uint32_t *code;
    uint32_t left; /* places that may still be added */
};

/* The sentence that a byte of the text is in. */
static uint32_t sentence_of(const struct proofs *proofs, size_t start)
{
    size_t low = 0, high = proofs->sentences->n;
    while (low + 1 < high) {
        size_t middle = (low + high) / 2;
        if (proofs->sentences->spans[middle].start <= start)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

/* The number of a part, by its code; a new one when it is new. */
static uint32_t part_of(struct proofs *proofs, const uint32_t *code)
{
    for (size_t i = proofs->n_parts; i-- > 0;)
        if (proofs->parts[i] == code)
            return (uint32_t)i;
    proofs->parts =
        mem_grow(proofs->parts, &proofs->parts_cap, proofs->n_parts + 1, sizeof(*proofs->parts));
    proofs->parts[proofs->n_parts] = code;
    return (uint32_t)proofs->n_parts++;
}

static bool add_bytes(void *arg, size_t start, size_t end)
{
    struct adder *adder = arg;
    struct proofs *proofs = adder->proofs;
    if (start == end)
        return true;
    struct proof proof = {.sentence = sentence_of(proofs, start),
                          .part = part_of(proofs, adder->code),
                          .span = {.start = start, .end = end}};
    proofs->items = mem_grow(proofs->items, &proofs->cap, proofs->n + 1, sizeof(proof));
    proofs->items[proofs->n++] = proof;
    return --adder->left > 0;
}

static bool add_place(void *arg, struct place place)
{
    const struct adder *adder = arg;
    const struct tocsin_word *words = adder->proofs->view->document->words;
    return add_bytes(arg, words[place.first].start, words[place.last].end);
}

static void add_entry(void *arg, struct place place, const char *entry)
{
    (void)place;
    const struct adder *adder = arg;
    struct evidence *evidence = adder->proofs->evidence;
    const struct image *image = adder->proofs->view->image;
    const char *list = image_text(image, image->lists[adder->code[CODE_ARGS]].name);
    for (size_t i = 0; i < evidence->n_entries; i++)
        if (evidence->entries[i].entry == entry && evidence->entries[i].list == list)
            return;
    if (evidence->n_entries < EVIDENCE_MAX_ENTRIES)
        evidence->entries[evidence->n_entries++] =
            (struct evidence_entry){.list = list, .entry = entry};
}

/* A part that was looked for in the title is shown where the text says it, too: once. Other fields
 * are not shown at all. */
static void add_leaf(struct proofs *proofs, const uint32_t *code, const struct scope *scope)
{
    enum query_field field = code_field(code);
    struct view *view = proofs->view;
    struct adder adder = {.proofs = proofs, .code = code, .left = MAX_PLACES};
    if (code_kind(code) == NODE_LIST)
        places_of_list(view, code, scope, add_entry, &adder);
    if (field != FIELD_TEXT && field != FIELD_TITLE)
        return;
    adder.left = field == FIELD_TITLE ? 1 : MAX_PLACES;
    if (code_kind(code) == NODE_REGEX) {
        const struct image_regex *regex = &view->image->regexes[code[CODE_ARGS]];
        regex_places(image_text(view->image, regex->source), regex->any_case, view->document->text,
                     view->document->len, add_bytes, &adder);
        return;
    }
    if (field == FIELD_TEXT) {
        places_each(view, code, scope, add_place, &adder);
        return;
    }
    AUTO_FREE uint32_t *in_text = mem_copy(code, code[CODE_SIZE] * sizeof(*code));
    in_text[CODE_HEAD] = code_head(code_kind(code), FIELD_TEXT, false, code_n(code));
    places_each(view, in_text, scope, add_place, &adder);
}

static void add_parts(struct proofs *proofs, const uint32_t *code, const struct scope *scope,
                      bool wanted);

struct scoped {
    struct proofs *proofs;
    const uint32_t *child;
    size_t left;
};

static bool add_scope(void *arg, const struct scope *scope)
{
    struct scoped *scoped = arg;
    add_parts(scoped->proofs, scoped->child, scope, true);
    return --scoped->left > 0;
}

static bool add_near_place(void *arg, const uint32_t *child, struct place place)
{
    struct adder *adder = arg;
    adder->code = child;
    return add_place(adder, place);
}

/* The places that take part in a NEAR, those of each child as a part of its own. */
static void add_near(struct proofs *proofs, const uint32_t *code, const struct scope *scope)
{
    struct adder adder = {.proofs = proofs, .code = code, .left = MAX_PLACES};
    if (code_field(code) == FIELD_TEXT)
        near_children(proofs->view, code, scope, add_near_place, &adder);
}

static void add_children(struct proofs *proofs, const uint32_t *code, const struct scope *scope,
                         bool wanted)
{
    const uint32_t *child = code_children(code);
    for (uint32_t i = 0; i < code_n(code); i++, child = code_next(child))
        if (eval(proofs->view, child, scope) == wanted)
            add_parts(proofs, child, scope, wanted);
}

/* The parts that make the code true, or false when `wanted` is false. */
static void add_parts(struct proofs *proofs, const uint32_t *code, const struct scope *scope,
                      bool wanted)
{
    struct scoped scoped = {proofs, NULL, EVIDENCE_MAX_SENTENCES};
    switch (code_kind(code)) {
    case NODE_TERM:
    case NODE_WINDOW:
    case NODE_LIST:
    case NODE_REGEX:
        if (wanted)
            add_leaf(proofs, code, scope);
        return;
    case NODE_NEAR:
        if (wanted)
            add_near(proofs, code, scope);
        return;
    case NODE_DATE:
    case NODE_WORDS:
    case NODE_LANG:
        return;
    case NODE_NOT:
        add_parts(proofs, code_children(code), scope, !wanted);
        return;
    case NODE_SENTENCE:
    case NODE_PARAGRAPH:
    case NODE_NEW:
        scoped.child = code_children(code);
        if (wanted)
            eval_scopes(proofs->view, code, scope, add_scope, &scoped);
        return;
    case NODE_AND:
    case NODE_OR:
    case NODE_OF:
        break;
    }
    add_children(proofs, code, scope, wanted);
}

void proofs_collect(struct proofs *proofs, const uint32_t *code)
{
    add_parts(proofs, code, &SCOPE_ALL, true);
}
