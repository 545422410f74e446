/*
 * Every reason for which somebody hears of nothing has a story: which outcomes scripts have
 * asserted with their place (EXPECT WHY) and as a metric that is not 0 (EXPECT METRIC).
 */
#ifndef TOCSIN_TESTS_REASONS_H
#define TOCSIN_TESTS_REASONS_H

#include <stdbool.h>

#include "alert/outcome.h"

struct reasons {
    bool placed[OUTCOME_N], counted[OUTCOME_N];
};

void reasons_placed(struct reasons *reasons, const char *word);
void reasons_counted(struct reasons *reasons, const char *word);
/* Says which are missing, as TAP comments. */
bool reasons_complete(const struct reasons *reasons);

#endif
