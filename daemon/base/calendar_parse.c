/* Reading calendar expressions; see calendar.h. [WEEKDAYS] [DATE] [TIME] [ZONE], or a word. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/calendar.h"
#include "base/mem.h"

static const struct {
    const char *word, *meaning;
} shorthands[] = {
    {"minutely", "*-*-* *:*:00"},         {"hourly", "*-*-* *:00:00"},
    {"daily", "*-*-* 00:00:00"},          {"weekly", "Mon *-*-* 00:00:00"},
    {"monthly", "*-*-01 00:00:00"},       {"quarterly", "*-01,04,07,10-01 00:00:00"},
    {"semiannually", "*-01,07-01 00:00"}, {"yearly", "*-01-01 00:00:00"},
    {"annually", "*-01-01 00:00:00"},
};

static const struct {
    const char *name;
    int min, max;
} units[CALENDAR_UNITS] = {
    [CALENDAR_YEAR] = {"year", 1970, 2199}, [CALENDAR_MONTH] = {"month", 1, 12},
    [CALENDAR_DAY] = {"day", 1, 31},        [CALENDAR_HOUR] = {"hour", 0, 23},
    [CALENDAR_MINUTE] = {"minute", 0, 59},  [CALENDAR_SECOND] = {"second", 0, 59},
};

/* ---- numbers ---- */

static bool read_number(const char **at, int *number)
{
    if (!isdigit((unsigned char)**at))
        return false;
    for (*number = 0; isdigit((unsigned char)**at) && *number < 100000; ++*at)
        *number = *number * 10 + (**at - '0');
    return true;
}

/* N, N..M, N/STEP, N..M/STEP, with "*" for everything in place of N. */
static bool read_span(const char **at, enum calendar_unit unit, struct calendar_span *span)
{
    *span = (struct calendar_span){units[unit].min, units[unit].max, 1};
    bool is_any = **at == '*', has_step;
    if (is_any)
        ++*at;
    else if (!read_number(at, &span->first))
        return false;
    else
        span->last = span->first;
    if (!is_any && strncmp(*at, "..", 2) == 0 && (*at += 2, !read_number(at, &span->last)))
        return false;
    has_step = **at == '/';
    if (has_step && (++*at, !read_number(at, &span->step) || span->step < 1))
        return false;
    if (has_step && span->last == span->first)
        span->last = units[unit].max;
    return true;
}

static int check_span(const struct calendar_span *span, enum calendar_unit unit, struct err *err)
{
    if (span->first < units[unit].min || span->last > units[unit].max)
        return err_set(err, "a %s from %d to %d, not %d", units[unit].name, units[unit].min,
                       units[unit].max, span->first < units[unit].min ? span->first : span->last);
    if (span->first > span->last)
        return err_set(err, "a %s from %d to %d is none", units[unit].name, span->first,
                       span->last);
    return 0;
}

/* Spans with commas between them, up to `end`. */
static int read_field(const char *text, const char *end, enum calendar_unit unit,
                      struct calendar_field *field, struct err *err)
{
    const char *at = text;
    do {
        if (field->n == CALENDAR_SPANS)
            return err_set(err, "more than %d %ss", CALENDAR_SPANS, units[unit].name);
        if (!read_span(&at, unit, &field->spans[field->n]) || at > end || (at < end && *at != ','))
            return err_set(err, "\"%.*s\" is no %s", (int)(end - text), text, units[unit].name);
        if (check_span(&field->spans[field->n++], unit, err) < 0)
            return -1;
    } while (at++ < end);
    return 0;
}

static void set_field(struct calendar *calendar, enum calendar_unit unit, int value)
{
    calendar->fields[unit] = (struct calendar_field){.spans = {{value, value, 1}}, .n = 1};
}

/* ---- parts ---- */

/* [YEAR-]MONTH-DAY or, for days from the end of the month, MONTH~DAY. */
static int read_date(const char *text, struct calendar *calendar, struct err *err)
{
    const char *bounds[4] = {text};
    size_t n = 1;
    for (const char *at = text; *at; at++) {
        if (*at != '-' && *at != '~')
            continue;
        if (n == 3 || calendar->from_end)
            return err_set(err, "\"%s\" is no date", text);
        calendar->from_end = *at == '~';
        bounds[n++] = at + 1;
    }
    if (n == 1)
        return err_set(err, "\"%s\" is no date: YEAR-MONTH-DAY, with * for any", text);
    bounds[n] = text + strlen(text) + 1;
    for (size_t i = 0; i < n; i++) {
        enum calendar_unit unit = (enum calendar_unit)(CALENDAR_DAY - (n - 1) + i);
        if (read_field(bounds[i], bounds[i + 1] - 1, unit, &calendar->fields[unit], err) < 0)
            return -1;
    }
    return 0;
}

/* HOUR:MINUTE[:SECOND] */
static int read_time(const char *text, struct calendar *calendar, struct err *err)
{
    const char *from = text;
    set_field(calendar, CALENDAR_SECOND, 0);
    for (int unit = CALENDAR_HOUR; unit < CALENDAR_UNITS; unit++) {
        const char *end = from + strcspn(from, ":");
        struct calendar_field *field = &calendar->fields[unit];
        *field = (struct calendar_field){0};
        if (read_field(from, end, (enum calendar_unit)unit, field, err) < 0)
            return -1;
        if (!*end && unit > CALENDAR_HOUR) {
            if (unit == CALENDAR_MINUTE)
                set_field(calendar, CALENDAR_SECOND, 0);
            return 0;
        }
        from = end + (*end == ':');
    }
    return err_set(err, "\"%s\" is no time of day: HOUR:MINUTE or HOUR:MINUTE:SECOND", text);
}

/* 1 to 7; 0: no name of a weekday begins here. */
static int read_weekday(const char **at)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    size_t len = 0;
    while (isalpha((unsigned char)(*at)[len]))
        len++;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if ((len == 3 || len == strlen(names[i])) && strncasecmp(*at, names[i], len) == 0) {
            *at += len;
            return (int)i + 1;
        }
    }
    return 0;
}

/* "Mon,Wed..Fri"; false when it is something else. */
static bool read_weekdays(const char *text, unsigned *weekdays)
{
    const char *at = text;
    *weekdays = 0;
    for (;; at++) {
        int first = read_weekday(&at), last = first;
        if (first && strncmp(at, "..", 2) == 0)
            last = (at += 2, read_weekday(&at));
        if (!first || !last)
            return false;
        for (int day = first;; day = day % 7 + 1) {
            *weekdays |= 1u << day;
            if (day == last)
                break;
        }
        if (*at != ',')
            return !*at;
    }
}

/* ---- the whole ---- */

enum part { PART_WEEKDAYS, PART_DATE, PART_TIME, PART_ZONE, N_PARTS };

static const char *meaning_of(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(shorthands); i++)
        if (strcasecmp(shorthands[i].word, word) == 0)
            return shorthands[i].meaning;
    return NULL;
}

static int read_zone(const char *text, struct calendar *calendar, struct err *err)
{
    struct zone *zone = strlen(text) < sizeof(calendar->zone) ? zone_open(text, NULL) : NULL;
    if (!zone)
        return err_set(
            err, "\"%s\" is neither weekdays nor a time zone nor a word such as \"daily\"", text);
    zone_free(&zone);
    memcpy(calendar->zone, text, strlen(text) + 1);
    return 0;
}

/* Reads one part, which has to come after `*last`. */
static int read_part(const char *text, enum part *next, struct calendar *calendar, struct err *err)
{
    unsigned weekdays;
    enum part part = PART_ZONE;
    int result = 0;
    if (read_weekdays(text, &weekdays))
        part = PART_WEEKDAYS;
    else if (!isalpha((unsigned char)*text))
        part = strchr(text, ':') ? PART_TIME : PART_DATE;
    if (part < *next)
        return err_set(err, "\"%s\" is out of place: weekdays, date, time, zone", text);
    *next = part + 1;
    if (part == PART_WEEKDAYS)
        calendar->weekdays = weekdays;
    else if (part == PART_DATE)
        result = read_date(text, calendar, err);
    else if (part == PART_TIME)
        result = read_time(text, calendar, err);
    else
        result = read_zone(text, calendar, err);
    return result;
}

static int read_parts(const char *text, enum part *next, struct calendar *calendar, struct err *err)
{
    AUTO_FREE char *copy = mem_strdup(text);
    char *rest = copy;
    for (char *word; (word = strsep(&rest, " \t"));) {
        const char *meaning = *next == PART_WEEKDAYS ? meaning_of(word) : NULL;
        if (*word && (meaning ? read_parts(meaning, next, calendar, err)
                              : read_part(word, next, calendar, err)) < 0)
            return -1;
    }
    return 0;
}

int calendar_parse(const char *text, struct calendar *calendar, struct err *err)
{
    enum part next = PART_WEEKDAYS;
    *calendar = (struct calendar){0};
    for (int unit = CALENDAR_HOUR; unit < CALENDAR_UNITS; unit++)
        set_field(calendar, (enum calendar_unit)unit, 0);
    if (read_parts(text, &next, calendar, err) < 0)
        return -1;
    return next == PART_WEEKDAYS ? err_set(err, "an empty calendar expression") : 0;
}
