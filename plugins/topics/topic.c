/* A topic as its file says it. */
#include "topics/topic.h"

#include <stdlib.h>
#include <string.h>

#include "topics/stems.h"

static const char *const severities[] = {"low", "normal", "high", "urgent"}; /* from TOCSIN_LOW */

void topic_deinit(struct topic *topic)
{
    free(topic->name);
    free(topic->text);
    query_free(&topic->query);
    for (char **label = topic->labels; label && *label; label++)
        free(*label);
    free(topic->labels);
    free(topic->description);
    free(topic->language);
}

void topic_make_private(struct topic *topic)
{
    size_t n = 0;
    while (topic->labels[n])
        n++;
    topic->labels[n] = mem_strdup(TOCSIN_PRIVATE);
}

static void warn_notes(const struct topic *topic, struct query_notes *notes, struct config_at at,
                       const char *what, struct diags *diags)
{
    for (size_t i = 0; i < notes->n; i++) {
        struct query_error note = {.at = notes->items[i].at};
        AUTO_BUF struct buf shown = {0};
        memcpy(note.text, notes->items[i].text, sizeof(note.text));
        query_error_print(topic->text, strlen(topic->text), &note, &shown);
        diags_warning(diags, at, "%s: %s", what, buf_text(&shown));
    }
    query_notes_deinit(notes);
}

int topic_parse(struct topic *topic, size_t len, struct config_at at, const char *what,
                struct diags *diags)
{
    struct query_error error;
    struct query_notes notes = {0};
    topic->query = query_parse(topic->text, len, topic->language, &notes, &error);
    warn_notes(topic, &notes, at, what, diags);
    if (topic->query)
        return 0;
    AUTO_BUF struct buf shown = {0};
    query_error_print(topic->text, len, &error, &shown);
    return diags_error(diags, at, "%s: %s", what, buf_text(&shown));
}

int topic_check_language(const char *language, struct config_at at, const char *what,
                         struct diags *diags)
{
    struct err err;
    if (!language || stems_check(language, &err) == 0)
        return 0;
    return diags_error(diags, at, "%s: %s", what, err.text);
}

int topic_set_severity(struct topic *topic, const char *name, struct config_at at, const char *what,
                       struct diags *diags)
{
    topic->severity = TOCSIN_NORMAL;
    if (!name)
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(severities); i++)
        if (!strcmp(name, severities[i])) {
            topic->severity = (enum tocsin_severity)(TOCSIN_LOW + i);
            return 0;
        }
    AUTO_FREE char *hint = diag_hint(name, severities, ARRAY_LEN(severities));
    return diags_error(diags, at, "%s: a severity is low, normal, high or urgent, not \"%s\"%s",
                       what, name, hint);
}

int topic_finish(struct topic *topic, const char *severity, struct diags *diags)
{
    size_t errors = diags->n_errors;
    AUTO_FREE char *what = mem_printf("topic \"%.*s\"", TOPIC_NAME_MAX, topic->name);
    if (!topic->name[0] || strlen(topic->name) > TOPIC_NAME_MAX)
        return diags_error(diags, topic->at, "a topic's name has 1 to %d bytes", TOPIC_NAME_MAX);
    topic_set_severity(topic, severity, topic->at, what, diags);
    topic_check_language(topic->language, topic->at, what, diags);
    topic_parse(topic, strlen(topic->text), topic->at, what, diags);
    return diags->n_errors > errors ? -1 : 0;
}
