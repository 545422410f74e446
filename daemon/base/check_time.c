/*
 * What the clocks of zones show and calendar expressions mean, for test_time.py. Reads lines:
 *
 *   zone NAME                         the zone that the following ask
 *   civil UTC_S                       "YYYY-MM-DD hh:mm:ss WEEKDAY"
 *   utc YYYY MM DD hh mm ss           "UTC_S"
 *   next AFTER_S N EXPRESSION         "UTC_S ..." of the next N; "none"; or "error: ..."
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/mem.h"
#include "base/str.h"

static struct zone *zone;

static void set_zone(const char *name)
{
    struct err err;
    zone_free(&zone);
    zone = zone_open(name, &err);
    printf("%s\n", zone ? "ok" : err.text);
}

static void show(int64_t utc_s)
{
    struct civil civil = zone_civil(zone, utc_s);
    printf("%04d-%02d-%02d %02d:%02d:%02d %d\n", civil.year, civil.month, civil.day, civil.hour,
           civil.minute, civil.second, civil_weekday(&civil));
}

static void show_next(int64_t after_s, int n, const char *expression)
{
    struct calendar calendar;
    struct err err;
    if (calendar_parse(expression, &calendar, &err) < 0) {
        printf("error: %s\n", err.text);
        return;
    }
    struct zone *named = *calendar.zone ? zone_open(calendar.zone, &err) : NULL;
    for (int i = 0; i < n; i++) {
        after_s = calendar_next(&calendar, named ? named : zone, after_s);
        if (after_s == 0)
            break;
        printf("%s%lld", i ? " " : "", (long long)after_s);
    }
    puts(after_s ? "" : "none");
    zone_free(&named);
}

static void answer(char *line)
{
    struct civil at;
    long long utc_s;
    int n, used;
    if (str_starts(line, "zone "))
        set_zone(line + 5);
    else if (sscanf(line, "civil %lld", &utc_s) == 1)
        show(utc_s);
    else if (sscanf(line, "utc %d %d %d %d %d %d", &at.year, &at.month, &at.day, &at.hour,
                    &at.minute, &at.second) == 6)
        printf("%lld\n", (long long)zone_utc(zone, &at));
    else if (sscanf(line, "next %lld %d %n", &utc_s, &n, &used) == 2)
        show_next(utc_s, n, line + used);
    else
        printf("what is \"%s\"?\n", line);
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    set_zone("UTC");
    while (getline(&line, &size, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        answer(line);
    }
    free(line);
    zone_free(&zone);
    return 0;
}
