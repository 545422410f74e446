/* The monotonic clock for processes without a loop: hosts and plugins, whose deadlines are short.
 * The daemon's clock is the loop's alone (base/loop.h). */
#ifndef TOCSIN_BASE_CLOCK_H
#define TOCSIN_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_now_ms(void);

#endif
