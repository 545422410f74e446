/*
 * From libyaml's events to a tree; see tree.h.
 *
 * Everything that a hostile file could do is bounded here: size, nodes, depth, no aliases, no NUL.
 * What is merely wrong (a key twice, an anchor) is reported and reading goes on, so that a person
 * sees all of it at once.
 */
#include "config/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/map.h"
#include "config/syntax.h"

#define PART_BYTES 65536 /* that are read at a time */

struct reader {
    yaml_parser_t parser;
    const char *file, *text;
    size_t len;
    size_t n_nodes;
    unsigned depth;
    struct diags *diags;
};

static struct config_at place(const struct reader *reader, const yaml_mark_t *mark)
{
    return (struct config_at){reader->file, (int)mark->line + 1, (int)mark->column + 1};
}

static bool next(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    syntax_explain(&reader->parser, reader->file, reader->text, reader->len, reader->diags);
    return false;
}

void tree_free(struct tree **tree)
{
    struct tree *node = *tree;
    *tree = NULL;
    if (!node)
        return;
    for (size_t i = 0; i < node->n; i++)
        tree_free(&node->items[i]);
    free(node->items);
    free(node->key);
    free(node->text);
    free(node);
}

const struct tree *tree_get(const struct tree *map, const char *key)
{
    for (size_t i = 0; map->kind == TREE_MAP && i < map->n; i++) {
        if (strcmp(map->items[i]->key, key) == 0)
            return map->items[i];
    }
    return NULL;
}

static void refuse_anchor(struct reader *reader, const yaml_event_t *event, const void *anchor,
                          const void *tag)
{
    struct config_at at = place(reader, &event->start_mark);
    if (anchor)
        diags_error(reader->diags, at,
                    "anchors are not supported (a value that begins with & must "
                    "stand in quotes)");
    if (tag)
        diags_error(reader->diags, at,
                    "tags are not supported (a value that begins with ! must "
                    "stand in quotes)");
}

static struct tree *node_new(struct reader *reader, enum tree_kind kind, const yaml_mark_t *mark)
{
    struct config_at at = place(reader, mark);
    if (++reader->n_nodes > TREE_MAX_NODES) {
        diags_error(reader->diags, at, "too large: more than %u values", TREE_MAX_NODES);
        return NULL;
    }
    struct tree *node = NEW(struct tree);
    node->kind = kind;
    node->at = at;
    return node;
}

static struct tree *read_scalar(struct reader *reader, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    refuse_anchor(reader, event, event->data.scalar.anchor, event->data.scalar.tag);
    struct tree *node = node_new(reader, TREE_SCALAR, &event->start_mark);
    if (!node)
        return NULL;
    if (memchr(text, '\0', len)) {
        diags_error(reader->diags, node->at, "a text cannot hold a NUL character");
        len = strlen(text);
    }
    node->text = mem_strndup(text, len);
    node->text_len = len;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return node;
}

static struct tree *read_alias(struct reader *reader, const yaml_event_t *event)
{
    struct tree *node = node_new(reader, TREE_SCALAR, &event->start_mark);
    if (node) {
        diags_error(reader->diags, node->at, "aliases are not supported (%s)", SYNTAX_STAR_HINT);
        node->text = mem_strdup("");
    }
    return node;
}

static struct tree *read_node(struct reader *reader, const yaml_event_t *event);

static void append(struct tree *parent, size_t *cap, struct tree *child)
{
    parent->items = mem_grow(parent->items, cap, parent->n + 1, sizeof(struct tree *));
    parent->items[parent->n++] = child;
}

static int read_list(struct reader *reader, struct tree *list)
{
    for (size_t cap = 0;;) {
        CLEANUP(yaml_event_delete) yaml_event_t event;
        if (!next(reader, &event))
            return -1;
        if (event.type == YAML_SEQUENCE_END_EVENT)
            return 0;
        struct tree *item = read_node(reader, &event);
        if (!item)
            return -1;
        append(list, &cap, item);
    }
}

static int read_pair(struct reader *reader, const yaml_event_t *key, struct tree *map, size_t *cap)
{
    struct config_at key_at = place(reader, &key->start_mark);
    if (key->type != YAML_SCALAR_EVENT)
        return diags_error(reader->diags, key_at, "a key must be a word");
    AUTO_FREE char *name =
        mem_strndup((const char *)key->data.scalar.value, key->data.scalar.length);
    if (memchr(key->data.scalar.value, '\0', key->data.scalar.length))
        return diags_error(reader->diags, key_at, "a key cannot hold a NUL character");
    refuse_anchor(reader, key, key->data.scalar.anchor, key->data.scalar.tag);
    CLEANUP(yaml_event_delete) yaml_event_t event;
    if (!next(reader, &event))
        return -1;
    struct tree *value = read_node(reader, &event);
    if (!value)
        return -1;
    value->key = name;
    name = NULL;
    value->key_at = key_at;
    append(map, cap, value);
    return 0;
}

/* Of a key that stands twice the first one counts. */
static void drop_duplicates(struct reader *reader, struct tree *tree)
{
    size_t n = 0;
    struct map *seen = map_new();
    for (size_t i = 0; i < tree->n; i++) {
        struct tree *item = tree->items[i];
        const struct tree *first = map_get_text(seen, item->key);
        if (first) {
            diags_error(reader->diags, item->key_at, "\"%s\" stands here twice (first in line %d)",
                        item->key, first->key_at.line);
            tree_free(&item);
        } else {
            map_set_text(seen, item->key, item);
            tree->items[n++] = item;
        }
    }
    tree->n = n;
    map_free(&seen, NULL);
}

static int read_map(struct reader *reader, struct tree *map)
{
    for (size_t cap = 0;;) {
        CLEANUP(yaml_event_delete) yaml_event_t event;
        if (!next(reader, &event))
            return -1;
        if (event.type == YAML_MAPPING_END_EVENT)
            break;
        if (read_pair(reader, &event, map, &cap) < 0)
            return -1;
    }
    drop_duplicates(reader, map);
    return 0;
}

static struct tree *read_children(struct reader *reader, enum tree_kind kind,
                                  const yaml_event_t *event)
{
    struct tree *node = node_new(reader, kind, &event->start_mark);
    if (!node)
        return NULL;
    int result;
    if (reader->depth == TREE_MAX_DEPTH) {
        result = diags_error(reader->diags, node->at, "nested deeper than %d", TREE_MAX_DEPTH);
    } else {
        reader->depth++;
        result = kind == TREE_MAP ? read_map(reader, node) : read_list(reader, node);
        reader->depth--;
    }
    if (result < 0)
        tree_free(&node);
    return node;
}

static struct tree *read_node(struct reader *reader, const yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT)
        return read_scalar(reader, event);
    if (event->type == YAML_ALIAS_EVENT)
        return read_alias(reader, event);
    if (event->type == YAML_MAPPING_START_EVENT) {
        refuse_anchor(reader, event, event->data.mapping_start.anchor,
                      event->data.mapping_start.tag);
        return read_children(reader, TREE_MAP, event);
    }
    refuse_anchor(reader, event, event->data.sequence_start.anchor, event->data.sequence_start.tag);
    return read_children(reader, TREE_LIST, event);
}

/* The next event that is no mere frame of stream and document; false at a syntax error. */
static bool next_content(struct reader *reader, yaml_event_t *event)
{
    while (next(reader, event)) {
        if (event->type != YAML_STREAM_START_EVENT && event->type != YAML_DOCUMENT_START_EVENT &&
            event->type != YAML_DOCUMENT_END_EVENT)
            return true;
        yaml_event_delete(event);
    }
    return false;
}

static struct tree *read_document(struct reader *reader)
{
    CLEANUP(yaml_event_delete) yaml_event_t first;
    if (!next_content(reader, &first))
        return NULL;
    if (first.type == YAML_STREAM_END_EVENT) {
        struct tree *empty = NEW(struct tree);
        *empty = (struct tree){.kind = TREE_MAP, .at = {.file = reader->file}};
        return empty;
    }
    struct tree *root = read_node(reader, &first);
    if (!root)
        return NULL;
    CLEANUP(yaml_event_delete) yaml_event_t last;
    if (!next_content(reader, &last))
        tree_free(&root);
    else if (last.type != YAML_STREAM_END_EVENT)
        diags_error(reader->diags, place(reader, &last.start_mark),
                    "a second YAML document begins here; one file holds one (remove the \"---\")");
    return root;
}

struct tree *tree_parse_partly(const char *file, const char *text, size_t len, struct diags *diags)
{
    struct reader reader = {
        .file = config_file_intern(file), .text = text, .len = len, .diags = diags};
    static const char bom[] = "\xef\xbb\xbf";
    if (len >= sizeof(bom) - 1 && memcmp(text, bom, sizeof(bom) - 1) == 0) {
        reader.text += sizeof(bom) - 1;
        reader.len -= sizeof(bom) - 1;
    }
    if (!yaml_parser_initialize(&reader.parser)) {
        diags_error(diags, (struct config_at){.file = reader.file}, "out of memory");
        return NULL;
    }
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)reader.text, reader.len);
    struct tree *root = read_document(&reader);
    yaml_parser_delete(&reader.parser);
    return root;
}

struct tree *tree_parse(const char *file, const char *text, size_t len, struct diags *diags)
{
    size_t n_errors = diags->n_errors;
    struct tree *root = tree_parse_partly(file, text, len, diags);
    if (diags->n_errors > n_errors)
        tree_free(&root);
    return root;
}

/* 0 at the end, 1 before it. */
static int read_more(int fd, struct buf *out)
{
    ssize_t n;
    do
        n = read(fd, buf_reserve(out, PART_BYTES), PART_BYTES);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -1;
    out->len += (size_t)n;
    return n > 0;
}

static int open_file(const char *file, struct diags *diags)
{
    struct config_at at = {.file = config_file_intern(file)};
    struct stat info;
    AUTO_FD int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &info) < 0)
        return diags_error(diags, at, "cannot open: %s", strerror(errno));
    if (!S_ISREG(info.st_mode))
        return diags_error(diags, at, "is %s, not a file",
                           S_ISDIR(info.st_mode) ? "a directory" : "a device or pipe");
    return fd_take(&fd);
}

int tree_read_parts(const char *file,
                    size_t (*take)(void *arg, const char *text, size_t len, bool last), void *arg,
                    struct diags *diags)
{
    struct config_at at = {.file = config_file_intern(file)};
    AUTO_BUF struct buf text = {0};
    AUTO_FD int fd = open_file(file, diags);
    size_t all_used = 0;
    int more = 1;
    while (fd >= 0 && more > 0) {
        more = read_more(fd, &text);
        if (all_used + text.len > TREE_MAX_BYTES) {
            errno = EFBIG;
            more = -1;
        }
        if (more < 0)
            return diags_error(diags, at, "cannot read: %s", strerror(errno));
        size_t used = take(arg, buf_text(&text), text.len, !more);
        buf_consume(&text, used);
        all_used += used;
    }
    return fd < 0 ? -1 : 0;
}

static size_t append_part(void *arg, const char *text, size_t len, bool last)
{
    (void)last;
    buf_append(arg, text, len);
    return len;
}

int tree_read_bytes(const char *file, struct buf *out, struct diags *diags)
{
    return tree_read_parts(file, append_part, out, diags);
}

struct tree *tree_read_partly(const char *file, struct diags *diags)
{
    AUTO_BUF struct buf text = {0};
    if (tree_read_bytes(file, &text, diags) < 0)
        return NULL;
    return tree_parse_partly(file, buf_text(&text), text.len, diags);
}

struct tree *tree_read(const char *file, struct diags *diags)
{
    size_t n_errors = diags->n_errors;
    struct tree *root = tree_read_partly(file, diags);
    if (diags->n_errors > n_errors)
        tree_free(&root);
    return root;
}
