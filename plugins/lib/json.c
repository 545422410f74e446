/*
 * The JSON of an alert, the one form that every notifier hands to programs; tocsin.yaml(5) tells
 * its keys, and test_json.c holds both against each other.
 *
 * Called by plugins, on texts that strangers wrote: whatever they hold, what comes out is one line
 * of valid UTF-8 that can neither break into two nor steer the terminal that it is printed on.
 */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "lib/objects.h"
#include "lib/utf8.h"

#define REPLACEMENT_BYTES 3 /* of U+FFFD, which may stand for one bad byte */

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

/* A file's name may be no UTF-8: what is bad in it is then marked, as U+FFFD. */
static json_t *text_json(const char *text)
{
    json_t *value = json_string(text);
    if (value)
        return value;
    AUTO_FREE char *clean = tocsin_host_clean(text, REPLACEMENT_BYTES * strlen(text), NULL);
    return json_string(clean);
}

static json_t *list_json(const char *const *items)
{
    json_t *list = json_array();
    for (; *items; items++)
        json_array_append_new(list, text_json(*items));
    return list;
}

/* Several values under one name are one list. */
static json_t *fields_json(const struct tocsin_revision *revision)
{
    json_t *fields = json_object();
    for (size_t i = 0; revision->field_names[i]; i++) {
        const char *name = revision->field_names[i];
        AUTO_FREE char *clean = tocsin_host_clean(name, REPLACEMENT_BYTES * strlen(name), NULL);
        json_t *values = json_object_get(fields, clean);
        if (!values) {
            values = json_array();
            json_object_set_new(fields, clean, values);
        }
        json_array_append_new(values, text_json(revision->field_values[i]));
    }
    return fields;
}

/* As a text for people and a number for programs: created and created_ms. */
static void set_time(json_t *object, const char *name, int64_t utc_ms)
{
    char text[32];
    str_time_format(utc_ms, text, sizeof(text));
    AUTO_FREE char *name_ms = mem_printf("%s_ms", name);
    json_object_set_new(object, name, json_string(text));
    json_object_set_new(object, name_ms, json_integer(utc_ms));
}

static json_t *delivery_json(const struct tocsin_delivery *delivery)
{
    json_t *object =
        json_pack("{s:o, s:i}", "delivery", text_json(delivery->id), "attempt", delivery->attempt);
    if (!delivery->summary)
        return object;
    json_object_set_new(object, "summary", text_json(delivery->summary));
    json_object_set_new(object, "count", json_integer((json_int_t)delivery->n_revisions));
    json_object_set_new(object, "total", json_integer((json_int_t)tocsin_delivery_total(delivery)));
    return object;
}

static json_t *found_json(const struct tocsin_revision *revision)
{
    char date[16];
    str_date_format(revision->document_date, date, sizeof(date));
    return json_pack(
        "{s:o, s:o, s:i, s:s, s:o, s:o, s:o, s:o, s:i, s:s, s:o, s:o, s:o, s:[I, I], s:o, s:o, "
        "s:o, s:s, s:i}",
        "alert", text_json(revision->alert_id), "revision", text_json(revision->revision_id),
        "number", revision->number, "status", tocsin_revision_status(revision), "detector",
        text_json(revision->detector), "topic", text_json(revision->topic), "headline",
        text_json(revision->headline), "change", text_json(revision->change), "severity",
        (int)revision->severity, "severity_name", tocsin_severity_name(revision->severity),
        "labels", list_json(revision->labels), "fields", fields_json(revision), "quote",
        text_json(revision->quote), "mark", (json_int_t)revision->mark_start,
        (json_int_t)revision->mark_end, "title", text_json(revision->document_title), "path",
        text_json(revision->document_path), "source", text_json(revision->source), "date", date,
        "sources", revision->n_sources);
}

/* What would end a line for some reader, or steer a terminal, or turn a line around. */
static bool is_harmful(int32_t c)
{
    return (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || utf8_is_bidi_control(c);
}

/* The same JSON: such characters stand within strings alone, and may be written as \u0085 there. */
static char *made_harmless(const char *line)
{
    size_t len = strlen(line), kept = 0; /* up to there it is in `out` */
    struct buf out = {0};
    for (size_t at = 0; at < len;) {
        size_t start = at;
        if ((unsigned char)line[at] < 0x7F) { /* nearly always */
            at++;
            continue;
        }
        int32_t c = utf8_next(line, len, &at);
        if (!is_harmful(c))
            continue;
        buf_append(&out, line + kept, start - kept);
        buf_printf(&out, "\\u%04x", (unsigned)c);
        kept = at;
    }
    buf_append(&out, line + kept, len - kept);
    return buf_take(&out);
}

char *tocsin_delivery_json(const struct tocsin_delivery *delivery, size_t index)
{
    const struct tocsin_revision *revision = tocsin_delivery_revision(delivery, index);
    if (!revision)
        return NULL;
    json_t *object = delivery_json(delivery);
    json_t *found = found_json(revision);
    json_object_update(object, found);
    json_decref(found);
    set_time(object, "started", revision->started_ms);
    set_time(object, "created", revision->created_ms);
    if (revision->resolved)
        set_time(object, "ended", revision->ended_ms);
    if (revision->until_ms)
        set_time(object, "until", revision->until_ms);
    char *line = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    if (!line)
        log_fatal("out of memory (an alert as JSON)");
    char *harmless = made_harmless(line);
    free(line);
    return harmless;
}
