/* How often to look where inotify cannot see (base/filesystem.h says where that is). Pure. */
#ifndef TOCSIN_SOURCE_POLL_H
#define TOCSIN_SOURCE_POLL_H

#include <stdint.h>

#define POLL_CHECK_MS INT64_C(3600000) /* the routine look where events are relied on */
#define POLL_MIN_MS   INT64_C(30000)
#define POLL_MAX_MS   INT64_C(600000)

/* The pause after a complete listing that took so long: it shall cost 1 % of one core at most. */
int64_t poll_interval_ms(int64_t took_us);

#endif
