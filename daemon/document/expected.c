/*
 * Silence as a signal: a folder from which something new is expected within some time, and nothing
 * comes. The last that came is in the store, so that a daemon that was down asks for no more
 * patience than one that was up.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/str.h"
#include "document/room.h"

#define TIME_SIZE   32
#define TIME_OF_DAY 11 /* in 2026-02-10T21:30:00.000Z */

struct look {
    struct watched *watched;
    int64_t last_ms;
};

static void say(struct watched *watched)
{
    char since[TIME_SIZE], within[TIME_SIZE];
    if (!watched->documents->ops->missed)
        return;
    str_time_format(watched->last_ms, since, sizeof(since));
    str_duration_format(watched->expect_ms, within, sizeof(within));
    AUTO_FREE char *text =
        mem_printf("Nothing new has come from the folder \"%s\" since %.10s %.5s UTC; something "
                   "is expected within %s.",
                   watched->name, since, since + TIME_OF_DAY, within);
    watched->missed = MISSED_YES;
    watched->documents->ops->missed(watched->documents->arg, watched->name, text);
}

static void fired(void *arg)
{
    struct watched *watched = arg;
    int64_t left_ms =
        watched->last_ms + watched->expect_ms - loop_wall_ms(watched->documents->loop);
    if (left_ms > 0) /* the clock was set */
        loop_timer_set(watched->expected, left_ms);
    else
        say(watched);
}

/* No trouble, or none any more; of an earlier run there may be one. */
static void no_longer_missed(struct watched *watched)
{
    if (watched->missed == MISSED_NO)
        return;
    watched->missed = MISSED_NO;
    if (watched->documents->ops->came)
        watched->documents->ops->came(watched->documents->arg, watched->name);
}

static int ask_last(struct store_txn *txn, void *arg, struct err *err)
{
    struct look *look = arg;
    return store_source_last(txn, look->watched->name, &look->last_ms, err);
}

static void last_is_known(void *arg, const char *error)
{
    struct look *look = arg;
    struct watched *watched = look->watched;
    watched->documents->n_notes--;
    if (error)
        log_warning("%s: when something came last is not known: %s", watched->name, error);
    if (watched->last_ms < look->last_ms)
        watched->last_ms = look->last_ms;
    if (watched->expect_ms)
        fired(watched);
    free(look);
}

void expected_begin(struct watched *watched, int64_t within_ms)
{
    struct documents *documents = watched->documents;
    watched->expect_ms = within_ms;
    if (watched->expected)
        loop_timer_stop(watched->expected);
    if (!within_ms) {
        no_longer_missed(watched);
        return;
    }
    if (!watched->expected)
        watched->expected = loop_timer_new(documents->loop, fired, watched);
    /* Of one that never had anything, from now on. */
    struct look *look = NEW(struct look);
    *look = (struct look){.watched = watched, .last_ms = loop_wall_ms(documents->loop)};
    documents->n_notes++;
    store_read(documents->store, ask_last, last_is_known, look);
}

void expected_came(struct watched *watched)
{
    watched->last_ms = loop_wall_ms(watched->documents->loop);
    if (!watched->expect_ms)
        return;
    no_longer_missed(watched);
    loop_timer_set(watched->expected, watched->expect_ms);
}

void expected_end(struct watched *watched)
{
    watched->expect_ms = 0;
    if (watched->expected)
        loop_timer_stop(watched->expected);
}
