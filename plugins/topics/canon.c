/* A query as text again: its canonical form, and its errors with a caret under the place. */
#include <string.h>
#include <tocsin/text.h>

#include "lib/utf8.h"
#include "topics/query.h"

#define CARET_BEFORE 60 /* characters of the query shown before the caret */
#define CARET_AFTER  20
#define INDENT       "    "

static void canon_term(const struct node *term, struct buf *out)
{
    bool quoted = term->n_words > 1;
    buf_puts(out, term->title ? "title:" : "");
    buf_puts(out, quoted ? "\"" : "");
    for (size_t i = 0; i < term->n_words; i++) {
        buf_puts(out, i ? " " : "");
        buf_append(out, term->words[i].folded, term->words[i].len);
    }
    buf_puts(out, term->prefix ? "*" : "");
    buf_puts(out, quoted ? "\"" : "");
}

static void canon_child(const struct node *child, struct buf *out)
{
    bool group = child->kind == NODE_AND || child->kind == NODE_OR;
    buf_puts(out, group ? "(" : "");
    query_canon(child, out);
    buf_puts(out, group ? ")" : "");
}

void query_canon(const struct node *node, struct buf *out)
{
    if (node->kind == NODE_TERM) {
        canon_term(node, out);
        return;
    }
    if (node->kind == NODE_NOT)
        buf_puts(out, "NOT ");
    for (size_t i = 0; i < node->n; i++) {
        if (i)
            buf_puts(out, node->kind == NODE_AND ? " AND " : " OR ");
        canon_child(node->children[i], out);
    }
}

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
    buf_printf(out, "%s\n" INDENT "%*s^\n" INDENT "%s", end < len ? "..." : "", (int)columns, "",
               error->hint);
}
