/*
 * The notifier `stdout`: alerts on the daemon's standard output, for people (text) or programs
 * (json, one object a line). It needs no power: standard output is inherited.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include <tocsin/plugin.h>
#include <tocsin/text.h>

struct state {
    bool json;
    bool colour;
};

static const struct tocsin_option options[] = {
    {.name = "format",
     .type = TOCSIN_OPTION_CHOICE,
     .choices = "text|json",
     .fallback = "text",
     .help = "text for people, or one JSON object a line"},
    {.name = "colour",
     .type = TOCSIN_OPTION_CHOICE,
     .choices = "auto|always|never",
     .fallback = "auto",
     .help = "bold marks and dim details; auto: on a terminal, unless NO_COLOR is set"},
    {0},
};

static int init(struct tocsin_instance *instance, void **result)
{
    struct state *state = calloc(1, sizeof(*state));
    if (!state)
        return tocsin_fail(instance, NULL, 0, 0, "out of memory");
    const char *colour = tocsin_option_text(instance, "colour");
    state->json = strcmp(tocsin_option_text(instance, "format"), "json") == 0;
    state->colour = strcmp(colour, "always") == 0 ||
                    (strcmp(colour, "auto") == 0 && isatty(STDOUT_FILENO) && !getenv("NO_COLOR"));
    *result = state;
    return 0;
}

static void fini(void *state)
{
    free(state);
}

/* ---- for people ---- */

static void put(const char *text, size_t len)
{
    char *clean = tocsin_display(text, len);
    if (clean)
        fputs(clean, stdout);
    free(clean);
}

static const char *severity_sign(enum tocsin_severity severity)
{
    switch (severity) {
    case TOCSIN_LOW:
        return "·";
    case TOCSIN_NORMAL:
        return "●";
    case TOCSIN_HIGH:
        return "▲";
    case TOCSIN_URGENT:
        return "‼";
    }
    return "●";
}

static void put_quote(const struct state *state, const struct tocsin_revision *revision)
{
    size_t len = strlen(revision->quote);
    size_t end = revision->mark_end < len ? revision->mark_end : len;
    size_t start = revision->mark_start < end ? revision->mark_start : end;
    if (!len)
        return;
    fputs("    “", stdout);
    put(revision->quote, start);
    if (end > start)
        fputs(state->colour ? "\033[1m" : "»", stdout);
    put(revision->quote + start, end - start);
    if (end > start)
        fputs(state->colour ? "\033[0m" : "«", stdout);
    put(revision->quote + end, len - end);
    fputs("”\n", stdout);
}

static void put_date(int32_t date)
{
    if (date)
        printf("%04d-%02d-%02d", date / 10000, date / 100 % 100, date % 100);
}

static void put_revision(const struct state *state, const struct tocsin_revision *revision)
{
    const char *bold = state->colour ? "\033[1m" : "", *dim = state->colour ? "\033[2m" : "";
    const char *plain = state->colour ? "\033[0m" : "";
    printf("%s %s", severity_sign(revision->severity), bold);
    put(revision->headline, strlen(revision->headline));
    fputs(plain, stdout);
    if (*revision->change) {
        fputs("  [", stdout);
        put(revision->change, strlen(revision->change));
        fputs("]", stdout);
    }
    putchar('\n');
    put_quote(state, revision);
    printf("    %s", dim);
    put_date(revision->document_date);
    fputs(revision->document_date ? " · " : "", stdout);
    put(revision->document_title, strlen(revision->document_title));
    fputs("\n    ", stdout);
    put(revision->document_path, strlen(revision->document_path));
    if (revision->n_sources > 1)
        printf(" (and %d more)", revision->n_sources - 1);
    printf(" · %s: ", revision->detector);
    put(revision->topic, strlen(revision->topic));
    printf(" · alert %.8s%s\n", revision->alert_id, plain);
}

static void put_text(const struct state *state, const struct tocsin_delivery *delivery)
{
    const char *summary = tocsin_delivery_summary(delivery);
    if (summary) {
        fputs("● ", stdout);
        put(summary, strlen(summary));
        putchar('\n');
    }
    for (size_t i = 0; i < tocsin_delivery_count(delivery); i++)
        put_revision(state, tocsin_delivery_revision(delivery, i));
}

/* ---- for programs ---- */

/* A file's name may be no UTF-8: then it is shown as well as it can be. */
static json_t *text_json(const char *text)
{
    json_t *value = json_string(text);
    if (value)
        return value;
    char *clean = tocsin_display(text, strlen(text));
    value = json_string(clean ? clean : "");
    free(clean);
    return value;
}

static json_t *list_json(const char *const *items)
{
    json_t *list = json_array();
    for (; *items; items++)
        json_array_append_new(list, text_json(*items));
    return list;
}

static json_t *fields_json(const struct tocsin_revision *revision)
{
    json_t *fields = json_object();
    for (size_t i = 0; revision->field_names[i]; i++) {
        json_t *values = json_object_get(fields, revision->field_names[i]);
        if (!values) {
            values = json_array();
            json_object_set_new(fields, revision->field_names[i], values);
        }
        json_array_append_new(values, text_json(revision->field_values[i]));
    }
    return fields;
}

static json_t *revision_json(const struct tocsin_revision *revision)
{
    char date[16] = "";
    if (revision->document_date)
        snprintf(date, sizeof(date), "%04d-%02d-%02d", revision->document_date / 10000,
                 revision->document_date / 100 % 100, revision->document_date % 100);
    return json_pack(
        "{s:s, s:s, s:i, s:s, s:s, s:o, s:o, s:i, s:o, s:o, s:o, s:[I, I], s:o, s:o, s:o, s:s, s:I, "
        "s:i}",
        "alert", revision->alert_id, "revision", revision->revision_id, "number", revision->number,
        "detector", revision->detector, "topic", revision->topic, "headline",
        text_json(revision->headline), "change", text_json(revision->change), "severity",
        (int)revision->severity, "labels", list_json(revision->labels), "fields",
        fields_json(revision), "quote", text_json(revision->quote), "mark",
        (json_int_t)revision->mark_start, (json_int_t)revision->mark_end, "title",
        text_json(revision->document_title), "path", text_json(revision->document_path), "source",
        text_json(revision->source), "date", date, "created_ms", (json_int_t)revision->created_ms,
        "sources", revision->n_sources);
}

/* A summary does not carry all that it sums up: what it says goes with each. */
static void put_json(const struct tocsin_delivery *delivery)
{
    const char *summary = tocsin_delivery_summary(delivery);
    for (size_t i = 0; i < tocsin_delivery_count(delivery); i++) {
        json_t *object = revision_json(tocsin_delivery_revision(delivery, i));
        json_object_set_new(object, "delivery", json_string(tocsin_delivery_id(delivery)));
        if (summary)
            json_object_set_new(object, "summary", json_string(summary));
        json_dumpf(object, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(object);
    }
}

static enum tocsin_result notify(void *arg, const struct tocsin_delivery *delivery,
                                 struct tocsin_outcome *outcome)
{
    const struct state *state = arg;
    if (state->json)
        put_json(delivery);
    else
        put_text(state, delivery);
    if (fflush(stdout) == 0)
        return TOCSIN_OK;
    int error = errno;
    clearerr(stdout);
    tocsin_outcome_reason(outcome, "standard output: %s", strerror(error));
    return error == EPIPE ? TOCSIN_NEVER : TOCSIN_LATER;
}

static const struct tocsin_notifier notifier = {
    .size = sizeof(notifier),
    .powers = TOCSIN_POWERS_NONE,
    .init = init,
    .notify = notify,
    .fini = fini,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,         .name = "stdout",
    .version = PACKAGE_VERSION, .summary = "alerts on standard output, for people or as JSON lines",
    .licence = "ISC",           .options = options,
    .notifier = &notifier,
};
