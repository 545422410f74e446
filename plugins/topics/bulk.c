/* Reading topics in bulk. */
#include "topics/bulk.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "topics/bulk_plain.h"

#define LABELS_MAX 32

static bool ends_in(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);
    return len > end_len && !strcmp(text + len - end_len, end);
}

bool bulk_is_name(const char *file)
{
    return ends_in(file, ".tsv") || ends_in(file, ".jsonl");
}

/* Where topics go, and the line at hand. */
struct bulk {
    use_topic *use;
    void *arg;
    struct config_at at;
    struct diags *diags;
};

/* One topic from its texts; `labels` is NULL-terminated. */
static void add(const struct bulk *bulk, const struct bulk_topic *said, const char *const *labels)
{
    struct topic topic = {.at = bulk->at};
    size_t n = 0;
    while (labels[n])
        n++;
    topic.name = mem_strdup(said->name);
    topic.description = said->description ? mem_strdup(said->description) : NULL;
    topic.language = said->language ? mem_strdup(said->language) : NULL;
    topic.shadow = said->shadow;
    topic.text = mem_strndup(said->query, said->query_len);
    topic.labels = NEW_N(char *, n + 2);
    for (size_t i = 0; i < n; i++)
        topic.labels[i] = mem_strdup(labels[i]);
    if (said->is_private)
        topic_make_private(&topic);
    if (topic_finish(&topic, said->severity, bulk->diags) == 0)
        bulk->use(bulk->arg, &topic);
    topic_deinit(&topic);
}

/* ---- TSV ---- */

static void add_tsv(const struct bulk *bulk, char *line)
{
    char *fields[4] = {NULL}, *rest = line;
    size_t n = 0, n_labels = 0;
    while (rest && n < ARRAY_LEN(fields))
        fields[n++] = strsep(&rest, "\t");
    if (n < 2 || rest) {
        diags_error(bulk->diags, bulk->at,
                    "a line is NAME, QUERY, LABELS and SEVERITY with tabs between");
        return;
    }
    const char *labels[LABELS_MAX + 1] = {NULL};
    for (char *label; fields[2] && n_labels < LABELS_MAX && (label = strsep(&fields[2], ","));)
        if (*label)
            labels[n_labels++] = label;
    struct bulk_topic topic = {.name = fields[0],
                               .query = fields[1],
                               .query_len = strlen(fields[1]),
                               .severity = fields[3] && fields[3][0] ? fields[3] : NULL};
    add(bulk, &topic, labels);
}

/* ---- JSON Lines ---- */

/* The text under a key: NULL when there is none, or, with an error, when it is something else. */
static const char *text_of(const json_t *object, const char *key, struct config_at at,
                           struct diags *diags)
{
    const json_t *value = json_object_get(object, key);
    if (value && !json_is_string(value))
        diags_error(diags, at, "\"%s\" must be a text", key);
    return json_string_value(value);
}

static void read_labels(const json_t *object, const char **labels, struct config_at at,
                        struct diags *diags)
{
    const json_t *list = json_object_get(object, "labels");
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(list) && n < LABELS_MAX; i++)
        if (json_string_value(json_array_get(list, i)))
            labels[n++] = json_string_value(json_array_get(list, i));
    if (list && n != json_array_size(list))
        diags_error(diags, at, "\"labels\" must be a list of at most %d texts", LABELS_MAX);
}

static void check_keys(const json_t *object, struct config_at at, struct diags *diags)
{
    static const char *const keys[] = {"name",        "query",    "labels", "severity",
                                       "description", "language", "shadow", "private"};
    const char *key;
    const json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        bool known = false;
        for (size_t i = 0; i < ARRAY_LEN(keys); i++)
            known |= !strcmp(key, keys[i]);
        AUTO_FREE char *hint = known ? NULL : diag_hint(key, keys, ARRAY_LEN(keys));
        if (!known)
            diags_error(diags, at, "unknown option \"%s\"%s", key, hint);
    }
}

static bool switch_of(const json_t *object, const char *key, struct config_at at,
                      struct diags *diags)
{
    const json_t *value = json_object_get(object, key);
    if (value && !json_is_boolean(value))
        diags_error(diags, at, "\"%s\" must be true or false", key);
    return json_is_true(value);
}

static void add_json(const struct bulk *bulk, const char *line, size_t len)
{
    json_error_t error;
    struct config_at at = bulk->at;
    struct diags *diags = bulk->diags;
    json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(object)) {
        at.column = object ? 1 : error.column;
        diags_error(diags, at, "a line is one object of JSON: %s",
                    object ? "this is something else" : error.text);
        json_decref(object);
        return;
    }
    const char *labels[LABELS_MAX + 1] = {NULL};
    size_t errors = diags->n_errors;
    check_keys(object, at, diags);
    struct bulk_topic topic = {.name = text_of(object, "name", at, diags),
                               .query = text_of(object, "query", at, diags),
                               .severity = text_of(object, "severity", at, diags),
                               .description = text_of(object, "description", at, diags),
                               .language = text_of(object, "language", at, diags),
                               .shadow = switch_of(object, "shadow", at, diags),
                               .is_private = switch_of(object, "private", at, diags)};
    read_labels(object, labels, at, diags);
    if (diags->n_errors == errors && (!topic.name || !topic.query))
        diags_error(diags, at, "a topic has a \"name\" and a \"query\"");
    if (diags->n_errors == errors) {
        topic.query_len = json_string_length(json_object_get(object, "query"));
        add(bulk, &topic, labels);
    }
    json_decref(object);
}

static void add_line(const struct bulk *bulk, struct buf *line, bool tsv)
{
    static const char *const no_labels[] = {NULL};
    struct bulk_topic said;
    if (line->len && line->data[line->len - 1] == '\r')
        line->data[--line->len] = '\0';
    if (!line->len || (tsv && line->data[0] == '#'))
        return;
    if (memchr(line->data, '\0', line->len))
        diags_error(bulk->diags, bulk->at, "there is a NUL in this line");
    else if (tsv)
        add_tsv(bulk, line->data);
    else if (bulk_plain(line->data, &said))
        add(bulk, &said, no_labels);
    else
        add_json(bulk, line->data, line->len);
}

void bulk_parse(const char *file, const char *text, size_t len, int lines, use_topic *use,
                void *arg, struct diags *diags)
{
    struct bulk bulk = {.use = use,
                        .arg = arg,
                        .at = {.file = config_file_intern(file), .line = lines, .column = 1},
                        .diags = diags};
    AUTO_BUF struct buf line = {0};
    for (size_t start = 0; start < len;) {
        const char *newline = memchr(text + start, '\n', len - start);
        size_t end = newline ? (size_t)(newline - text) : len;
        bulk.at.line++;
        buf_clear(&line);
        buf_append(&line, text + start, end - start);
        add_line(&bulk, &line, ends_in(file, ".tsv"));
        start = end + 1;
    }
}
