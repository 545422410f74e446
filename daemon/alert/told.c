/* The set of what is news; see told.h. */
#include "alert/told.h"

#include <stdlib.h>

#include "base/mem.h"

void told_deinit(struct told *told)
{
    free(told->news);
    *told = (struct told){0};
}

bool told_consider(struct told *told, const struct hash *evidence, enum told_as as)
{
    told->is_silent[as] = true;
    if (as != TOLD_NOT)
        return false;
    for (size_t i = 0; i < told->n; i++) {
        if (hash_equal(&told->news[i], evidence))
            return true;
    }
    told->news = mem_grow(told->news, &told->cap, told->n + 1, sizeof(*told->news));
    told->news[told->n++] = *evidence;
    return true;
}

enum alert_outcome told_silence(const struct told *told)
{
    if (told->is_silent[TOLD_OLD_TEXT])
        return OUTCOME_OLD_TEXT;
    return told->is_silent[TOLD_SAME_STORY] ? OUTCOME_SAME_STORY : OUTCOME_KNOWN_EVIDENCE;
}
