/* The storm valve; see valve.h. */
#include "alert/valve.h"

int64_t valve_judge(const int64_t *rung_ms, size_t n, int64_t per_minute, int64_t held_until_ms,
                    int64_t now_ms)
{
    if (per_minute <= 0 || per_minute > VALVE_PER_MINUTE_MAX)
        return 0;
    if (held_until_ms > now_ms)
        return held_until_ms;
    if (n < (size_t)per_minute)
        return 0;
    return rung_ms[n - (size_t)per_minute] + VALVE_WINDOW_MS;
}
