/* Evidence and whether it was told: what of a finding is news. Pure. */
#ifndef TOCSIN_ALERT_TOLD_H
#define TOCSIN_ALERT_TOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "alert/outcome.h"
#include "base/hash.h"

/* Is it news, and if not, why? */
enum told_as {
    TOLD_NOT,
    TOLD_BEFORE,
    TOLD_OLD_TEXT,   /* it stood in the document before it was changed */
    TOLD_SAME_STORY, /* another document of the story has told it, in other words */
    TOLD_N
};

/* The evidence of one alert that is new in one result: a growing set. */
struct told {
    struct hash *news;
    size_t n, cap;
    bool is_silent[TOLD_N]; /* something was no news for this reason */
};
void told_deinit(struct told *told);
/* One piece of evidence, as it is known. True when it is news, for the first time in this set or
 * again. */
bool told_consider(struct told *told, const struct hash *evidence, enum told_as as);
/* Of findings without news: the reason. */
enum alert_outcome told_silence(const struct told *told);

#endif
