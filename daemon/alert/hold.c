/* Pause and snooze; see hold.h. */
#include "alert/hold.h"

#include "store/deliveries.h"

enum alert_outcome hold_judge(bool paused, int64_t snoozed_until_ms, int64_t now_ms,
                              int64_t *until_ms)
{
    /* Nothing goes while paused: when the snooze ends first, its end waits for that of the pause.
     */
    if (now_ms < snoozed_until_ms) {
        *until_ms = snoozed_until_ms;
        return OUTCOME_SNOOZED;
    }
    if (paused) {
        *until_ms = STORE_NEVER_MS;
        return OUTCOME_PAUSED;
    }
    *until_ms = now_ms;
    return OUTCOME_RANG;
}
