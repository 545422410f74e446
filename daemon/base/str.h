/*
 * Text of people: durations, sizes, dates, numbers with units, and "did you mean".
 *
 * Durations are written `500ms`, `90s`, `1h30m`, `2d`; sizes `512`, `64K`, `16M`, `1G` (powers of
 * 1024). Dates are a document's: a day without a zone, kept as the number YYYYMMDD, 0 for none.
 */
#ifndef TOCSIN_BASE_STR_H
#define TOCSIN_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool str_equal(const char *a, const char *b); /* NULL equals only NULL */
bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);

/* Units ms, s, m, h, d, w; each at most once, largest first; a bare 0 is allowed. False when it is
 * anything else or too large. */
bool str_duration_parse(const char *text, int64_t *ms);
/* The shortest exact form, in days at most: 5400000 gives "1h30m". */
#define STR_DURATION_SIZE 48
void str_duration_format(int64_t ms, char *out, size_t size);
bool str_size_parse(const char *text, int64_t *bytes);
void str_size_format(int64_t bytes, char *out, size_t size);
bool str_int_parse(const char *text, int64_t *value);
bool str_bool_parse(const char *text, bool *value); /* true/false, yes/no, on/off */

/* A real day of the Gregorian calendar, YYYY-MM-DD with exactly these digits. */
bool str_date_parse(const char *text, size_t len, int32_t *yyyymmdd);
/* "2025-12-14"; "" for 0. out holds 16 bytes. */
void str_date_format(int32_t yyyymmdd, char *out, size_t size);
/* The UTC day of a time. */
int32_t str_date_from_ms(int64_t utc_ms);
/* "2025-12-14T08:00:00.123Z". */
#define STR_TIME_SIZE 32
void str_time_format(int64_t utc_ms, char *out, size_t size);
/* "2025-12-14 08:00 UTC", for people. */
#define STR_MINUTE_SIZE 32
void str_minute_format(int64_t utc_ms, char *out, size_t size);

/* The candidate nearest to `word`, NULL when none is near enough to be a slip of the hand
 * (Damerau-Levenshtein, at most a third of its letters). */
const char *str_nearest(const char *word, const char *const *candidates, size_t n);

#endif
