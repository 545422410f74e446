/*
 * A valve: at most so many rings in any window of time. What comes beyond is held until a place is
 * free again, together, and then told as one summary. Each notifier has the storm valve, of a
 * minute; a route may have one of its own. Pure.
 */
#ifndef TOCSIN_ALERT_VALVE_H
#define TOCSIN_ALERT_VALVE_H

#include <stddef.h>
#include <stdint.h>

#define VALVE_WINDOW_MS  INT64_C(60000)
#define VALVE_PER_MINUTE 5    /* of notifiers that interrupt, unless configured */
#define VALVE_MOST       1000 /* beyond that it is no valve any more */

/* `rung_ms`: when the rings of the last window were, oldest first. `held_until_ms`: when those that
 * are held already are released, 0: none. Returns 0 to ring now, else until when to hold. */
int64_t valve_judge(const int64_t *rung_ms, size_t n, int64_t most, int64_t window_ms,
                    int64_t held_until_ms, int64_t now_ms);

#endif
