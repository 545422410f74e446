/* Pause and snooze; see hold.h. */
#include "alert/hold.h"

#include "store/deliveries.h"

enum alert_outcome hold_judge(bool paused, int64_t snoozed_until_ms, int64_t now_ms,
                              int64_t *until_ms)
{
    if (paused) {
        *until_ms = STORE_NEVER_MS;
        return OUTCOME_PAUSED;
    }
    if (now_ms < snoozed_until_ms) {
        *until_ms = snoozed_until_ms;
        return OUTCOME_SNOOZED;
    }
    *until_ms = now_ms;
    return OUTCOME_RANG;
}
