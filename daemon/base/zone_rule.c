/* Reading and asking a rule; see zone_rule.h. Its grammar is in tzset(3) and RFC 9636, 3.3. */
#include "base/zone_rule.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HOUR_S 3600
#define DAY_S  86400
#define TWO_AM (2 * HOUR_S)

/* ---- reading ---- */

/* "CET", "<+03>": of no interest. */
static bool skip_name(const char **at)
{
    const char *from = *at;
    if (**at == '<') {
        *at += strcspn(*at, ">");
        return *(*at)++ == '>';
    }
    while (isalpha((unsigned char)**at))
        ++*at;
    return *at > from;
}

static bool read_number(const char **at, int max, int *number)
{
    if (!isdigit((unsigned char)**at))
        return false;
    *number = 0;
    while (isdigit((unsigned char)**at) && *number <= max)
        *number = *number * 10 + *(*at)++ - '0';
    return *number <= max;
}

/* [+-]H[:M[:S]] */
static bool read_time(const char **at, int32_t *seconds)
{
    int sign = **at == '-' ? -1 : 1, hours, minutes = 0, rest = 0;
    *at += **at == '-' || **at == '+';
    if (!read_number(at, 167, &hours))
        return false;
    if (**at == ':' && (++*at, !read_number(at, 59, &minutes)))
        return false;
    if (**at == ':' && (++*at, !read_number(at, 59, &rest)))
        return false;
    *seconds = sign * (hours * HOUR_S + minutes * 60 + rest);
    return true;
}

static bool read_day(const char **at, struct zone_rule_day *day)
{
    bool ok;
    *day = (struct zone_rule_day){.time_s = TWO_AM};
    if (*(*at)++ != ',')
        return false;
    if (**at == 'M') {
        ++*at;
        day->kind = RULE_MONTH;
        ok = read_number(at, 12, &day->month) && *(*at)++ == '.' &&
             read_number(at, 5, &day->week) && *(*at)++ == '.' && read_number(at, 6, &day->day);
        ok = ok && day->month && day->week;
    } else {
        day->kind = **at == 'J' ? RULE_JULIAN : RULE_ZERO;
        *at += **at == 'J';
        ok = read_number(at, 365, &day->day);
    }
    if (ok && **at == '/')
        ok = (++*at, read_time(at, &day->time_s));
    return ok;
}

bool zone_rule_parse(const char *text, struct zone_rule *rule)
{
    const char *at = text;
    *rule = (struct zone_rule){0};
    /* POSIX counts west of Greenwich. */
    if (!skip_name(&at) || !read_time(&at, &rule->standard))
        return false;
    rule->standard = -rule->standard;
    if (!*at)
        return true;
    rule->has_summer = true;
    rule->summer = rule->standard + HOUR_S;
    if (!skip_name(&at))
        return false;
    if (*at && *at != ',') {
        if (!read_time(&at, &rule->summer))
            return false;
        rule->summer = -rule->summer;
    }
    return read_day(&at, &rule->begin) && read_day(&at, &rule->end) && !*at;
}

/* ---- asking ---- */

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days of 1970 and later, to the first of a month (1 to 12). */
static int64_t days_to(int year, int month, int *weekday)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = 1};
    int64_t seconds = timegm(&tm);
    *weekday = tm.tm_wday;
    return seconds / DAY_S;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Local seconds since 1970, by the clock that holds until then. */
static int64_t moment(const struct zone_rule_day *day, int year)
{
    int weekday;
    if (day->kind != RULE_MONTH) {
        int64_t days = days_to(year, 1, &weekday) + day->day;
        if (day->kind == RULE_JULIAN) /* from 1, and the 29th of February is not counted */
            days += is_leap(year) && day->day >= 60 ? 0 : -1;
        return days * DAY_S + day->time_s;
    }
    int64_t first = days_to(year, day->month, &weekday);
    int in_month = (day->day - weekday + 7) % 7 + 7 * (day->week - 1);
    while (in_month >= days_of(year, day->month))
        in_month -= 7;
    return (first + in_month) * DAY_S + day->time_s;
}

int32_t zone_rule_offset(const struct zone_rule *rule, int64_t utc_s)
{
    if (!rule->has_summer)
        return rule->standard;
    time_t local = (time_t)(utc_s + rule->standard);
    struct tm tm = {0};
    gmtime_r(&local, &tm);
    int year = tm.tm_year + 1900;
    int64_t begin = moment(&rule->begin, year) - rule->standard;
    int64_t end = moment(&rule->end, year) - rule->summer;
    /* In the south, summer goes on over the new year. */
    bool is_summer = begin < end ? utc_s >= begin && utc_s < end : utc_s >= begin || utc_s < end;
    return is_summer ? rule->summer : rule->standard;
}
