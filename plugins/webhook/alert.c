/* Labels, annotations and times of one alert; see alert.h. */
#include "alert.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/url.h"

#define NOT_ENDED         "0001-01-01T00:00:00Z" /* Go's zero time */
#define FINGERPRINT_CHARS 16

json_t *alert_text(const char *text)
{
    json_t *value = json_string(text);
    if (value)
        return value;
    AUTO_FREE char *clean = tocsin_display(text, strlen(text));
    return json_string(clean);
}

/* Unless there is nothing to say. */
static void put(json_t *object, const char *name, const char *text)
{
    if (*text)
        json_object_set_new(object, name, alert_text(text));
}

static void put_number(json_t *object, const char *name, int number)
{
    AUTO_FREE char *text = mem_printf("%d", number);
    json_object_set_new(object, name, json_string(text));
}

/* PREFIX and the name, each character that Prometheus does not take in a label's name as '_'. */
static char *label_name(const char *prefix, const char *name)
{
    struct buf out = {0};
    buf_puts(&out, prefix);
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        if (c < 0x80 && (isalnum(c) || c == '_'))
            buf_putc(&out, (char)c);
        else if ((c & 0xC0) != 0x80) /* of a longer character, its first byte stands for all */
            buf_putc(&out, '_');
    }
    return buf_take(&out);
}

/* Several values under one name are joined. */
static void put_joined(json_t *object, const char *name, const char *text)
{
    const char *before = json_string_value(json_object_get(object, name));
    AUTO_FREE char *joined = before ? mem_printf("%s, %s", before, text) : mem_strdup(text);
    put(object, name, joined);
}

json_t *alert_group_labels(const struct tocsin_revision *revision)
{
    json_t *labels = json_object();
    put(labels, "alert_id", revision->alert_id);
    put(labels, "alertname", revision->is_fact ? revision->detector : revision->topic);
    return labels;
}

static json_t *labels_json(const struct tocsin_revision *revision)
{
    json_t *labels = alert_group_labels(revision);
    put(labels, "detector", revision->detector);
    put(labels, "status", revision->is_fact ? revision->topic : "");
    put(labels, "severity", tocsin_severity_name(revision->severity));
    put(labels, "source", revision->source);
    for (size_t i = 0; revision->labels[i]; i++) {
        AUTO_FREE char *name = label_name("label_", revision->labels[i]);
        put(labels, name, "true");
    }
    for (size_t i = 0; revision->field_names[i]; i++) {
        AUTO_FREE char *name = label_name("field_", revision->field_names[i]);
        put_joined(labels, name, revision->field_values[i]);
    }
    return labels;
}

static void put_match(json_t *annotations, const struct tocsin_revision *revision)
{
    size_t len = strlen(revision->quote);
    size_t end = revision->mark_end < len ? revision->mark_end : len;
    size_t start = revision->mark_start < end ? revision->mark_start : end;
    AUTO_FREE char *match = mem_strndup(revision->quote + start, end - start);
    put(annotations, "match", match);
}

/* What persons did with it while it lasts: receivers of Alertmanager's form know no status for
 * that. */
static void put_state(json_t *annotations, const struct tocsin_revision *revision)
{
    char until[32];
    if (revision->notice == TOCSIN_NEWS || revision->notice == TOCSIN_ENDED)
        return;
    put(annotations, "state", tocsin_notice_name(revision->notice));
    if (revision->notice != TOCSIN_SNOOZED)
        return;
    str_time_format(revision->until_ms, until, sizeof(until));
    put(annotations, "snoozed_until", until);
}

static json_t *annotations_json(const struct tocsin_revision *revision, const char *digest)
{
    json_t *annotations = json_object();
    char date[16];
    str_date_format(revision->document_date, date, sizeof(date));
    put(annotations, "summary", revision->headline);
    put(annotations, "description", revision->quote);
    put_match(annotations, revision);
    put(annotations, "change", revision->change);
    put(annotations, "document", revision->document_title);
    put(annotations, "path", revision->document_path);
    put(annotations, "date", date);
    for (size_t i = 0; revision->labels[i]; i++)
        put_joined(annotations, "labels", revision->labels[i]);
    put_number(annotations, "revision", revision->number);
    put_number(annotations, "sources", revision->n_sources);
    put(annotations, "digest", digest ? digest : "");
    put_state(annotations, revision);
    return annotations;
}

json_t *alert_json(const struct tocsin_revision *revision, const char *digest)
{
    char started[32], ended[32] = NOT_ENDED;
    str_time_format(revision->started_ms, started, sizeof(started));
    /* Nobody wants to hear of what is muted: to a receiver it is over. */
    bool is_over = revision->notice == TOCSIN_ENDED || revision->notice == TOCSIN_MUTED;
    if (is_over)
        str_time_format(revision->notice_ms, ended, sizeof(ended));
    const char *path = revision->document_path;
    AUTO_FREE char *url = *path ? url_of_file(path) : mem_strdup("");
    AUTO_FREE char *fingerprint = mem_strndup(revision->alert_id, FINGERPRINT_CHARS);
    return json_pack("{s:s, s:o, s:o, s:s, s:s, s:s, s:s}", "status",
                     is_over ? "resolved" : "firing", "labels", labels_json(revision),
                     "annotations", annotations_json(revision, digest), "startsAt", started,
                     "endsAt", ended, "generatorURL", url, "fingerprint", fingerprint);
}
