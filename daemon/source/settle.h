/*
 * When a file is complete: the rules alone, given what happened and the time. Pure: no clock, no
 * file; the caller keeps one struct settle a path and does what the answers say.
 *
 *   closed after writing            after settle (each close begins it anew, ten times at most)
 *   renamed in, linked in           at once
 *   found closed                    as if just closed (nobody has it open for writing)
 *   made, changed, chmodded, open   when size and mtime were the same for SETTLE_STABLE_US
 *   growth = log                    at most every SETTLE_LOG_US
 */
#ifndef TOCSIN_SOURCE_SETTLE_H
#define TOCSIN_SOURCE_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

#define SETTLE_STABLE_US INT64_C(5000000)
#define SETTLE_LOG_US    INT64_C(60000000)
#define SETTLE_PATIENCE                                                                            \
    10 /* a file closed again and again is reported after so many settle times */

struct settle_rule {
    int64_t settle_us;
    bool growing;     /* growth = log */
    bool trust_clock; /* mtime is of this machine's clock, and events are not missed */
};

enum settle_event {
    SETTLE_CREATED, /* a new name: a file just opened for writing, or a link to a finished one */
    SETTLE_WRITTEN,
    SETTLE_CHMODDED,
    SETTLE_CLOSED,
    SETTLE_ARRIVED,
};

/* What the caller must do next. */
enum settle_need {
    SETTLE_WAIT, /* until due_us, then ask settle_due */
    SETTLE_LOOK, /* stat it and tell settle_look */
    SETTLE_COMPLETE,
};

struct settle_stat {
    int64_t size_bytes, mtime_ns, ctime_ns;
    uint64_t links;
    bool closed; /* certain that nobody has it open for writing */
};

/* Zeroed: nothing has happened. Times are of one monotonic clock in microseconds, 0: never. */
struct settle {
    int64_t due_us;
    int64_t first_close_us; /* of the closes not yet reported */
    int64_t last_event_us;
    int64_t reported_us;
    int64_t sample_us;
    struct settle_stat sample;
    bool open;         /* written since the last close, as far as is known */
    bool only_created; /* no event but SETTLE_CREATED */
    bool waiting;
};

enum settle_need settle_event(const struct settle_rule *rule, struct settle *settle,
                              enum settle_event event, int64_t now_us);
enum settle_need settle_due(const struct settle *settle);
/* A stat's result: asked for by SETTLE_LOOK, or found by a listing (no event before it). */
enum settle_need settle_look(const struct settle_rule *rule, struct settle *settle,
                             const struct settle_stat *stat, int64_t now_us, int64_t wall_ns);
/* It was handed over: forgets all but the time. */
void settle_reported(struct settle *settle, int64_t now_us);

#endif
