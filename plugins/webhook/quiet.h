/*
 * A receiver that says when to come again (Retry-After) means all that is sent to it: until then
 * nothing is. Times are milliseconds of one clock. Pure.
 */
#ifndef TOCSIN_WEBHOOK_QUIET_H
#define TOCSIN_WEBHOOK_QUIET_H

#include <stdint.h>

struct quiet {
    int64_t until_ms;
    char *reason; /* NULL: it never asked */
};

/* Of each reply: `delay_ms` is what it asked for, 0 for nothing, which ends an earlier wish. */
void quiet_note(struct quiet *quiet, int64_t now_ms, int64_t delay_ms, const char *reason);
/* How long it still lasts, 0: it does not. */
int64_t quiet_left_ms(const struct quiet *quiet, int64_t now_ms);
void quiet_deinit(struct quiet *quiet);

#endif
