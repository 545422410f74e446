/* Exponential back-off with jitter; see backoff.h. */
#include "deliver/backoff.h"

int64_t backoff_delay_ms(int64_t first_ms, int64_t max_ms, int64_t attempts, uint32_t random)
{
    int64_t delay_ms = first_ms;
    for (int64_t i = 1; i < attempts && delay_ms < max_ms; i++)
        delay_ms *= 2;
    if (delay_ms > max_ms)
        delay_ms = max_ms;
    double spread = 0.8 + 0.4 * ((double)random / (double)UINT32_MAX);
    delay_ms = (int64_t)((double)delay_ms * spread);
    return delay_ms < 1 ? 1 : delay_ms;
}
