/* Evidence and whether it was told: what of a finding is news. Pure. */
#ifndef TOCSIN_ALERT_TOLD_H
#define TOCSIN_ALERT_TOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"

/* The evidence of one alert that is new in one result: a growing set. */
struct told {
    struct hash *news;
    size_t n, cap;
    bool had_old; /* something would have been, had it not stood there before */
};
void told_deinit(struct told *told);
/* One piece of evidence; `was_told` is what the store knows. True when it is news, for the first
 * time in this set or again. What stood in the document before it was changed (`is_old`) is none.
 */
bool told_consider(struct told *told, const struct hash *evidence, bool was_told, bool is_old);

#endif
