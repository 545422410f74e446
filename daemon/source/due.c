/* A binary heap of deadlines; see due.h. */
#include "source/due.h"

#include <stdlib.h>

#include "base/mem.h"

void due_heap_deinit(struct due_heap *heap)
{
    free(heap->items);
    *heap = (struct due_heap){0};
}

static void put(struct due_heap *heap, size_t place, struct due *due)
{
    heap->items[place - 1] = due;
    due->place = place;
}

static void sift(struct due_heap *heap, struct due *due)
{
    size_t place = due->place;
    while (place > 1 && heap->items[place / 2 - 1]->at_us > due->at_us) {
        put(heap, place, heap->items[place / 2 - 1]);
        place /= 2;
    }
    for (size_t child = place * 2; child <= heap->n; child = place * 2) {
        if (child < heap->n && heap->items[child]->at_us < heap->items[child - 1]->at_us)
            child++;
        if (heap->items[child - 1]->at_us >= due->at_us)
            break;
        put(heap, place, heap->items[child - 1]);
        place = child;
    }
    put(heap, place, due);
}

void due_set(struct due_heap *heap, struct due *due, int64_t at_us)
{
    due->at_us = at_us;
    if (!due->place) {
        heap->items = mem_grow(heap->items, &heap->cap, heap->n + 1, sizeof(struct due *));
        put(heap, ++heap->n, due);
    }
    sift(heap, due);
}

void due_clear(struct due_heap *heap, struct due *due)
{
    if (!due->place)
        return;
    struct due *last = heap->items[--heap->n];
    if (last != due) {
        put(heap, due->place, last);
        sift(heap, last);
    }
    due->place = 0;
}

struct due *due_first(const struct due_heap *heap)
{
    return heap->n ? heap->items[0] : NULL;
}
