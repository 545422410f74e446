/* See entry.h. */
#include "entry.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <tocsin/text.h>

#include "base/buf.h"
#include "base/str.h"

#define NAME_MAX_BYTES 64
#define FIELD_PREFIX   "TOCSIN_FIELD_"
#define SHOWN_CHARS    300 /* of the quote, in the message; the field has all of it */

/* Takes the value. An empty one says nothing and is left out. */
static void add(struct entry *entry, const char *name, char *value)
{
    if (!*value) {
        free(value);
        return;
    }
    entry->fields = mem_grow(entry->fields, &entry->cap, entry->n + 1, sizeof(entry->fields[0]));
    entry->fields[entry->n++] = (struct tocsin_journal_field){mem_strdup(name), value};
}

static void add_text(struct entry *entry, const char *name, const char *text)
{
    add(entry, name, mem_strdup(text));
}

static void add_number(struct entry *entry, const char *name, int64_t number)
{
    add(entry, name, mem_printf("%lld", (long long)number));
}

static void add_time(struct entry *entry, const char *name, int64_t utc_ms)
{
    char text[32];
    str_time_format(utc_ms, text, sizeof(text));
    add_text(entry, name, text);
}

void entry_deinit(struct entry *entry)
{
    for (size_t i = 0; i < entry->n; i++) {
        free((char *)(uintptr_t)entry->fields[i].name);
        free((char *)(uintptr_t)entry->fields[i].value);
    }
    free(entry->fields);
    *entry = (struct entry){0};
}

/* ---- what a person reads ---- */

static void put(struct buf *out, const char *text, size_t max_chars)
{
    AUTO_FREE char *clean = tocsin_display(text, strlen(text));
    AUTO_FREE char *shown = tocsin_shorten(clean, max_chars);
    buf_puts(out, shown);
}

static const char *prefix_of(const struct tocsin_revision *revision)
{
    switch (revision->notice) {
    case TOCSIN_NEWS:
        return "";
    case TOCSIN_ENDED:
        return "Ended: ";
    case TOCSIN_ACKNOWLEDGED:
        return "Acknowledged: ";
    case TOCSIN_SNOOZED:
        return "Snoozed: ";
    case TOCSIN_MUTED:
        return "Muted: ";
    }
    return "";
}

/* On one line: what, how it changed, the quote, where it is. */
static char *message_of(const struct tocsin_revision *revision)
{
    struct buf out = {0};
    bool is_news = revision->notice == TOCSIN_NEWS;
    buf_puts(&out, prefix_of(revision));
    put(&out, revision->headline, SHOWN_CHARS);
    if (*revision->change) {
        buf_puts(&out, " [");
        put(&out, revision->change, SHOWN_CHARS);
        buf_puts(&out, "]");
    }
    /* The headline of a topic is often the very sentence. */
    if (*revision->quote && is_news && !strstr(revision->headline, revision->quote)) {
        buf_puts(&out, " \u2014 \u201C");
        put(&out, revision->quote, SHOWN_CHARS);
        buf_puts(&out, "\u201D");
    }
    if (*revision->document_path && is_news) {
        buf_puts(&out, " (");
        put(&out, revision->document_path, SHOWN_CHARS);
        buf_puts(&out, ")");
    }
    return buf_take(&out);
}

/* ---- fields ---- */

static void add_head(struct entry *entry, const char *id, int priority,
                     const struct tocsin_delivery *delivery)
{
    add_text(entry, "MESSAGE_ID", id);
    add_number(entry, "PRIORITY", priority);
    add_text(entry, "SYSLOG_IDENTIFIER", "tocsin");
    add_text(entry, "TOCSIN_DELIVERY", tocsin_delivery_id(delivery));
    add_number(entry, "TOCSIN_ATTEMPT", tocsin_delivery_attempt(delivery));
}

/* "car number" is TOCSIN_FIELD_CAR_NUMBER. */
static void add_field(struct entry *entry, const char *name, const char *value)
{
    char upper[NAME_MAX_BYTES + 1] = FIELD_PREFIX;
    size_t at = strlen(FIELD_PREFIX);
    for (; *name && at < NAME_MAX_BYTES; name++) {
        bool small = *name >= 'a' && *name <= 'z';
        bool kept = (*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9');
        upper[at++] = small ? (char)(*name - 'a' + 'A') : kept ? *name : '_';
    }
    add_text(entry, upper, value);
}

static void add_document(struct entry *entry, const struct tocsin_revision *revision)
{
    char date[16];
    str_date_format(revision->document_date, date, sizeof(date));
    add_text(entry, "TOCSIN_SOURCE", revision->source);
    add_text(entry, "TOCSIN_PATH", revision->document_path);
    add_text(entry, "TOCSIN_TITLE", revision->document_title);
    add_text(entry, "TOCSIN_DATE", date);
    add_text(entry, "TOCSIN_QUOTE", revision->quote);
    add_number(entry, "TOCSIN_SOURCES", revision->n_sources);
}

static void add_alert(struct entry *entry, const struct tocsin_revision *revision)
{
    add_text(entry, "TOCSIN_ALERT", revision->alert_id);
    add_text(entry, "TOCSIN_REVISION", revision->revision_id);
    add_number(entry, "TOCSIN_NUMBER", revision->number);
    add_text(entry, "TOCSIN_STATUS", tocsin_revision_status(revision));
    add_text(entry, "TOCSIN_DETECTOR", revision->detector);
    add_text(entry, "TOCSIN_TOPIC", revision->topic);
    add_text(entry, "TOCSIN_HEADLINE", revision->headline);
    add_text(entry, "TOCSIN_CHANGE", revision->change);
    add_text(entry, "TOCSIN_SEVERITY", tocsin_severity_name(revision->severity));
    add_time(entry, "TOCSIN_STARTED", revision->started_ms);
    if (revision->resolved)
        add_time(entry, "TOCSIN_ENDED", revision->ended_ms);
    if (revision->until_ms)
        add_time(entry, "TOCSIN_UNTIL", revision->until_ms);
    for (size_t i = 0; revision->labels[i]; i++)
        add_text(entry, "TOCSIN_LABELS", revision->labels[i]);
    for (size_t i = 0; revision->field_names[i]; i++)
        add_field(entry, revision->field_names[i], revision->field_values[i]);
}

static const char *kind_of(const struct tocsin_revision *revision)
{
    if (revision->resolved)
        return ENTRY_RESOLVED;
    if (revision->notice)
        return ENTRY_NOTICE;
    return str_equal(revision->detector, "tocsin") ? ENTRY_TROUBLE : ENTRY_FIRING;
}

void entry_of_revision(const struct tocsin_delivery *delivery, size_t index,
                       const struct entry_priorities *priorities, struct entry *entry)
{
    const struct tocsin_revision *revision = tocsin_delivery_revision(delivery, index);
    int priority = priorities->of[revision->severity];
    /* What has become of it is no news to be alarmed at. */
    if (revision->notice && priority < LOG_NOTICE)
        priority = LOG_NOTICE;
    *entry = (struct entry){0};
    add(entry, "MESSAGE", message_of(revision));
    add_head(entry, kind_of(revision), priority, delivery);
    add_alert(entry, revision);
    add_document(entry, revision);
}

/* As urgent as the most urgent that it carries. */
static int priority_of_summary(const struct tocsin_delivery *delivery,
                               const struct entry_priorities *priorities)
{
    int priority = LOG_DEBUG;
    for (size_t i = 0; i < tocsin_delivery_count(delivery); i++) {
        int own = priorities->of[tocsin_delivery_revision(delivery, i)->severity];
        if (own < priority)
            priority = own;
    }
    return priority;
}

void entry_of_summary(const struct tocsin_delivery *delivery,
                      const struct entry_priorities *priorities, struct entry *entry)
{
    const char *summary = tocsin_delivery_summary(delivery);
    *entry = (struct entry){0};
    add(entry, "MESSAGE", tocsin_display(summary, strlen(summary)));
    add_head(entry, ENTRY_SUMMARY, priority_of_summary(delivery, priorities), delivery);
    add_number(entry, "TOCSIN_COUNT", (int64_t)tocsin_delivery_count(delivery));
    add_number(entry, "TOCSIN_TOTAL", (int64_t)tocsin_delivery_total(delivery));
}
