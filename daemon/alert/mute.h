/* Does a person want to hear of this at all? Topics that are muted, alerts that are closed. Pure.
 */
#ifndef TOCSIN_ALERT_MUTE_H
#define TOCSIN_ALERT_MUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/outcome.h"

struct mute_state {
    const char *alert_state; /* open, acknowledged, closed */
    bool has_mute;
    int64_t mute_until_ms; /* 0: for good */
};

/* OUTCOME_RANG: nothing is against it. An acknowledged alert rings again when there is news. */
enum alert_outcome mute_judge(const struct mute_state *state, int64_t now_ms);

#endif
