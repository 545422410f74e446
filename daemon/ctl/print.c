/* How tocsinctl shows things: colour, tables, quotes, times; nothing of it knows a command. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <utf8proc.h>

#include <tocsin/plugin.h>
#include <tocsin/text.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/zone.h"
#include "ctl/ctl.h"

const char *ctl_colour(const struct ctl *ctl, enum ctl_colour colour)
{
    static const char *const codes[] = {
        [CTL_PLAIN] = "\033[0m", [CTL_BOLD] = "\033[1m",   [CTL_DIM] = "\033[2m",
        [CTL_RED] = "\033[31m",  [CTL_GREEN] = "\033[32m", [CTL_YELLOW] = "\033[33m",
    };
    return ctl->colour ? codes[colour] : "";
}

const char *ctl_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

int64_t ctl_int(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

enum ctl_colour ctl_state_colour(const char *state)
{
    static const char *const good[] = {"watching", "polling", "ready", "running",
                                       "sent",     "up",      "open"};
    static const char *const bad[] = {"unavailable", "down", "dead"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        if (strcmp(state, good[i]) == 0)
            return CTL_GREEN;
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (strcmp(state, bad[i]) == 0)
            return CTL_RED;
    }
    return CTL_YELLOW;
}

const char *ctl_severity(int64_t severity)
{
    switch (severity) {
    case TOCSIN_LOW:
        return "low";
    case TOCSIN_NORMAL:
        return "normal";
    case TOCSIN_HIGH:
        return "high";
    case TOCSIN_URGENT:
        return "urgent";
    }
    return "?";
}

/* ---- text as a terminal may see it ---- */

/* Something that steers a terminal or turns a line around: controls and format characters. */
static bool steers(utf8proc_int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF;
}

bool ctl_is_safe(const char *text)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    utf8proc_int32_t c;
    for (utf8proc_ssize_t n; *at; at += n) {
        n = utf8proc_iterate(at, -1, &c);
        if (n <= 0 || steers(c))
            return false;
    }
    return true;
}

void ctl_print_lines(FILE *out, const char *text)
{
    AUTO_BUF struct buf safe = {0};
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    while (*at) {
        utf8proc_int32_t c;
        utf8proc_ssize_t n = utf8proc_iterate(at, -1, &c);
        if (n <= 0 || (c != '\n' && steers(c)))
            buf_puts(&safe, "\uFFFD");
        else
            buf_append(&safe, at, (size_t)n);
        at += n > 0 ? n : 1;
    }
    fputs(buf_text(&safe), out);
}

void ctl_complain(const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, va);
    va_end(va);
    for (size_t len = strlen(text); len && text[len - 1] == '\n'; len--)
        text[len - 1] = '\0';
    fputs("tocsinctl: ", stderr);
    ctl_print_lines(stderr, text);
    fputc('\n', stderr);
}

void ctl_print(const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, va);
    va_end(va);
    ctl_print_lines(stdout, text);
}

/* JSON lets everything through that is not ASCII, and DEL; in a text, \u says the same. */
static void append_json(struct buf *out, const char *text)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    utf8proc_int32_t c;
    for (utf8proc_ssize_t n; *at && (n = utf8proc_iterate(at, -1, &c)) > 0; at += n) {
        if (c < 0x7f || !steers(c))
            buf_append(out, at, (size_t)n);
        else if (c < 0x10000)
            buf_printf(out, "\\u%04x", (unsigned)c);
        else
            buf_printf(out, "\\u%04x\\u%04x", 0xd7c0 + ((unsigned)c >> 10),
                       0xdc00 + ((unsigned)c & 0x3ff));
    }
}

static bool print_json(const json_t *value, size_t flags)
{
    AUTO_FREE char *text = json_dumps(value, flags | JSON_ENCODE_ANY);
    AUTO_BUF struct buf out = {0};
    append_json(&out, text ? text : "null");
    buf_putc(&out, '\n');
    return fputs(buf_text(&out), stdout) >= 0;
}

bool ctl_print_json(const json_t *value)
{
    return print_json(value, JSON_INDENT(2));
}

bool ctl_print_json_line(const json_t *value)
{
    return print_json(value, JSON_COMPACT);
}

/* Appends `len` bytes of text as it may be shown; returns how many columns they take. */
static size_t append_safe(struct buf *out, const char *text, size_t len)
{
    AUTO_FREE char *safe = tocsin_display(text, len);
    buf_puts(out, safe);
    size_t columns = 0;
    utf8proc_int32_t c;
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)safe;
    for (utf8proc_ssize_t n; *at && (n = utf8proc_iterate(at, -1, &c)) > 0; at += n) {
        int width = utf8proc_charwidth(c);
        columns += width > 0 ? (size_t)width : 0;
    }
    return columns;
}

void ctl_print_wrapped(FILE *out, size_t indent, size_t width, const char *text)
{
    size_t column = indent;
    bool begun = false;
    for (size_t len; *text; text += len + (text[len] == ' ')) {
        len = strcspn(text, " ");
        AUTO_BUF struct buf word = {0};
        size_t columns = append_safe(&word, text, len);
        if (begun && column + 1 + columns > width) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
            begun = false;
        }
        fprintf(out, "%s%s", begun ? " " : "", buf_text(&word));
        column += columns + (begun ? 1 : 0);
        begun = true;
    }
    fputc('\n', out);
}

void ctl_print_safe(const char *text)
{
    AUTO_BUF struct buf out = {0};
    append_safe(&out, text, strlen(text));
    fputs(buf_text(&out), stdout);
}

static void print_quote(const struct ctl *ctl, const json_t *piece)
{
    const char *quote = ctl_text(piece, "quote");
    const json_t *mark = json_object_get(piece, "mark");
    size_t len = strlen(quote);
    size_t start = (size_t)json_integer_value(json_array_get(mark, 0));
    size_t end = (size_t)json_integer_value(json_array_get(mark, 1));
    end = end > len ? len : end;
    start = start > end ? end : start;
    bool marked = end > start;
    AUTO_BUF struct buf out = {0};
    append_safe(&out, quote, start);
    if (marked)
        buf_puts(&out, ctl->colour ? ctl_colour(ctl, CTL_BOLD) : "»");
    append_safe(&out, quote + start, end - start);
    if (marked)
        buf_puts(&out, ctl->colour ? ctl_colour(ctl, CTL_PLAIN) : "«");
    append_safe(&out, quote + end, len - end);
    printf("“%s”", buf_text(&out));
}

void ctl_print_quotes(const struct ctl *ctl, int indent, const json_t *evidence)
{
    size_t i;
    json_t *piece;
    json_array_foreach(evidence, i, piece)
    {
        printf("%*s", indent, "");
        print_quote(ctl, piece);
        putchar('\n');
    }
}

void ctl_print_fields(int indent, const json_t *fields)
{
    const char *name;
    json_t *values;
    json_object_foreach((json_t *)(uintptr_t)fields, name, values)
    {
        printf("%*s", indent, "");
        ctl_print_safe(name);
        for (size_t i = 0; i < json_array_size(values); i++) {
            const char *value = json_string_value(json_array_get(values, i));
            fputs(i ? ", " : ": ", stdout);
            ctl_print_safe(value ? value : "");
        }
        putchar('\n');
    }
}

void ctl_print_count(int64_t n, const char *word)
{
    printf("%" PRId64 " %s%s", n, word, n == 1 ? "" : "s");
}

void ctl_format_time(int64_t utc_ms, char *text, size_t size)
{
    time_t seconds = (time_t)(utc_ms / 1000);
    struct tm tm;
    text[0] = '\0';
    if (localtime_r(&seconds, &tm) && !strftime(text, size, "%Y-%m-%d %H:%M:%S", &tm))
        text[0] = '\0';
}

void ctl_print_time(int64_t utc_ms)
{
    char text[32];
    ctl_format_time(utc_ms, text, sizeof(text));
    fputs(text, stdout);
}

void ctl_print_date(const json_t *object)
{
    char date[16];
    str_date_format((int32_t)ctl_int(object, "date"), date, sizeof(date));
    fputs(*date ? date : "undated", stdout);
}

char *ctl_span(int64_t ms)
{
    static const struct {
        int64_t ms;
        char unit;
    } units[] = {{86400000, 'd'}, {3600000, 'h'}, {60000, 'm'}};
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (ms >= units[i].ms)
            return mem_printf("%" PRId64 "%c", ms / units[i].ms, units[i].unit);
    }
    return mem_printf("%" PRId64 "s", ms > 0 ? ms / 1000 : 0);
}

int64_t ctl_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* "16:00", or nothing. */
static bool clock_parse(const char *text, struct civil *civil)
{
    if (!*text)
        return true;
    if (strspn(text, "0123456789") != 2 || text[2] != ':' || strspn(text + 3, "0123456789") != 2 ||
        text[5])
        return false;
    civil->hour = (text[0] - '0') * 10 + text[1] - '0';
    civil->minute = (text[3] - '0') * 10 + text[4] - '0';
    return civil->hour < 24 && civil->minute < 60;
}

bool ctl_moment_parse(const char *text, int64_t *utc_ms)
{
    int64_t ago_ms;
    int32_t date;
    if (str_duration_parse(text, &ago_ms)) {
        *utc_ms = ctl_now_ms() - ago_ms;
        return true;
    }
    size_t len = strcspn(text, " T");
    if (!str_date_parse(text, len, &date))
        return false;
    struct civil civil = {.year = date / 10000, .month = date / 100 % 100, .day = date % 100};
    struct err err;
    struct zone *zone =
        clock_parse(text + len + (text[len] != '\0'), &civil) ? zone_open("", &err) : NULL;
    if (!zone)
        return false;
    *utc_ms = zone_utc(zone, &civil) * 1000;
    zone_free(&zone);
    return true;
}

/* A cell as text; the caller frees it. */
static char *cell_text(const json_t *value, size_t *columns)
{
    AUTO_BUF struct buf out = {0};
    AUTO_FREE char *plain = NULL;
    if (json_is_string(value))
        plain = mem_strdup(json_string_value(value));
    else if (json_is_integer(value))
        plain = mem_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_boolean(value))
        plain = mem_strdup(json_is_true(value) ? "yes" : "no");
    else if (json_is_array(value)) {
        size_t i;
        json_t *item;
        AUTO_BUF struct buf list = {0};
        json_array_foreach(value, i, item) buf_printf(
            &list, "%s%s", i ? ", " : "", json_is_string(item) ? json_string_value(item) : "?");
        plain = buf_take(&list);
    }
    *columns = append_safe(&out, plain ? plain : "", plain ? strlen(plain) : 0);
    return buf_take(&out);
}

static void pad(size_t from, size_t to)
{
    for (; from < to; from++)
        putchar(' ');
}

void ctl_print_table(const struct ctl *ctl, const json_t *list, const char *const *columns,
                     size_t n_columns)
{
    size_t n_rows = json_array_size(list);
    size_t *widths = NEW_N(size_t, n_columns);
    for (size_t c = 0; c < n_columns; c++) {
        widths[c] = strlen(columns[c]);
        for (size_t r = 0; r < n_rows; r++) {
            size_t width;
            free(cell_text(json_object_get(json_array_get(list, r), columns[c]), &width));
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    fputs(ctl_colour(ctl, CTL_DIM), stdout);
    for (size_t c = 0; c < n_columns; c++) {
        for (const char *at = columns[c]; *at; at++)
            putchar(*at == '_' ? ' ' : (*at >= 'a' && *at <= 'z' ? *at - 32 : *at));
        if (c + 1 < n_columns)
            pad(strlen(columns[c]), widths[c] + 2);
    }
    printf("%s\n", ctl_colour(ctl, CTL_PLAIN));
    for (size_t r = 0; r < n_rows; r++) {
        for (size_t c = 0; c < n_columns; c++) {
            size_t width;
            AUTO_FREE char *text =
                cell_text(json_object_get(json_array_get(list, r), columns[c]), &width);
            fputs(text, stdout);
            if (c + 1 < n_columns)
                pad(width, widths[c] + 2);
        }
        putchar('\n');
    }
    free(widths);
}
