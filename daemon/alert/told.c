/* The set of what is news; see told.h. */
#include "alert/told.h"

#include <stdlib.h>

#include "base/mem.h"

void told_deinit(struct told *told)
{
    free(told->news);
    *told = (struct told){0};
}

bool told_consider(struct told *told, const struct hash *evidence, bool was_told, bool is_old)
{
    told->had_old |= is_old && !was_told;
    if (was_told || is_old)
        return false;
    for (size_t i = 0; i < told->n; i++) {
        if (hash_equal(&told->news[i], evidence))
            return true;
    }
    told->news = mem_grow(told->news, &told->cap, told->n + 1, sizeof(*told->news));
    told->news[told->n++] = *evidence;
    return true;
}
