/*
 * The texts of a popup. Everything that comes from a document is cleaned of control and
 * bidirectional characters, and escaped where the server reads markup: popups must look the same
 * whoever wrote the document.
 */
#include "popup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/buf.h"

#define QUOTE_MAX_CHARS   220
#define WORDS_MAX_CHARS   120 /* of somebody's own words */
#define REST_LEAST_CHARS  40  /* behind the match */
#define BEFORE_MARK_BYTES 90  /* of the quote are kept before the match */
#define SUMMARY_MAX_CHARS 120
#define DETAIL_MAX_CHARS  60
#define MAX_DETAILS       3
#define MAX_HEADLINES     5

static void put_escaped(struct buf *out, const char *text, bool markup)
{
    for (; *text; text++) {
        if (markup && *text == '&')
            buf_puts(out, "&amp;");
        else if (markup && *text == '<')
            buf_puts(out, "&lt;");
        else if (markup && *text == '>')
            buf_puts(out, "&gt;");
        else
            buf_putc(out, *text);
    }
}

/* Cleaned, cut to max_chars characters (0: not cut), escaped. */
static void put_text(struct buf *out, const char *text, size_t len, size_t max_chars, bool markup)
{
    AUTO_FREE char *clean = tocsin_display(text, len);
    AUTO_FREE char *cut = max_chars ? tocsin_shorten(clean, max_chars) : mem_strdup(clean);
    put_escaped(out, cut, markup);
}

/* Where the shown part of the quote begins: near enough to the match, at a word. */
static size_t quote_begin(const char *quote, size_t mark_start)
{
    if (mark_start <= BEFORE_MARK_BYTES)
        return 0;
    size_t at = mark_start - BEFORE_MARK_BYTES;
    while (at < mark_start && quote[at] != ' ')
        at++;
    return at < mark_start ? at + 1 : mark_start;
}

static const char *const opening[] = {"\"", "“", "«", "„", "‘"};
static const char *const closing[] = {"\"", "”", "»", "“", "’"};

/* The mark with which the quotation begins that begins at byte `at`: an index; -1: none does. */
static int quotation_at(const char *quote, size_t at)
{
    for (size_t i = 0; i < sizeof opening / sizeof *opening; i++) {
        size_t len = strlen(opening[i]);
        if (at >= len && !memcmp(quote + at - len, opening[i], len))
            return (int)i;
    }
    return -1;
}

static void put_quote(struct buf *out, const struct tocsin_revision *revision, bool markup)
{
    const char *quote = revision->quote;
    size_t len = strlen(quote);
    size_t end = revision->mark_end < len ? revision->mark_end : len;
    size_t start = revision->mark_start < end ? revision->mark_start : end;
    /* Somebody's own words are shown by themselves. */
    int quotation = quotation_at(quote, start);
    const char *closed = quotation < 0 ? NULL : strstr(quote + end, closing[quotation]);
    if (closed)
        len = (size_t)(closed - quote);
    size_t begin = quotation < 0 ? quote_begin(quote, start) : start;
    size_t room = quotation < 0 ? QUOTE_MAX_CHARS : WORDS_MAX_CHARS;
    bool mark = markup && end > start && end - start < room;
    buf_puts(out, begin && quotation < 0 ? "“… " : "“");
    put_text(out, quote + begin, start - begin, 0, markup);
    if (mark)
        buf_puts(out, "<b>");
    put_text(out, quote + start, end - start, room, markup);
    if (mark)
        buf_puts(out, "</b>");
    /* The rest gets what the match has left of the room. */
    size_t used = end - begin;
    put_text(out, quote + end, len - end,
             used + REST_LEAST_CHARS < room ? room - used : REST_LEAST_CHARS, markup);
    /* What was cleaned away may leave a blank at the end. */
    while (out->len && out->data[out->len - 1] == ' ')
        out->len--;
    buf_puts(out, "”");
}

static void put_detail(struct buf *out, const char *text, bool markup)
{
    buf_puts(out, out->len ? " · " : "");
    put_text(out, text, strlen(text), DETAIL_MAX_CHARS, markup);
}

static void put_date(struct buf *out, int32_t date, bool markup)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int month = date / 100 % 100;
    if (month < 1 || month > 12)
        return;
    char text[32];
    snprintf(text, sizeof(text), "%d %s %d", date % 100, months[month - 1], date / 10000);
    put_detail(out, text, markup);
}

/* From which status to which, and who says so: "interest → confirmed · by A title". */
static void put_change(struct buf *out, const struct tocsin_revision *revision, bool markup)
{
    if (!*revision->change)
        return;
    bool titled = *revision->document_title;
    AUTO_FREE char *by = mem_printf("by %s", titled ? revision->document_title : revision->source);
    put_detail(out, revision->change, markup);
    put_detail(out, by, markup);
}

/* What the headline and the quote do not say already: "Ferrari · Hypercar · 14 Dec 2025". */
static void put_details(struct buf *out, const struct tocsin_revision *revision, bool markup)
{
    put_change(out, revision, markup);
    int n = 0;
    for (size_t i = 0; revision->field_names[i] && n < MAX_DETAILS; i++) {
        const char *value = revision->field_values[i];
        if (strstr(revision->headline, value) || strstr(revision->quote, value) ||
            !strcmp(revision->field_names[i], "language"))
            continue;
        put_detail(out, value, markup);
        n++;
    }
    if (!revision->field_names[0] && !*revision->change && *revision->document_title &&
        !strstr(revision->headline, revision->document_title))
        put_detail(out, revision->document_title, markup);
    put_date(out, revision->document_date, markup);
    if (revision->n_sources > 1) {
        AUTO_FREE char *sources = mem_printf("%d sources", revision->n_sources);
        put_detail(out, sources, markup);
    }
}

void popup_make(const struct tocsin_revision *revision, bool markup, struct popup *popup)
{
    struct buf summary = {0}, body = {0};
    put_text(&summary, revision->headline, strlen(revision->headline), SUMMARY_MAX_CHARS, false);
    if (*revision->quote)
        put_quote(&body, revision, markup);
    put_details(&body, revision, markup);
    *popup = (struct popup){buf_take(&summary), buf_take(&body)};
}

void popup_make_summary(const char *text, const struct tocsin_revision *const *revisions, size_t n,
                        bool markup, struct popup *popup)
{
    struct buf summary = {0}, body = {0};
    put_text(&summary, text, strlen(text), SUMMARY_MAX_CHARS, false);
    for (size_t i = 0; i < n && i < MAX_HEADLINES; i++) {
        const char *headline = revisions[i]->headline;
        put_text(&body, headline, strlen(headline), SUMMARY_MAX_CHARS, markup);
        buf_putc(&body, '\n');
    }
    buf_puts(&body, "All of them: tocsinctl alert list");
    *popup = (struct popup){buf_take(&summary), buf_take(&body)};
}

void popup_deinit(struct popup *popup)
{
    free(popup->summary);
    free(popup->body);
    *popup = (struct popup){0};
}
