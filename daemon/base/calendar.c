/* Finding the next moment; see calendar.h. What is written is read in calendar_parse.c. */
#include "base/calendar.h"

#include <time.h>

#include "base/mem.h"

#define LAST_YEAR 2199

/* The smallest value from `from` to `max` that the field allows, -1: none. */
static int field_next(const struct calendar_field *field, int from, int max)
{
    int best = -1;
    if (!field->n)
        return from <= max ? from : -1;
    for (size_t i = 0; i < field->n; i++) {
        const struct calendar_span *span = &field->spans[i];
        int at = span->first;
        if (at < from)
            at += (from - at + span->step - 1) / span->step * span->step;
        if (at <= span->last && at <= max && (best < 0 || at < best))
            best = at;
    }
    return best;
}

/* The first day of the month, from this one on, that both its number and its weekday allow. */
static int day_next(const struct calendar *calendar, const struct civil *civil)
{
    const struct calendar_field *field = &calendar->fields[CALENDAR_DAY];
    int last = civil_last_day(civil);
    struct civil day = *civil;
    for (; day.day <= last; day.day++) {
        int number = calendar->from_end ? last + 1 - day.day : day.day;
        bool is_allowed = !calendar->weekdays || calendar->weekdays >> civil_weekday(&day) & 1;
        if (is_allowed && field_next(field, number, number) == number)
            return day.day;
    }
    return -1;
}

static int unit_next(const struct calendar *calendar, const struct civil *civil,
                     enum calendar_unit unit, int from)
{
    static const int max[CALENDAR_UNITS] = {LAST_YEAR, 12, 31, 23, 59, 59};
    if (unit == CALENDAR_DAY)
        return day_next(calendar, civil);
    return field_next(&calendar->fields[unit], from, max[unit]);
}

static int *field_of(struct civil *civil, size_t unit)
{
    int *const fields[CALENDAR_UNITS] = {&civil->year, &civil->month,  &civil->day,
                                         &civil->hour, &civil->minute, &civil->second};
    return fields[unit];
}

/* Everything smaller begins anew. */
static void restart_below(struct civil *civil, size_t unit)
{
    for (size_t i = unit + 1; i < CALENDAR_UNITS; i++)
        *field_of(civil, i) = i <= CALENDAR_DAY ? 1 : 0;
}

/* The first that is allowed, from this one on. False: there is none. */
static bool civil_next(const struct calendar *calendar, struct civil *civil)
{
    for (size_t unit = 0; unit < CALENDAR_UNITS;) {
        int *field = field_of(civil, unit);
        int next = unit_next(calendar, civil, (enum calendar_unit)unit, *field);
        if (next < 0) { /* one more of what is larger, and once more from there */
            if (unit == 0)
                return false;
            ++*field_of(civil, --unit);
            restart_below(civil, unit);
            continue;
        }
        if (next > *field) {
            *field = next;
            restart_below(civil, unit);
        }
        unit++;
    }
    return true;
}

static void one_second_on(struct civil *civil)
{
    struct tm tm = {.tm_year = civil->year - 1900,
                    .tm_mon = civil->month - 1,
                    .tm_mday = civil->day,
                    .tm_hour = civil->hour,
                    .tm_min = civil->minute,
                    .tm_sec = civil->second + 1};
    timegm(&tm);
    *civil = (struct civil){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                            tm.tm_hour,        tm.tm_min,     tm.tm_sec};
}

int64_t calendar_next(const struct calendar *calendar, const struct zone *zone, int64_t after_s)
{
    struct civil civil = zone_civil(zone, after_s);
    for (;;) {
        one_second_on(&civil);
        if (!civil_next(calendar, &civil))
            return 0;
        int64_t at_s = zone_utc(zone, &civil);
        if (at_s > after_s) /* else the clock shows it a second time */
            return at_s;
    }
}
