/*
 * Calendar expressions as systemd's timers have them (systemd.time(7), "Calendar Events"):
 * "Mon..Fri 08:00", "*-*-01 06:30", "Sat,Sun *:0/15", "*-02~01", "daily", with a zone at the end or
 * without. Not in here: fractions of seconds and "@" with seconds since 1970.
 *
 * One thing differs: a time that the clock leaves out when it is put forward comes at that moment,
 * while a timer would leave out that day. Whoever wants a digest at half past two wants it on that
 * day, too.
 */
#ifndef TOCSIN_BASE_CALENDAR_H
#define TOCSIN_BASE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/zone.h"

#define CALENDAR_SPANS 16 /* in one field */

struct calendar_span {
    int first, last, step;
};
/* What a field may be; without a span, anything. */
struct calendar_field {
    struct calendar_span spans[CALENDAR_SPANS];
    size_t n;
};

enum calendar_unit {
    CALENDAR_YEAR,
    CALENDAR_MONTH,
    CALENDAR_DAY,
    CALENDAR_HOUR,
    CALENDAR_MINUTE,
    CALENDAR_SECOND,
    CALENDAR_UNITS
};

struct calendar {
    unsigned weekdays; /* bit 1 Monday to bit 7 Sunday; 0: any */
    struct calendar_field fields[CALENDAR_UNITS];
    bool from_end; /* days are counted from the last of the month, which is 1 */
    char zone[64]; /* "": none is named */
};

int calendar_parse(const char *text, struct calendar *calendar, struct err *err);
/* The first moment later than `after_s` that it means, by the clock of this zone. 0: there is none.
 * Seconds since 1970, UTC. */
int64_t calendar_next(const struct calendar *calendar, const struct zone *zone, int64_t after_s);

#endif
