/* How often to look where inotify cannot see; see poll.h. */
#include "source/poll.h"

int64_t poll_interval_ms(int64_t took_us)
{
    int64_t interval_ms = took_us / 10; /* a hundred times as long, in milliseconds */
    if (interval_ms < POLL_MIN_MS)
        return POLL_MIN_MS;
    return interval_ms > POLL_MAX_MS ? POLL_MAX_MS : interval_ms;
}
