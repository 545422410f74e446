/* Reading topics files. Every problem of every file is said, not only the first. */
#include "topics/file.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "config/tree.h"
#include "topics/bulk.h"

static const char *const topic_keys[] = {"query",    "severity", "labels", "description",
                                         "language", "shadow",   "private"};

void topics_deinit(struct topic_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        topic_deinit(&list->items[i]);
    free(list->items);
    *list = (struct topic_list){0};
}

bool topics_is_test(const char *file)
{
    return str_ends(file, TOPIC_TESTS_ENDING);
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

static int read_language(struct topic *topic, const struct tree *map, const char *what,
                         struct diags *diags)
{
    const struct tree *value = get_text(map, "language", what, diags);
    if (!value)
        return 0;
    if (topic_check_language(value->text, value->at, what, diags) < 0)
        return -1;
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
    topic->text = mem_strndup(value->text, value->text_len);
    if (topic_parse(topic, value->text_len, value->at, what, diags) < 0)
        return -1;
    warn_lost_quotes(value, topic->query, what, diags);
    return 0;
}

static int read_labels(struct topic *topic, const struct tree *map, const char *what,
                       struct diags *diags)
{
    const struct tree *list = tree_get(map, "labels");
    topic->labels = NEW_N(char *, (list ? list->n : 0) + 2); /* one for private */
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

static bool read_switch(const struct tree *map, const char *key, const char *what,
                        struct diags *diags)
{
    const struct tree *value = get_text(map, key, what, diags);
    bool on = false;
    if (value && !str_bool_parse(value->text, &on))
        diags_error(diags, value->at, "%s: \"%s\" is true or false, not \"%s\"", what, key,
                    value->text);
    return on;
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
    const struct tree *severity = get_text(map, "severity", what, diags);
    topic_set_severity(topic, severity ? severity->text : NULL, severity ? severity->at : topic->at,
                       what, diags);
    read_labels(topic, map, what, diags);
    topic->shadow = read_switch(map, "shadow", what, diags);
    if (read_switch(map, "private", what, diags))
        topic_make_private(topic);
    const struct tree *description = get_text(map, "description", what, diags);
    topic->description = description ? mem_strdup(description->text) : NULL;
    return diags->n_errors > errors ? -1 : 0;
}

static void read_tree(const struct tree *tree, const char *file, use_topic *use, void *arg,
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
        if (read_topic(&topic, topics->items[i], diags) == 0)
            use(arg, &topic);
        topic_deinit(&topic);
    }
}

void topics_each(const char *file, const char *text, size_t len, int lines, use_topic *use,
                 void *arg, struct diags *diags)
{
    if (bulk_is_name(file)) {
        bulk_parse(file, text, len, lines, use, arg, diags);
        return;
    }
    struct tree *tree = tree_parse(file, text, len, diags);
    if (tree)
        read_tree(tree, file, use, arg, diags);
    tree_free(&tree);
}

static void add_topic(void *arg, struct topic *topic)
{
    struct topic_list *list = arg;
    list->items = mem_grow(list->items, &list->cap, list->n + 1, sizeof(*list->items));
    list->items[list->n++] = *topic;
    *topic = (struct topic){0};
}

void topics_parse(struct topic_list *list, const char *file, const char *text, size_t len,
                  struct diags *diags)
{
    topics_each(file, text, len, 0, add_topic, list, diags);
}

void topics_read(struct topic_list *list, const char *file, struct diags *diags)
{
    AUTO_BUF struct buf text = {0};
    if (tree_read_bytes(file, &text, diags) == 0)
        topics_parse(list, file, buf_text(&text), text.len, diags);
}
