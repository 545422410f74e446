/*
 * A vigil: something is expected within some time, again and again, and it is said when it does not
 * come, and when it has. A clock that was set is asked, not how long the loop has slept.
 */
#ifndef TOCSIN_BASE_VIGIL_H
#define TOCSIN_BASE_VIGIL_H

#include <stdint.h>

#include "base/loop.h"

struct vigil;

struct vigil_ops {
    /* Nothing came since then, UTC. Said once. */
    void (*missed)(void *arg, int64_t last_ms, int64_t within_ms);
    /* It came after all, or is not expected any more; also once, at first, when nothing is known of
     * an earlier run. */
    void (*came)(void *arg);
};

struct vigil *vigil_new(struct loop *loop, const struct vigil_ops *ops, void *arg);
void vigil_free(struct vigil **vigil);
/* From now on, `last_ms` being when it came last, as far as the caller knows; `within_ms` 0:
 * nothing is expected. */
void vigil_begin(struct vigil *vigil, int64_t within_ms, int64_t last_ms);
/* Now. */
void vigil_came(struct vigil *vigil);
/* Nothing is said any more. */
void vigil_end(struct vigil *vigil);

#endif
