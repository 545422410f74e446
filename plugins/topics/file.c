/* Reading topics files. Every problem of every file is said, not only the first. */
#include "topics/file.h"

#include <stdlib.h>
#include <string.h>

#include "config/tree.h"
#include "topics/classes.h"

static const char *const topic_keys[] = {"query", "severity", "labels", "description", "language"};
static const char *const severities[] = {"low", "normal", "high", "urgent"}; /* from TOCSIN_LOW */

static void topic_deinit(struct topic *topic)
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

void topics_deinit(struct topic_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        topic_deinit(&list->items[i]);
    free(list->items);
    *list = (struct topic_list){0};
}

static int check_keys(const struct tree *map, const char *what, const char *const *keys, size_t n,
                      struct diags *diags)
{
    int result = 0;
    for (size_t i = 0; i < map->n; i++) {
        const char *key = map->items[i]->key;
        bool known = false;
        for (size_t at = 0; at < n; at++)
            known |= !strcmp(key, keys[at]);
        AUTO_FREE char *hint = known ? NULL : diag_hint(key, keys, n);
        if (!known)
            result = diags_error(diags, map->items[i]->key_at, "%s: unknown option \"%s\"%s", what,
                                 key, hint);
    }
    return result;
}

/* The value of a key as text; NULL when it is absent or, with an error, something else. */
static const struct tree *get_text(const struct tree *map, const char *key, const char *what,
                                   struct diags *diags)
{
    const struct tree *value = tree_get(map, key);
    if (!value || value->kind == TREE_SCALAR)
        return value;
    diags_error(diags, value->at, "%s: \"%s\" must be text, not a %s", what, key,
                value->kind == TREE_LIST ? "list" : "map");
    return NULL;
}

/* YAML takes the quotes around a whole value away: `query: "le mans"` is two words, anywhere. */
static void warn_lost_quotes(const struct tree *value, const struct node *query, const char *what,
                             struct diags *diags)
{
    if (!value->quoted || query->kind != NODE_AND || strchr(value->text, '\n') ||
        strpbrk(value->text, "\"():*-"))
        return;
    for (size_t i = 0; i < query->n; i++)
        if (query->children[i]->kind != NODE_TERM)
            return;
    if (strstr(value->text, "AND"))
        return;
    diags_warning(diags, value->at,
                  "%s: YAML takes these quotes away, so this looks for the words anywhere; for the "
                  "phrase write '\"%s\"'",
                  what, value->text);
}

static void warn_notes(const struct tree *value, struct query_notes *notes, const char *what,
                       struct diags *diags)
{
    for (size_t i = 0; i < notes->n; i++) {
        struct query_error note = {.at = notes->items[i].at};
        AUTO_BUF struct buf shown = {0};
        memcpy(note.text, notes->items[i].text, sizeof(note.text));
        query_error_print(value->text, value->text_len, &note, &shown);
        diags_warning(diags, value->at, "%s: %s", what, buf_text(&shown));
    }
    query_notes_deinit(notes);
}

static int read_language(struct topic *topic, const struct tree *map, const char *what,
                         struct diags *diags)
{
    const struct tree *value = get_text(map, "language", what, diags);
    if (!value)
        return 0;
    if (!classes_know_language(value->text))
        return diags_error(diags, value->at,
                           "%s: a language is two letters, such as en or de, and no stems of "
                           "\"%s\" are known",
                           what, value->text);
    topic->language = mem_strdup(value->text);
    return 0;
}

static int read_query(struct topic *topic, const struct tree *map, const char *what,
                      struct diags *diags)
{
    size_t errors = diags->n_errors;
    const struct tree *value = get_text(map, "query", what, diags);
    if (!value)
        return diags->n_errors > errors
                   ? -1
                   : diags_error(diags, map->key_at, "%s: its query is missing", what);
    struct query_error error;
    struct query_notes notes = {0};
    topic->text = mem_strndup(value->text, value->text_len);
    topic->query = query_parse(value->text, value->text_len, topic->language, &notes, &error);
    warn_notes(value, &notes, what, diags);
    if (!topic->query) {
        AUTO_BUF struct buf shown = {0};
        query_error_print(value->text, value->text_len, &error, &shown);
        return diags_error(diags, value->at, "%s: %s", what, buf_text(&shown));
    }
    warn_lost_quotes(value, topic->query, what, diags);
    return 0;
}

static int read_severity(struct topic *topic, const struct tree *map, const char *what,
                         struct diags *diags)
{
    const struct tree *value = get_text(map, "severity", what, diags);
    topic->severity = TOCSIN_NORMAL;
    if (!value)
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(severities); i++)
        if (!strcmp(value->text, severities[i])) {
            topic->severity = (enum tocsin_severity)(TOCSIN_LOW + i);
            return 0;
        }
    AUTO_FREE char *hint = diag_hint(value->text, severities, ARRAY_LEN(severities));
    return diags_error(diags, value->at,
                       "%s: a severity is low, normal, high or urgent, not \"%s\"%s", what,
                       value->text, hint);
}

static int read_labels(struct topic *topic, const struct tree *map, const char *what,
                       struct diags *diags)
{
    const struct tree *list = tree_get(map, "labels");
    topic->labels = NEW_N(char *, (list ? list->n : 0) + 1);
    if (!list)
        return 0;
    if (list->kind != TREE_LIST)
        return diags_error(diags, list->at, "%s: labels are a list: [sport, cars]", what);
    for (size_t i = 0; i < list->n; i++) {
        const struct tree *label = list->items[i];
        if (label->kind != TREE_SCALAR || !label->text_len)
            return diags_error(diags, label->at, "%s: a label is a text", what);
        topic->labels[i] = mem_strdup(label->text);
    }
    return 0;
}

static int read_topic(struct topic *topic, const struct tree *map, struct diags *diags)
{
    AUTO_FREE char *what = mem_printf("topic \"%s\"", map->key);
    if (!map->key[0] || strlen(map->key) > TOPIC_NAME_MAX)
        return diags_error(diags, map->key_at, "a topic's name has 1 to %d bytes", TOPIC_NAME_MAX);
    if (map->kind != TREE_MAP)
        return diags_error(diags, map->at, "%s: must be a map with a query: {query: words}", what);
    size_t errors = diags->n_errors;
    check_keys(map, what, topic_keys, ARRAY_LEN(topic_keys), diags);
    topic->name = mem_strdup(map->key);
    topic->at = map->key_at;
    read_language(topic, map, what, diags);
    read_query(topic, map, what, diags);
    read_severity(topic, map, what, diags);
    read_labels(topic, map, what, diags);
    const struct tree *description = get_text(map, "description", what, diags);
    topic->description = description ? mem_strdup(description->text) : NULL;
    return diags->n_errors > errors ? -1 : 0;
}

static void read_tree(struct topic_list *list, const struct tree *tree, const char *file,
                      struct diags *diags)
{
    static const char *const top_keys[] = {"topics"};
    struct config_at whole = {.file = config_file_intern(file)};
    if (tree->kind != TREE_MAP) {
        diags_error(diags, tree->at, "a topics file is a map: topics: {name: {query: words}}");
        return;
    }
    check_keys(tree, "topics file", top_keys, ARRAY_LEN(top_keys), diags);
    const struct tree *topics = tree_get(tree, "topics");
    if (!topics) {
        diags_warning(diags, whole, "there are no topics in this file");
        return;
    }
    if (topics->kind != TREE_MAP) {
        diags_error(diags, topics->at, "topics is a map: name: {query: words}");
        return;
    }
    for (size_t i = 0; i < topics->n; i++) {
        struct topic topic = {0};
        if (read_topic(&topic, topics->items[i], diags) < 0) {
            topic_deinit(&topic);
            continue;
        }
        list->items = mem_grow(list->items, &list->cap, list->n + 1, sizeof(*list->items));
        list->items[list->n++] = topic;
    }
}

void topics_read(struct topic_list *list, const char *file, struct diags *diags)
{
    struct tree *tree = tree_read(file, diags);
    if (tree)
        read_tree(list, tree, file, diags);
    tree_free(&tree);
}

void topics_parse(struct topic_list *list, const char *file, const char *text, size_t len,
                  struct diags *diags)
{
    struct tree *tree = tree_parse(file, text, len, diags);
    if (tree)
        read_tree(list, tree, file, diags);
    tree_free(&tree);
}
