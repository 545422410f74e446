/* When to try again. Pure. */
#ifndef TOCSIN_DELIVER_BACKOFF_H
#define TOCSIN_DELIVER_BACKOFF_H

#include <stdint.h>

/* The delay after the nth failed attempt (from 1): `first_ms`, doubled each time up to `max_ms`,
 * spread by ±20 %. `random` is drawn by the caller, from 0 to UINT32_MAX. At least 1. */
int64_t backoff_delay_ms(int64_t first_ms, int64_t max_ms, int64_t attempts, uint32_t random);

#endif
