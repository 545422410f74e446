/*
 * The rule of a time zone for all years to come, as in the variable TZ of POSIX and the footer of
 * tzfile(5): "CET-1CEST,M3.5.0,M10.5.0/3". Part of zone.c.
 */
#ifndef TOCSIN_BASE_ZONE_RULE_H
#define TOCSIN_BASE_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

/* One day of each year, and a time on it. */
struct zone_rule_day {
    enum { RULE_MONTH, RULE_JULIAN, RULE_ZERO } kind;
    int month, week, day; /* M: week 5 is the last; day 0 is Sunday. Else the day of the year */
    int32_t time_s;       /* of the clock that holds until then; may be negative or beyond a day */
};

struct zone_rule {
    int32_t standard, summer; /* seconds east */
    bool has_summer;
    struct zone_rule_day begin, end; /* of summer time */
};

bool zone_rule_parse(const char *text, struct zone_rule *rule);
int32_t zone_rule_offset(const struct zone_rule *rule, int64_t utc_s);

#endif
