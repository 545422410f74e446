/* How tocsinctl shows things: colour, tables, quotes, times; nothing of it knows a command. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <utf8proc.h>

#include <tocsin/text.h>

#include "base/buf.h"
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

void ctl_print_json(const json_t *value)
{
    json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
    putchar('\n');
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

void ctl_print_safe(const char *text)
{
    AUTO_BUF struct buf out = {0};
    append_safe(&out, text, strlen(text));
    fputs(buf_text(&out), stdout);
}

void ctl_print_quote(const struct ctl *ctl, const char *quote, size_t mark_start, size_t mark_end)
{
    size_t len = strlen(quote);
    mark_end = mark_end > len ? len : mark_end;
    mark_start = mark_start > mark_end ? mark_end : mark_start;
    AUTO_BUF struct buf out = {0};
    append_safe(&out, quote, mark_start);
    if (mark_end > mark_start)
        buf_puts(&out, ctl->colour ? ctl_colour(ctl, CTL_BOLD) : "»");
    append_safe(&out, quote + mark_start, mark_end - mark_start);
    if (mark_end > mark_start)
        buf_puts(&out, ctl->colour ? ctl_colour(ctl, CTL_PLAIN) : "«");
    append_safe(&out, quote + mark_end, len - mark_end);
    printf("“%s”", buf_text(&out));
}

void ctl_print_time(int64_t utc_ms)
{
    time_t seconds = (time_t)(utc_ms / 1000);
    struct tm tm;
    char text[32];
    if (localtime_r(&seconds, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm))
        fputs(text, stdout);
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
