/*
 * Reading a zone's file and asking it; see zone.h. The transitions of the file hold up to its last;
 * from there on its footer does, a rule as in the variable TZ of POSIX (zone_rule.c).
 */
#include "base/zone.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/zone_rule.h"

#define ZONES_DIR    "/usr/share/zoneinfo"
#define SYSTEMS_ZONE "/etc/localtime"
#define FILE_MAX     (1 << 20)
#define HEADER_BYTES 44
#define TYPE_BYTES   6
#define DAY_S        86400

struct zone {
    size_t n;        /* transitions */
    int64_t *at_s;   /* ascending */
    int32_t *offset; /* from each on */
    int32_t first_offset;
    bool has_rule;
    struct zone_rule rule;
};

void zone_free(struct zone **zone)
{
    if (!*zone)
        return;
    free((*zone)->at_s);
    free((*zone)->offset);
    free(*zone);
    *zone = NULL;
}

/* ---- the file ---- */

struct reader {
    const uint8_t *at;
    size_t left;
};

static const uint8_t *take(struct reader *reader, size_t n)
{
    if (n > reader->left)
        return NULL;
    const uint8_t *bytes = reader->at;
    reader->at += n;
    reader->left -= n;
    return bytes;
}

/* Big-endian. */
static int64_t number(const uint8_t *bytes, size_t n)
{
    uint64_t value = bytes[0] & 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

struct counts {
    size_t is_ut, is_std, leaps, times, types, chars;
};

static int read_header(struct reader *reader, struct counts *counts)
{
    const uint8_t *header = take(reader, HEADER_BYTES);
    if (!header || memcmp(header, "TZif", 4) != 0 || header[4] < '2')
        return -1;
    size_t *const fields[] = {&counts->is_ut, &counts->is_std, &counts->leaps,
                              &counts->times, &counts->types,  &counts->chars};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        *fields[i] = (size_t)number(header + 20 + 4 * i, 4);
        if (*fields[i] > FILE_MAX)
            return -1;
    }
    return counts->types ? 0 : -1;
}

static size_t data_bytes(const struct counts *counts, size_t time_bytes)
{
    return counts->times * (time_bytes + 1) + counts->types * TYPE_BYTES + counts->chars +
           counts->leaps * (time_bytes + 4) + counts->is_std + counts->is_ut;
}

static int read_transitions(struct zone *zone, const struct counts *counts, struct reader *reader)
{
    const uint8_t *times = take(reader, counts->times * 8);
    const uint8_t *indices = take(reader, counts->times);
    const uint8_t *types = take(reader, counts->types * TYPE_BYTES);
    if (!times || !indices || !types)
        return -1;
    zone->n = counts->times;
    zone->at_s = NEW_N(int64_t, zone->n + 1);
    zone->offset = NEW_N(int32_t, zone->n + 1);
    zone->first_offset = (int32_t)number(types, 4);
    for (size_t i = 0; i < zone->n; i++) {
        zone->at_s[i] = number(times + i * 8, 8);
        if (indices[i] >= counts->types || (i && zone->at_s[i] <= zone->at_s[i - 1]))
            return -1;
        zone->offset[i] = (int32_t)number(types + indices[i] * TYPE_BYTES, 4);
    }
    return take(reader, counts->chars + counts->leaps * 12 + counts->is_std + counts->is_ut) ? 0
                                                                                             : -1;
}

/* "\nCET-1CEST,M3.5.0,M10.5.0/3\n"; an empty one says nothing about what follows the file. */
static int read_footer(struct zone *zone, struct reader *reader)
{
    const char *text = (const char *)reader->at;
    const char *end = reader->left ? memchr(text + 1, '\n', reader->left - 1) : NULL;
    if (!end || *text != '\n')
        return -1;
    AUTO_FREE char *footer = mem_strndup(text + 1, (size_t)(end - text - 1));
    if (!*footer)
        return 0;
    zone->has_rule = true;
    return zone_rule_parse(footer, &zone->rule) ? 0 : -1;
}

static int read_zone(struct zone *zone, struct reader *reader)
{
    struct counts counts;
    /* First what is there for readers of 1995, with times of four bytes. */
    if (read_header(reader, &counts) < 0 || !take(reader, data_bytes(&counts, 4)) ||
        read_header(reader, &counts) < 0 || read_transitions(zone, &counts, reader) < 0)
        return -1;
    return read_footer(zone, reader);
}

/* The caller frees it; NULL with the error. */
static uint8_t *read_file(const char *path, size_t *len, struct err *err)
{
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0) {
        err_errno(err, "%s", path);
        return NULL;
    }
    uint8_t *bytes = mem_alloc(FILE_MAX);
    ssize_t got = S_ISREG(st.st_mode) ? read(fd, bytes, FILE_MAX) : -1;
    if (got >= 0) {
        *len = (size_t)got;
        return bytes;
    }
    err_set(err, "%s cannot be read", path);
    free(bytes);
    return NULL;
}

static char *path_of(const char *name, struct err *err)
{
    if (!name || !*name)
        return mem_strdup(SYSTEMS_ZONE);
    if (*name != '/' && !strstr(name, ".."))
        return mem_printf(ZONES_DIR "/%s", name);
    err_set(err, "\"%s\" is no name of a time zone", name);
    return NULL;
}

struct zone *zone_open(const char *name, struct err *err)
{
    struct zone *zone = NEW(struct zone);
    AUTO_FREE char *path = path_of(name, err);
    /* A system without a zone is in UTC. */
    bool is_utc = name && str_equal(name, "UTC");
    if (is_utc || (path && str_equal(path, SYSTEMS_ZONE) && access(path, F_OK) < 0))
        return zone;
    struct reader reader = {0};
    AUTO_FREE uint8_t *bytes = path ? read_file(path, &reader.left, err) : NULL;
    reader.at = bytes;
    if (bytes && read_zone(zone, &reader) == 0)
        return zone;
    if (bytes)
        err_set(err, "%s is no time zone", path);
    zone_free(&zone);
    return NULL;
}

/* ---- asking it ---- */

int32_t zone_offset(const struct zone *zone, int64_t utc_s)
{
    if (!zone->n || utc_s >= zone->at_s[zone->n - 1]) {
        if (zone->has_rule)
            return zone_rule_offset(&zone->rule, utc_s);
        return zone->n ? zone->offset[zone->n - 1] : zone->first_offset;
    }
    size_t low = 0, high = zone->n; /* the first transition after it lies in [low, high] */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (zone->at_s[middle] <= utc_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? zone->offset[low - 1] : zone->first_offset;
}

static struct tm tm_of(const struct civil *civil)
{
    return (struct tm){.tm_year = civil->year - 1900,
                       .tm_mon = civil->month - 1,
                       .tm_mday = civil->day,
                       .tm_hour = civil->hour,
                       .tm_min = civil->minute,
                       .tm_sec = civil->second};
}

struct civil zone_civil(const struct zone *zone, int64_t utc_s)
{
    time_t local = (time_t)(utc_s + zone_offset(zone, utc_s));
    struct tm tm = {0};
    gmtime_r(&local, &tm);
    return (struct civil){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                          tm.tm_hour,        tm.tm_min,     tm.tm_sec};
}

/* The moment in (low_s, high_s] from which on the offset is as at its end. */
static int64_t jump(const struct zone *zone, int64_t low_s, int64_t high_s)
{
    int32_t offset = zone_offset(zone, high_s);
    while (high_s - low_s > 1) {
        int64_t middle = low_s + (high_s - low_s) / 2;
        if (zone_offset(zone, middle) == offset)
            high_s = middle;
        else
            low_s = middle;
    }
    return high_s;
}

int64_t zone_utc(const struct zone *zone, const struct civil *civil)
{
    struct tm tm = tm_of(civil);
    int64_t local = timegm(&tm);
    int32_t before = zone_offset(zone, local - DAY_S), after = zone_offset(zone, local + DAY_S);
    /* Where the clock is put back, the larger offset comes first. */
    if (zone_offset(zone, local - before) == before)
        return local - before;
    if (zone_offset(zone, local - after) == after)
        return local - after;
    return jump(zone, local - after, local - before);
}

int civil_weekday(const struct civil *civil)
{
    struct tm tm = tm_of(civil);
    timegm(&tm);
    return tm.tm_wday ? tm.tm_wday : 7;
}

int civil_last_day(const struct civil *civil)
{
    struct civil last = {civil->year, civil->month + 1, 0, 0, 0, 0};
    struct tm tm = tm_of(&last);
    timegm(&tm);
    return tm.tm_mday;
}
