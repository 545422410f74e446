/*
 * The notifier `stdout`: alerts on the daemon's standard output, for people (text) or programs
 * (json, one object a line). It needs no power: standard output is inherited.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static void put_json(const struct tocsin_delivery *delivery)
{
    for (size_t i = 0; i < tocsin_delivery_count(delivery); i++) {
        char *line = tocsin_delivery_json(delivery, i);
        fputs(line, stdout);
        putchar('\n');
        free(line);
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
