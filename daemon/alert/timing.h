/*
 * When may it ring? What the route says of hours and numbers, asked in this order: quiet hours, a
 * digest, a batch, a limit. What is urgent waits for none of them. Pure given its state and `now`.
 */
#ifndef TOCSIN_ALERT_TIMING_H
#define TOCSIN_ALERT_TIMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/outcome.h"
#include "config/timing.h"

/* Of one notifier, as the store has it. */
struct timing_state {
    int64_t batch_until_ms;   /* when what is held as a batch goes, 0: nothing is */
    int64_t limited_until_ms; /* likewise beyond the limit */
    const int64_t *rung_ms;   /* rings within timing->most_ms, oldest first */
    size_t n_rung;
};

/* OUTCOME_RANG: now; else *until_ms says when. `timing` NULL: the route does not mind. */
enum alert_outcome timing_judge(const struct config_timing *timing, bool is_urgent,
                                const struct timing_state *state, int64_t now_ms,
                                int64_t *until_ms);

/* The end of the quiet hours that a moment lies in, also when others follow on at once; 0: it lies
 * in none. */
int64_t timing_quiet_until(const struct config_timing *timing, int64_t now_ms);

#endif
