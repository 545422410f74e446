/*
 * Time zones as tzdata has them (tzfile(5), RFC 9636): what the clock on the wall shows in a zone,
 * and when it shows that. Of any zone in any thread, which localtime_r(3) cannot do. Immutable once
 * it is opened.
 */
#ifndef TOCSIN_BASE_ZONE_H
#define TOCSIN_BASE_ZONE_H

#include <stdint.h>

#include "base/err.h"

struct zone;

/* By its name in tzdata ("Europe/Paris"); "" or NULL is the system's own, "UTC" is always there.
 * NULL when there is no such zone, or its file is damaged. */
struct zone *zone_open(const char *name, struct err *err);
void zone_free(struct zone **zone);

/* A date and a time of day as people write them: months and days from 1. */
struct civil {
    int year, month, day, hour, minute, second;
};

/* Seconds east of Greenwich at that moment; times are seconds since 1970, UTC. */
int32_t zone_offset(const struct zone *zone, int64_t utc_s);
struct civil zone_civil(const struct zone *zone, int64_t utc_s);
/* When the clock shows this: the first time, if it does twice; the moment at which it is put
 * forward over this, if it never does. Fields beyond their range carry over (the 32nd, 24:00). */
int64_t zone_utc(const struct zone *zone, const struct civil *civil);
/* 1 Monday to 7 Sunday. */
int civil_weekday(const struct civil *civil);
/* Of its month. */
int civil_last_day(const struct civil *civil);

#endif
