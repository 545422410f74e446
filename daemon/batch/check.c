/* `topic check` and `topic tree`: how the queries of files are read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <jansson.h>

#include "batch/batch.h"
#include "topics/file.h"
#include "topics/keys.h"
#include "topics/load.h"

/* Reads the files one by one, and all together for what only shows then. */
static int read_all(const struct batch *batch, struct topic_list *topics)
{
    AUTO_BUF struct buf image = {0};
    struct diags diags = {0}, ignored = {0};
    for (size_t i = 0; i < batch->n_paths; i++)
        if (access(batch->paths[i], R_OK) < 0)
            diags_error(&diags, (struct config_at){.file = config_file_intern(batch->paths[i])},
                        "%s", strerror(errno));
    for (size_t i = 0; i < batch->n_paths; i++)
        topics_read(topics, batch->paths[i], &ignored);
    int status = EX_CONFIG;
    if (!diags.n_errors &&
        load_index(batch->paths, batch->lists, NULL, &image, &diags) == LOAD_BASE)
        status = EX_OK;
    say_diags(&diags);
    diags_deinit(&diags);
    diags_deinit(&ignored);
    return status;
}

/* ---- JSON ---- */

static json_t *words_json(const struct node *node)
{
    static const char *const kinds[] = {[WORD_PLAIN] = "word",
                                        [WORD_WILD] = "wildcard",
                                        [WORD_FUZZY] = "slips",
                                        [WORD_EXACT] = "exact",
                                        [WORD_STEM] = "stem"};
    json_t *words = json_array();
    for (size_t i = 0; i < node->n_words; i++) {
        const struct query_word *word = &node->words[i];
        json_array_append_new(words, json_pack("{s:s, s:s}", "kind", kinds[word->kind], "text",
                                               word->exact ? word->exact : word->folded));
    }
    return words;
}

static json_t *node_json(const struct node *node)
{
    static const char *const kinds[] = {[NODE_TERM] = "term",
                                        [NODE_WINDOW] = "within",
                                        [NODE_LIST] = "list",
                                        [NODE_REGEX] = "regex",
                                        [NODE_DATE] = "date",
                                        [NODE_WORDS] = "words",
                                        [NODE_LANG] = "lang",
                                        [NODE_AND] = "and",
                                        [NODE_OR] = "or",
                                        [NODE_NOT] = "not",
                                        [NODE_OF] = "of",
                                        [NODE_NEAR] = "near",
                                        [NODE_SENTENCE] = "sentence",
                                        [NODE_PARAGRAPH] = "paragraph",
                                        [NODE_NEW] = "new"};
    AUTO_BUF struct buf canon = {0};
    query_canon(node, &canon);
    json_t *object = json_pack("{s:s, s:s}", "kind", kinds[node->kind], "query", buf_text(&canon));
    if (node->field != FIELD_TEXT)
        json_object_set_new(
            object, "field",
            json_stringn(query_field_name(node->field), strlen(query_field_name(node->field)) - 1));
    if (node->number)
        json_object_set_new(object, "number", json_integer(node->number));
    if (node->n_words)
        json_object_set_new(object, "words", words_json(node));
    if (!node->n)
        return object;
    json_t *parts = json_array();
    for (size_t i = 0; i < node->n; i++)
        json_array_append_new(parts, node_json(node->children[i]));
    json_object_set_new(object, "parts", parts);
    return object;
}

static json_t *topic_json(const struct topic *topic, bool tree)
{
    AUTO_BUF struct buf canon = {0}, keys = {0};
    query_canon(topic->query, &canon);
    keys_print(topic->query, &keys);
    json_t *object =
        json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:i}", "name", topic->name, "severity",
                  (int)topic->severity, "query", topic->text, "canonical", buf_text(&canon),
                  "filed under", buf_text(&keys), "file", topic->at.file, "line", topic->at.line);
    if (tree)
        json_object_set_new(object, "tree", node_json(topic->query));
    return object;
}

static void print_json(const struct topic_list *topics, bool tree)
{
    json_t *list = json_array();
    for (size_t i = 0; i < topics->n; i++)
        json_array_append_new(list, topic_json(&topics->items[i], tree));
    json_dumpf(list, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(list);
}

/* ---- text ---- */

static void print_node(const struct node *node, int depth)
{
    static const char *const groups[] = {
        [NODE_AND] = "AND",           [NODE_OR] = "OR",
        [NODE_NOT] = "NOT",           [NODE_NEAR] = "NEAR",
        [NODE_SENTENCE] = "SENTENCE", [NODE_PARAGRAPH] = "PARAGRAPH",
        [NODE_NEW] = "new:"};
    printf("%*s", depth * 2, "");
    if (!node->n) {
        AUTO_BUF struct buf canon = {0};
        query_canon(node, &canon);
        put_safe(buf_text(&canon));
    } else if (node->kind == NODE_OF) {
        printf("%u OF", node->number);
    } else {
        fputs(groups[node->kind], stdout);
    }
    for (size_t i = 0; node->gaps && i + 1 < node->n; i++)
        printf("%s%u", node->gaps[i].ordered ? " ADJ/" : " /", node->gaps[i].distance);
    putchar('\n');
    for (size_t i = 0; i < node->n; i++)
        print_node(node->children[i], depth + 1);
}

static void print_canonical(const struct topic *topic)
{
    AUTO_BUF struct buf canon = {0};
    query_canon(topic->query, &canon);
    put_safe(topic->name);
    fputs(": ", stdout);
    put_safe(buf_text(&canon));
    putchar('\n');
}

static void print_tree(const struct topic *topic)
{
    AUTO_BUF struct buf keys = {0};
    keys_print(topic->query, &keys);
    put_safe(topic->name);
    fputs(", filed under ", stdout);
    put_safe(buf_text(&keys));
    putchar('\n');
    print_node(topic->query, 1);
}

static int show(const struct batch *batch, bool tree)
{
    struct topic_list topics = {0};
    int status = read_all(batch, &topics);
    if (status == EX_OK && batch->json)
        print_json(&topics, tree);
    for (size_t i = 0; status == EX_OK && !batch->json && i < topics.n; i++) {
        if (tree)
            print_tree(&topics.items[i]);
        else
            print_canonical(&topics.items[i]);
    }
    topics_deinit(&topics);
    return status;
}

int batch_check(const struct batch *batch)
{
    return show(batch, false);
}

int batch_tree(const struct batch *batch)
{
    return show(batch, true);
}
