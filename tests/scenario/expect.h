/* What EXPECT may say, by the files that look; see script.h. */
#ifndef TOCSIN_TESTS_EXPECT_H
#define TOCSIN_TESTS_EXPECT_H

#include "script.h"

/* expect_rings.c */
script_run_fn expect_ring, expect_silent, expect_idle, expect_count, expect_attempts, expect_failed;
/* expect_alerts.c */
script_run_fn expect_outcome, expect_outcomes, expect_metric, expect_why, expect_held, expect_state,
    expect_ladder;

#endif
