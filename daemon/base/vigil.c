/* Waiting for what should come; see vigil.h. */
#include "base/vigil.h"

#include <stdlib.h>

#include "base/mem.h"

struct vigil {
    struct loop *loop;
    struct vigil_ops ops;
    void *arg;
    struct loop_timer *timer;
    int64_t within_ms, last_ms;
    enum { MISSED_MAYBE, MISSED_YES, MISSED_NO } missed; /* was it said? Before this run perhaps */
};

static void fired(void *arg)
{
    struct vigil *vigil = arg;
    int64_t now_ms = loop_wall_ms(vigil->loop);
    if (vigil->last_ms > now_ms) /* the clock was ahead: so it was a while ago at most */
        vigil->last_ms = now_ms;
    int64_t left_ms = vigil->last_ms + vigil->within_ms - now_ms;
    if (left_ms > 0) { /* the clock was set */
        loop_timer_set(vigil->timer, left_ms);
        return;
    }
    vigil->missed = MISSED_YES;
    vigil->ops.missed(vigil->arg, vigil->last_ms, vigil->within_ms);
}

struct vigil *vigil_new(struct loop *loop, const struct vigil_ops *ops, void *arg)
{
    struct vigil *vigil = NEW(struct vigil);
    *vigil = (struct vigil){.loop = loop, .ops = *ops, .arg = arg};
    vigil->timer = loop_timer_new(loop, fired, vigil);
    return vigil;
}

void vigil_free(struct vigil **vigil)
{
    if (!*vigil)
        return;
    loop_timer_free(&(*vigil)->timer);
    free(*vigil);
    *vigil = NULL;
}

static void no_longer_missed(struct vigil *vigil)
{
    if (vigil->missed == MISSED_NO)
        return;
    vigil->missed = MISSED_NO;
    vigil->ops.came(vigil->arg);
}

void vigil_begin(struct vigil *vigil, int64_t within_ms, int64_t last_ms)
{
    vigil->within_ms = within_ms;
    if (vigil->last_ms < last_ms)
        vigil->last_ms = last_ms;
    loop_timer_stop(vigil->timer);
    if (within_ms)
        fired(vigil);
    else
        no_longer_missed(vigil);
}

void vigil_came(struct vigil *vigil)
{
    vigil->last_ms = loop_wall_ms(vigil->loop);
    if (!vigil->within_ms)
        return;
    no_longer_missed(vigil);
    loop_timer_set(vigil->timer, vigil->within_ms);
}

void vigil_end(struct vigil *vigil)
{
    vigil->within_ms = 0;
    loop_timer_stop(vigil->timer);
}
