/* The values of date: and words:, as they are written. */
#include <string.h>

#include "topics/parser.h"

#define YEARS_MAX 9999

static int two_digits(const char *text)
{
    return (int)lex_number(text, 0, 2);
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* 2025, 2025-01 or 2025-01-31: the first and the last day that it means. */
static int read_day(const char *text, size_t len, int32_t *first, int32_t *last)
{
    int year = len >= 4 ? (int)lex_number(text, 0, 4) : -1, month = 0, day = 0;
    if (year < 1 || (len != 4 && len != 7 && len != 10))
        return -1;
    if (len >= 7 && (text[4] != '-' || (month = two_digits(text + 5)) < 1 || month > 12))
        return -1;
    if (len == 10 &&
        (text[7] != '-' || (day = two_digits(text + 8)) < 1 || day > days_of(year, month)))
        return -1;
    *first = year * 10000 + (month ? month : 1) * 100 + (day ? day : 1);
    month = month ? month : 12;
    *last = year * 10000 + month * 100 + (day ? day : days_of(year, month));
    return 0;
}

/* 7d: so many days before today. */
static bool read_days(const char *text, size_t len, int32_t *days)
{
    int64_t number = len > 1 && text[len - 1] == 'd' ? lex_number(text, 0, len - 1) : -1;
    *days = (int32_t)number;
    return number >= 0 && number <= YEARS_MAX * 366;
}

/* A range in which no day is. */
static bool is_empty(const struct query_range *range)
{
    if (range->low_is_days && range->high_is_days)
        return range->low < range->high;
    return !range->low_is_days && !range->high_is_days && range->low > range->high;
}

int parse_date(const char *text, size_t len, struct query_range *range)
{
    int32_t ignored;
    const char *dots = NULL;
    for (size_t i = 0; i + 1 < len && !dots; i++)
        dots = text[i] == '.' && text[i + 1] == '.' ? text + i : NULL;
    *range = (struct query_range){.low = INT32_MIN, .high = INT32_MAX};
    if (!dots)
        return read_day(text, len, &range->low, &range->high);
    size_t low = (size_t)(dots - text), high = len - low - 2;
    if (!low && !high)
        return -1;
    range->low_is_days = read_days(text, low, &range->low);
    if (low && !range->low_is_days && read_day(text, low, &range->low, &ignored) < 0)
        return -1;
    range->high_is_days = read_days(dots + 2, high, &range->high);
    if (high && !range->high_is_days && read_day(dots + 2, high, &ignored, &range->high) < 0)
        return -1;
    if (!low)
        range->low = INT32_MIN;
    if (!high)
        range->high = INT32_MAX;
    return is_empty(range) ? -1 : 0;
}

static int read_count(const char *text, size_t len, int32_t absent, int32_t *count)
{
    int64_t number = len ? lex_number(text, 0, len) : absent;
    *count = (int32_t)number;
    return number < 0 ? -1 : 0;
}

/* >200, <200, 100..200, 100.., ..200 */
int parse_count(const char *text, size_t len, struct query_range *range)
{
    *range = (struct query_range){.low = 0, .high = INT32_MAX};
    if (len > 1 && text[0] == '>') {
        if (read_count(text + 1, len - 1, 0, &range->low) < 0)
            return -1;
        range->low++;
        return 0;
    }
    if (len > 1 && text[0] == '<') {
        if (read_count(text + 1, len - 1, 0, &range->high) < 0)
            return -1;
        return range->high-- > 0 ? 0 : -1;
    }
    for (size_t i = 0; i + 1 < len && len > 2; i++)
        if (text[i] == '.' && text[i + 1] == '.')
            return read_count(text, i, 0, &range->low) < 0 ||
                           read_count(text + i + 2, len - i - 2, INT32_MAX, &range->high) < 0 ||
                           range->low > range->high
                       ? -1
                       : 0;
    return -1;
}
