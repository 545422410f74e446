/* The valve; see valve.h. */
#include "alert/valve.h"

int64_t valve_judge(const int64_t *rung_ms, size_t n, int64_t most, int64_t window_ms,
                    int64_t held_until_ms, int64_t now_ms)
{
    if (most <= 0 || most > VALVE_MOST)
        return 0;
    if (held_until_ms > now_ms)
        return held_until_ms;
    if (n < (size_t)most)
        return 0;
    return rung_ms[n - (size_t)most] + window_ms;
}
