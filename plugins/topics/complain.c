/* An error for a person, with a caret under the place in the query. */
#include "lib/utf8.h"
#include "topics/query.h"

#define CARET_BEFORE 60 /* characters of the query shown before the caret */
#define CARET_AFTER  20
#define INDENT       "    "

/* Shows [start, end) on one line and returns the columns it takes. */
static size_t put_columns(struct buf *out, const char *query, size_t start, size_t end)
{
    size_t columns = 0;
    while (start < end) {
        size_t from = start;
        int32_t c = utf8_next(query, end, &start);
        bool blank = c == UTF8_BAD || c < ' ' || utf8_is_space(c) || utf8_is_bidi_control(c);
        int width = blank ? 1 : utf8proc_charwidth(c);
        if (blank)
            buf_putc(out, ' ');
        else
            buf_append(out, query + from, start - from);
        columns += width > 0 ? (size_t)width : 0;
    }
    return columns;
}

/* Goes back n characters, at most to the start. */
static size_t back(const char *query, size_t at, size_t n)
{
    while (at > 0 && n > 0)
        if (((unsigned char)query[--at] & 0xC0) != 0x80)
            n--;
    return at;
}

void query_error_print(const char *query, size_t len, const struct query_error *error,
                       struct buf *out)
{
    size_t at = error->at < len ? error->at : len;
    size_t start = back(query, at, CARET_BEFORE), end = at;
    for (size_t i = 0; i < CARET_AFTER && end < len; i++)
        utf8_next(query, len, &end);
    buf_printf(out, "%s\n" INDENT "%s", error->text, start ? "..." : "");
    size_t columns = (start ? 3 : 0) + put_columns(out, query, start, at);
    put_columns(out, query, at, end);
    buf_printf(out, "%s\n" INDENT "%*s^", end < len ? "..." : "", (int)columns, "");
    if (error->hint[0])
        buf_printf(out, "\n" INDENT "%s", error->hint);
}
