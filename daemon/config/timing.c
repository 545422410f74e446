/* Reading a route's times; see timing.h. */
#include "config/timing.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "config/config.h"

#define DAY_MIN  1440
#define ANY_DAYS 0xfeu

#define DELAY_MOST_MS (365 * INT64_C(86400000))

/* One digit or two. */
static bool read_number(const char **at, int *number)
{
    const char *from = *at;
    for (*number = 0; isdigit((unsigned char)**at) && *at - from < 2; ++*at)
        *number = *number * 10 + (**at - '0');
    return *at > from;
}

/* "7:00", "24:00": minutes of the day. */
static bool read_minutes(const char *text, size_t len, int *minutes)
{
    const char *at = text, *end = text + len;
    int hour, minute;
    if (!read_number(&at, &hour) || *at++ != ':' || !read_number(&at, &minute) || at != end ||
        minute > 59)
        return false;
    *minutes = hour * 60 + minute;
    return *minutes <= DAY_MIN;
}

/* The days of a calendar expression that has nothing else. */
static bool read_days(const char *text, size_t len, unsigned *weekdays)
{
    AUTO_FREE char *days = mem_strndup(text, len);
    struct calendar calendar;
    if (calendar_parse(days, &calendar, NULL) < 0 || !calendar.weekdays || *calendar.zone)
        return false;
    *weekdays = calendar.weekdays;
    return true;
}

int timing_hours_parse(const char *text, struct timing_hours *hours, struct err *err)
{
    const char *blank = strrchr(text, ' ');
    const char *begin = blank ? blank + 1 : text;
    const char *dash = strchr(begin, '-');
    *hours = (struct timing_hours){.weekdays = ANY_DAYS};
    if (dash && read_minutes(begin, (size_t)(dash - begin), &hours->begin_min) &&
        read_minutes(dash + 1, strlen(dash + 1), &hours->end_min) && hours->begin_min < DAY_MIN &&
        hours->begin_min != hours->end_min &&
        (!blank || read_days(text, (size_t)(blank - text), &hours->weekdays)))
        return 0;
    return err_set(err,
                   "\"%s\" are no hours (write them like \"22:00-07:00\" or \"Sat,Sun "
                   "00:00-24:00\")",
                   text);
}

int timing_rate_parse(const char *text, int64_t *n, int64_t *ms, struct err *err)
{
    *n = *ms = 0;
    if (str_equal(text, TIMING_NONE))
        return 0;
    const char *slash = strchr(text, '/');
    AUTO_FREE char *count = mem_strndup(text, slash ? (size_t)(slash - text) : 0);
    if (slash && str_int_parse(count, n) && *n >= 1 && *n <= TIMING_MOST &&
        str_duration_parse(slash + 1, ms) && *ms >= 1000)
        return 0;
    return err_set(
        err,
        "\"%s\" is no limit (write it like \"10/1h\": at most 10, and 1000, in any hour; "
        "or none)",
        text);
}

int timing_delay_parse(const char *text, int64_t *ms, struct err *err)
{
    if (str_duration_parse(text, ms) && *ms >= 1000 && *ms <= DELAY_MOST_MS)
        return 0;
    return err_set(err, "\"%s\" is no delay (write it like 30m or 1h30m; 1s to 365d)", text);
}

static void read_remind(const struct config_route *route, struct config_timing *timing)
{
    for (size_t i = 0; i < route->remind.n && timing->n_remind < TIMING_REMIND; i++)
        if (timing_delay_parse(route->remind.items[i], &timing->remind_ms[timing->n_remind],
                               NULL) == 0)
            timing->n_remind++;
}

static void read_quiet(const struct config_route *route, struct config_timing *timing)
{
    timing->quiet = NEW_N(struct timing_hours, route->quiet.n + 1);
    for (size_t i = 0; i < route->quiet.n; i++)
        if (timing_hours_parse(route->quiet.items[i], &timing->quiet[timing->n_quiet], NULL) == 0)
            timing->n_quiet++;
}

static void read_digest(const struct config_route *route, struct config_timing *timing)
{
    if (str_equal(route->digest, TIMING_NONE))
        return;
    timing->has_digest = calendar_parse(route->digest, &timing->digest, NULL) == 0;
    if (timing->has_digest && *timing->digest.zone)
        timing->digest_zone = zone_open(timing->digest.zone, NULL);
}

struct config_timing *timing_new(const struct config_route *route)
{
    bool is_plain = !route->quiet.n && !route->batch_ms && !route->remind.n &&
                    !route->escalate_ms && str_equal(route->digest, TIMING_NONE) &&
                    str_equal(route->at_most, TIMING_NONE);
    if (is_plain)
        return NULL;
    struct config_timing *timing = NEW(struct config_timing);
    timing->batch_ms = route->batch_ms;
    timing->escalate_ms = route->escalate_ms;
    read_remind(route, timing);
    timing_rate_parse(route->at_most, &timing->most, &timing->most_ms, NULL);
    read_quiet(route, timing);
    read_digest(route, timing);
    bool is_system = str_equal(route->zone, TIMING_SYSTEM);
    timing->zone = zone_open(is_system ? NULL : route->zone, NULL);
    if (!timing->zone) /* it was there when the option was read */
        timing->zone = zone_open("UTC", NULL);
    return timing;
}

void timing_free(struct config_timing **timing)
{
    if (!*timing)
        return;
    free((*timing)->quiet);
    zone_free(&(*timing)->zone);
    zone_free(&(*timing)->digest_zone);
    free(*timing);
    *timing = NULL;
}
