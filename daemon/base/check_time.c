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

/* The next number of a line, up to a blank. */
static int64_t number(char **rest)
{
    int64_t value = 0;
    const char *word = strsep(rest, " ");
    if (!word || !str_int_parse(word, &value))
        printf("\"%s\" is no number\n", word ? word : "");
    return value;
}

static void answer(char *line)
{
    char *rest = line;
    const char *what = strsep(&rest, " ");
    if (str_equal(what, "zone")) {
        set_zone(rest);
    } else if (str_equal(what, "civil")) {
        show(number(&rest));
    } else if (str_equal(what, "utc")) {
        struct civil at = {0};
        int *const fields[] = {&at.year, &at.month, &at.day, &at.hour, &at.minute, &at.second};
        for (size_t i = 0; i < ARRAY_LEN(fields); i++)
            *fields[i] = (int)number(&rest);
        printf("%lld\n", (long long)zone_utc(zone, &at));
    } else {
        int64_t after_s = number(&rest);
        int n = (int)number(&rest);
        show_next(after_s, n, rest ? rest : "");
    }
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
