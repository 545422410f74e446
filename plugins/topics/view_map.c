/* Which words are there, a bit each, and where they stand: the occurrences of each id as a chain.
 */
#include <string.h>

#include "topics/view.h"

#define SLOTS_MIN 64

static uint32_t id_of(const struct view_field *field, uint32_t occurrence)
{
    return occurrence < field->n ? field->ids[occurrence] & ID_MASK
                                 : field->extras[occurrence - field->n].id;
}

/* The slot of an id, or the empty one where it belongs. */
static uint32_t *find(const struct view_field *field, uint32_t id)
{
    uint32_t at = (uint32_t)(id * UINT64_C(0x9E3779B97F4A7C15) >> 32) & field->mask;
    while (field->slots[at] != VIEW_NONE && id_of(field, field->slots[at]) != id)
        at = (at + 1) & field->mask;
    return &field->slots[at];
}

void view_unmark(struct view_field *field)
{
    if (field->is_marked)
        memset(field->present, 0, field->n_present * sizeof(*field->present));
    field->is_marked = false;
}

struct view_field *view_marked(struct view *view, enum query_field which)
{
    struct view_field *field = view_field(view, which);
    if (field->is_marked)
        return field;
    if (!field->present) {
        field->n_present = view->image->n_words / 64 + 1; /* more places than words */
        field->present = NEW_N(uint64_t, field->n_present);
    }
    const uint32_t *ids = field->ids;
    uint64_t *present = field->present;
    for (uint32_t i = 0, n = field->n; i < n; i++) {
        uint32_t id = ids[i] & ID_MASK;
        present[id / 64] |= UINT64_C(1) << (id % 64);
    }
    field->is_marked = true;
    return field;
}

static void reserve(struct view_field *field, size_t n)
{
    if (n > field->occurrences_cap) {
        field->occurrences_cap = n + n / 2;
        field->next = mem_resize(field->next, field->occurrences_cap * sizeof(*field->next));
        field->counts = mem_resize(field->counts, field->occurrences_cap * sizeof(*field->counts));
    }
    size_t slots = SLOTS_MIN;
    while (slots < n * 2)
        slots *= 2;
    if (slots > field->slots_cap) {
        field->slots_cap = slots;
        field->slots = mem_resize(field->slots, slots * sizeof(*field->slots));
    }
    memset(field->slots, 0xFF, slots * sizeof(*field->slots)); /* VIEW_NONE */
    field->mask = (uint32_t)(slots - 1);
}

struct view_field *view_mapped(struct view *view, enum query_field which)
{
    struct view_field *field = view_field(view, which);
    if (field->is_mapped)
        return field;
    size_t n = field->n + field->n_extras;
    reserve(field, n);
    /* Backwards, so that every chain ascends. */
    for (uint32_t at = (uint32_t)n; at-- > 0;) {
        uint32_t id = id_of(field, at);
        if (id == ID_NONE)
            continue;
        uint32_t *slot = find(field, id);
        field->next[at] = *slot;
        field->counts[at] = *slot == VIEW_NONE ? 1 : field->counts[*slot] + 1;
        *slot = at;
    }
    field->is_mapped = true;
    return field;
}

uint32_t view_first(const struct view_field *field, uint32_t id)
{
    return *find(field, id);
}

bool view_holds(const struct view_field *field, uint32_t position, uint32_t id)
{
    if (!(id & ID_CLASS))
        return (field->ids[position] & ID_MASK) == id;
    size_t low = 0, high = field->n_extras;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (field->extras[middle].position < position)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < field->n_extras && field->extras[low].position == position; low++)
        if (field->extras[low].id == id)
            return true;
    return false;
}
