/*
 * The JSON of an alert, the one form that every notifier hands to programs; tocsin.yaml(5) tells
 * its keys, and test_json.c holds both against each other.
 *
 * Called by plugins, on texts that strangers wrote: whatever they hold, what comes out is one line
 * of valid UTF-8 that can neither break into two nor steer the terminal that it is printed on. It
 * is written as it goes: notifiers on a burst do little else.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "lib/objects.h"
#include "lib/utf8.h"

#define REPLACEMENT       "\xEF\xBF\xBD" /* U+FFFD, for a bad byte */
#define REPLACEMENT_BYTES 3

const char *tocsin_severity_name(enum tocsin_severity severity)
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
    return "normal";
}

/* ---- values ---- */

/* What would end a line for some reader, or steer a terminal, or turn a line around. Within a text,
 * where alone such characters stand, each may be written as \u0085. */
static bool is_harmful(int32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 ||
           utf8_is_bidi_control(c);
}

static void put_escaped(struct buf *out, int32_t c)
{
    static const char letters[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *letter = c && c < 0x80 ? strchr(letters, c) : NULL;
    if (letter) {
        buf_putc(out, '\\');
        buf_putc(out, names[letter - letters]);
    } else {
        buf_printf(out, "\\u%04x", (unsigned)c);
    }
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

/* A file's name may be no UTF-8: what is bad in it is then marked, as U+FFFD. */
static void put_text(struct buf *out, const char *text)
{
    size_t len = strlen(text), kept = 0; /* up to there it is in `out` */
    buf_putc(out, '"');
    for (size_t at = 0; at < len;) {
        size_t start = at;
        if (is_plain((unsigned char)text[at])) { /* nearly always */
            at++;
            continue;
        }
        int32_t c = utf8_next(text, len, &at);
        if (c != UTF8_BAD && c >= 0x80 && !is_harmful(c))
            continue;
        buf_append(out, text + kept, start - kept);
        if (c == UTF8_BAD)
            buf_puts(out, REPLACEMENT);
        else
            put_escaped(out, c);
        kept = at;
    }
    buf_append(out, text + kept, len - kept);
    buf_putc(out, '"');
}

static void put_list(struct buf *out, const char *const *items)
{
    buf_putc(out, '[');
    for (size_t i = 0; items[i]; i++) {
        if (i)
            buf_putc(out, ',');
        put_text(out, items[i]);
    }
    buf_putc(out, ']');
}

/* ---- members of an object ---- */

static void put_key(struct buf *out, const char *key)
{
    if (out->data[out->len - 1] != '{')
        buf_putc(out, ',');
    put_text(out, key);
    buf_putc(out, ':');
}

static void add_text(struct buf *out, const char *key, const char *text)
{
    put_key(out, key);
    put_text(out, text);
}

static void add_number(struct buf *out, const char *key, int64_t number)
{
    put_key(out, key);
    buf_printf(out, "%" PRId64, number);
}

/* As a text for people and a number for programs: created and created_ms. */
static void add_time(struct buf *out, const char *key, int64_t utc_ms)
{
    char text[32];
    str_time_format(utc_ms, text, sizeof(text));
    add_text(out, key, text);
    AUTO_FREE char *key_ms = mem_printf("%s_ms", key);
    add_number(out, key_ms, utc_ms);
}

/* Names as they are written, of which several may be one. */
static char **clean_names(const char *const *names, size_t *n)
{
    for (*n = 0; names[*n];)
        ++*n;
    char **clean = NEW_N(char *, *n + 1);
    for (size_t i = 0; i < *n; i++)
        clean[i] = tocsin_host_clean(names[i], REPLACEMENT_BYTES * strlen(names[i]), NULL);
    return clean;
}

static bool was_before(char *const *names, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (str_equal(names[i], names[at]))
            return true;
    return false;
}

/* Several values under one name are one list. */
static void add_fields(struct buf *out, const struct tocsin_revision *revision)
{
    size_t n;
    char **names = clean_names(revision->field_names, &n);
    AUTO_FREE const char **values = NEW_N(const char *, n + 1);
    put_key(out, "fields");
    buf_putc(out, '{');
    for (size_t i = 0; i < n; i++) {
        size_t n_values = 0;
        if (was_before(names, i))
            continue;
        for (size_t k = i; k < n; k++)
            if (str_equal(names[k], names[i]))
                values[n_values++] = revision->field_values[k];
        values[n_values] = NULL;
        put_key(out, names[i]);
        put_list(out, values);
    }
    buf_putc(out, '}');
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

/* ---- the whole ---- */

static void add_delivery(struct buf *out, const struct tocsin_delivery *delivery)
{
    add_text(out, "delivery", delivery->id);
    add_number(out, "attempt", delivery->attempt);
    if (!delivery->summary)
        return;
    add_text(out, "summary", delivery->summary);
    add_number(out, "count", (int64_t)delivery->n_revisions);
    add_number(out, "total", (int64_t)tocsin_delivery_total(delivery));
}

static void add_alert(struct buf *out, const struct tocsin_revision *revision)
{
    add_text(out, "alert", revision->alert_id);
    add_text(out, "revision", revision->revision_id);
    add_number(out, "number", revision->number);
    add_text(out, "status", tocsin_revision_status(revision));
    add_text(out, "detector", revision->detector);
    add_text(out, "topic", revision->topic);
    add_text(out, "headline", revision->headline);
    add_text(out, "change", revision->change);
    add_number(out, "severity", (int)revision->severity);
    add_text(out, "severity_name", tocsin_severity_name(revision->severity));
    put_key(out, "labels");
    put_list(out, revision->labels);
    add_fields(out, revision);
}

static void add_evidence(struct buf *out, const struct tocsin_revision *revision)
{
    char date[16];
    str_date_format(revision->document_date, date, sizeof(date));
    add_text(out, "quote", revision->quote);
    put_key(out, "mark");
    buf_printf(out, "[%zu,%zu]", revision->mark_start, revision->mark_end);
    add_text(out, "title", revision->document_title);
    add_text(out, "path", revision->document_path);
    add_text(out, "source", revision->source);
    add_text(out, "date", date);
    add_number(out, "sources", revision->n_sources);
}

static void add_times(struct buf *out, const struct tocsin_revision *revision)
{
    add_time(out, "started", revision->started_ms);
    add_time(out, "created", revision->created_ms);
    if (revision->resolved)
        add_time(out, "ended", revision->ended_ms);
    if (revision->until_ms)
        add_time(out, "until", revision->until_ms);
}

char *tocsin_delivery_json(const struct tocsin_delivery *delivery, size_t index)
{
    const struct tocsin_revision *revision = tocsin_delivery_revision(delivery, index);
    struct buf out = {0};
    if (!revision)
        return NULL;
    buf_putc(&out, '{');
    add_delivery(&out, delivery);
    add_alert(&out, revision);
    add_evidence(&out, revision);
    add_times(&out, revision);
    buf_putc(&out, '}');
    return buf_take(&out);
}
