/* Durations, sizes, dates and near misses; see str.h. */
#include "base/str.h"

#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/mem.h"

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit durations[] = {{"w", 604800000}, {"d", 86400000}, {"h", 3600000},
                                        {"m", 60000},     {"s", 1000},     {"ms", 1}};
static const struct unit sizes[] = {
    {"T", 1LL << 40}, {"G", 1LL << 30}, {"M", 1LL << 20}, {"K", 1LL << 10}, {"", 1}};

bool str_equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
    size_t len = strlen(text), suffix_len = strlen(suffix);
    return len >= suffix_len && strcmp(text + len - suffix_len, suffix) == 0;
}

/* Reads digits; false on none or when the number exceeds INT64_MAX. */
static bool read_number(const char **at, int64_t *value)
{
    if (!isdigit((unsigned char)**at))
        return false;
    int64_t number = 0;
    for (; isdigit((unsigned char)**at); (*at)++) {
        int digit = **at - '0';
        if (number > (INT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *value = number;
    return true;
}

static bool unit_matches(const char *at, const struct unit *unit)
{
    size_t len = strlen(unit->name);
    return strncmp(at, unit->name, len) == 0 && !isalpha((unsigned char)at[len]);
}

bool str_duration_parse(const char *text, int64_t *ms)
{
    if (strcmp(text, "0") == 0) {
        *ms = 0;
        return true;
    }
    int64_t total = 0;
    size_t next_unit = 0;
    do {
        int64_t number;
        if (!read_number(&text, &number))
            return false;
        while (next_unit < ARRAY_LEN(durations) && !unit_matches(text, &durations[next_unit]))
            next_unit++;
        if (next_unit == ARRAY_LEN(durations))
            return false;
        const struct unit *unit = &durations[next_unit++];
        text += strlen(unit->name);
        if (number > (INT64_MAX - total) / unit->factor)
            return false;
        total += number * unit->factor;
    } while (*text);
    *ms = total;
    return true;
}

void str_duration_format(int64_t ms, char *out, size_t size)
{
    size_t at = 0;
    out[0] = '\0';
    /* From days on: "90d" is easier to grasp than "12w6d". */
    for (size_t i = 1; i < ARRAY_LEN(durations) && at + 1 < size; i++) {
        int64_t n = ms / durations[i].factor;
        ms %= durations[i].factor;
        if (n)
            at += (size_t)snprintf(out + at, size - at, "%" PRId64 "%s", n, durations[i].name);
    }
    if (!at)
        snprintf(out, size, "0");
}

bool str_size_parse(const char *text, int64_t *bytes)
{
    int64_t number;
    if (!read_number(&text, &number))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        if (strcmp(text, sizes[i].name) != 0)
            continue;
        if (number > INT64_MAX / sizes[i].factor)
            return false;
        *bytes = number * sizes[i].factor;
        return true;
    }
    return false;
}

void str_size_format(int64_t bytes, char *out, size_t size)
{
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        if (bytes && bytes % sizes[i].factor == 0) {
            snprintf(out, size, "%" PRId64 "%s", bytes / sizes[i].factor, sizes[i].name);
            return;
        }
    }
    snprintf(out, size, "0");
}

bool str_int_parse(const char *text, int64_t *value)
{
    bool negative = *text == '-';
    if (negative)
        text++;
    int64_t number;
    if (!read_number(&text, &number) || *text)
        return false;
    *value = negative ? -number : number;
    return true;
}

bool str_bool_parse(const char *text, bool *value)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcasecmp(text, words[i]) == 0) {
            *value = i % 2;
            return true;
        }
    }
    return false;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

bool str_date_parse(const char *text, size_t len, int32_t *yyyymmdd)
{
    static const char shape[] = "dddd-dd-dd";
    if (len != sizeof(shape) - 1)
        return false;
    int part[3] = {0, 0, 0}, at = 0;
    for (size_t i = 0; i < len; i++) {
        if (shape[i] == '-') {
            if (text[i] != '-')
                return false;
            at++;
        } else if (isdigit((unsigned char)text[i])) {
            part[at] = part[at] * 10 + (text[i] - '0');
        } else {
            return false;
        }
    }
    if (part[0] < 1 || part[1] < 1 || part[1] > 12 || part[2] < 1 ||
        part[2] > days_in_month(part[0], part[1]))
        return false;
    *yyyymmdd = part[0] * 10000 + part[1] * 100 + part[2];
    return true;
}

void str_date_format(int32_t yyyymmdd, char *out, size_t size)
{
    if (!yyyymmdd)
        snprintf(out, size, "%s", "");
    else
        snprintf(out, size, "%04d-%02d-%02d", yyyymmdd / 10000, yyyymmdd / 100 % 100,
                 yyyymmdd % 100);
}

static void utc(int64_t utc_ms, struct tm *tm)
{
    int64_t seconds = utc_ms / 1000 - (utc_ms % 1000 < 0);
    time_t time = (time_t)seconds;
    if (!gmtime_r(&time, tm))
        *tm = (struct tm){.tm_mday = 1, .tm_year = 70};
}

int32_t str_date_from_ms(int64_t utc_ms)
{
    struct tm tm;
    utc(utc_ms, &tm);
    return (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday;
}

void str_time_format(int64_t utc_ms, char *out, size_t size)
{
    struct tm tm;
    utc(utc_ms, &tm);
    int millis = (int)(((utc_ms % 1000) + 1000) % 1000);
    snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
             tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, millis);
}

void str_minute_format(int64_t utc_ms, char *out, size_t size)
{
    struct tm tm;
    utc(utc_ms, &tm);
    snprintf(out, size, "%04d-%02d-%02d %02d:%02d UTC", tm.tm_year + 1900, tm.tm_mon + 1,
             tm.tm_mday, tm.tm_hour, tm.tm_min);
}

#define NEAREST_MAX_LETTERS 48

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance; words longer than the table are taken as far apart. */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > NEAREST_MAX_LETTERS || m > NEAREST_MAX_LETTERS)
        return SIZE_MAX;
    size_t d[NEAREST_MAX_LETTERS + 1][NEAREST_MAX_LETTERS + 1];
    for (size_t i = 0; i <= n; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= m; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        for (size_t j = 1; j <= m; j++) {
            size_t cost = a[i - 1] != b[j - 1];
            d[i][j] = least(least(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[n][m];
}

const char *str_nearest(const char *word, const char *const *candidates, size_t n)
{
    const char *best = NULL;
    size_t limit = strlen(word) / 3;
    size_t best_distance = (limit ? limit : 1) + 1;
    for (size_t i = 0; i < n; i++) {
        size_t far = distance(word, candidates[i]);
        if (far < best_distance) {
            best_distance = far;
            best = candidates[i];
        }
    }
    return best;
}
