/* Not now: a pause of everything, a snooze of one alert. Pure. */
#ifndef TOCSIN_ALERT_HOLD_H
#define TOCSIN_ALERT_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/outcome.h"

/* OUTCOME_RANG: now. Else *until_ms says when; a pause ends by a person's word alone, and a snooze
 * outlasts it. */
enum alert_outcome hold_judge(bool paused, int64_t snoozed_until_ms, int64_t now_ms,
                              int64_t *until_ms);

#endif
