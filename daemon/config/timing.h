/*
 * When a route lets an alert ring, and again: its options quiet, zone, batch-for, at-most, digest,
 * remind-after and escalate-after, put into the form that the policy asks (alert/timing.h,
 * alert/followup.h).
 */
#ifndef TOCSIN_CONFIG_TIMING_H
#define TOCSIN_CONFIG_TIMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/calendar.h"
#include "base/err.h"

/* What stands for the system's zone, and for no digest and no limit. */
#define TIMING_SYSTEM "system"
#define TIMING_NONE   "none"
#define TIMING_MOST   1000 /* at-most; beyond that it is no limit any more */
#define TIMING_REMIND 8    /* reminders of one alert */

/* "22:00-07:00", "Sat,Sun 00:00-24:00": on these weekdays, from one minute of the day to another;
 * on the next day, if that is not later. */
struct timing_hours {
    unsigned weekdays; /* bit 1 Monday to bit 7 Sunday: on which it begins */
    int begin_min, end_min;
};
int timing_hours_parse(const char *text, struct timing_hours *hours, struct err *err);

/* "10/1h": so many in any so long; TIMING_NONE: 0. */
int timing_rate_parse(const char *text, int64_t *n, int64_t *ms, struct err *err);

/* "30m": a delay of a second to a year. */
int timing_delay_parse(const char *text, int64_t *ms, struct err *err);

struct config_timing {
    struct timing_hours *quiet;
    size_t n_quiet;
    struct zone *zone; /* of quiet, and of a digest that names none */
    bool has_digest;
    struct calendar digest;
    struct zone *digest_zone;         /* NULL: as zone */
    int64_t batch_ms;                 /* 0: none */
    int64_t most, most_ms;            /* 0: no limit */
    int64_t remind_ms[TIMING_REMIND]; /* each after the ring before */
    size_t n_remind;
    int64_t escalate_ms; /* 0: all notifiers at once */
};

struct config_route;
/* Of options that were read without a fault; NULL when the route rings at any time. */
struct config_timing *timing_new(const struct config_route *route);
void timing_free(struct config_timing **timing);

#endif
