/* Deadlines in order: a binary heap of members that know their place in it. Pure. */
#ifndef TOCSIN_SOURCE_DUE_H
#define TOCSIN_SOURCE_DUE_H

#include <stddef.h>
#include <stdint.h>

/* Held by its owner, who recovers itself by LIST_ITEM; zeroed: in no heap. */
struct due {
    int64_t at_us;
    size_t place; /* from 1; 0: not in a heap */
};

struct due_heap {
    struct due **items;
    size_t n, cap;
};

void due_heap_deinit(struct due_heap *heap);
/* Puts it in, or moves it. */
void due_set(struct due_heap *heap, struct due *due, int64_t at_us);
/* Harmless when it is not in. */
void due_clear(struct due_heap *heap, struct due *due);
/* The earliest; NULL when empty. */
struct due *due_first(const struct due_heap *heap);

#endif
