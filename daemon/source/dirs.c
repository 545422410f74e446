/* The watched directories; see dirs.h. Two maps find a node: by (parent, name) and by watch. */
#include "source/dirs.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

struct dirs {
    struct node *root;
    struct map *by_name; /* parent's address and name */
    struct map *by_watch;
};

static struct node *node_new(struct node *parent, const char *name)
{
    size_t size = strlen(name) + 1;
    struct node *node = mem_zalloc(sizeof(struct node) + size);
    memcpy(node->name, name, size);
    node->parent = parent;
    node->wd = -1;
    list_init(&node->children);
    list_init(&node->sibling);
    return node;
}

struct dirs *dirs_new(void)
{
    struct dirs *dirs = NEW(struct dirs);
    dirs->root = node_new(NULL, "");
    dirs->by_name = map_new();
    dirs->by_watch = map_new();
    return dirs;
}

static void key_of(const struct node *parent, const char *name, size_t len, struct buf *key)
{
    buf_append(key, &parent, sizeof(const struct node *));
    buf_append(key, name, len);
}

static struct node *child_of(const struct dirs *dirs, const struct node *parent, const char *name,
                             size_t len)
{
    AUTO_BUF struct buf key = {0};
    key_of(parent, name, len, &key);
    return map_get(dirs->by_name, key.data, key.len);
}

static void name_set(struct dirs *dirs, struct node *node, bool known)
{
    AUTO_BUF struct buf key = {0};
    key_of(node->parent, node->name, strlen(node->name), &key);
    if (known)
        map_set(dirs->by_name, key.data, key.len, node);
    else
        map_remove(dirs->by_name, key.data, key.len);
}

struct node *dirs_root(struct dirs *dirs)
{
    return dirs->root;
}

struct node *dirs_child(const struct dirs *dirs, const struct node *parent, const char *name)
{
    return child_of(dirs, parent, name, strlen(name));
}

struct node *dirs_find(struct dirs *dirs, const char *path)
{
    struct node *node = dirs->root;
    while (node && *path) {
        size_t len = strcspn(path, "/");
        node = child_of(dirs, node, path, len);
        path += len + (path[len] == '/');
    }
    return node;
}

struct node *dirs_add(struct dirs *dirs, struct node *parent, const char *name)
{
    struct node *node = node_new(parent, name);
    list_append(&parent->children, &node->sibling);
    name_set(dirs, node, true);
    return node;
}

/* Children are found by their parent's address: when that moves, so must their keys. */
static void adopt_children(struct dirs *dirs, struct node *from, struct node *to)
{
    for (struct list *link; (link = list_pop(&from->children));) {
        struct node *child = LIST_ITEM(link, struct node, sibling);
        name_set(dirs, child, false);
        child->parent = to;
        name_set(dirs, child, true);
        list_append(&to->children, &child->sibling);
    }
}

struct node *dirs_move(struct dirs *dirs, struct node *node, struct node *parent, const char *name)
{
    struct node *moved = dirs_add(dirs, parent, name);
    moved->scan = node->scan;
    moved->listing = node->listing;
    int wd = node->wd;
    dirs_unwatch(dirs, node);
    if (wd >= 0)
        dirs_watch(dirs, moved, wd);
    adopt_children(dirs, node, moved);
    name_set(dirs, node, false);
    list_remove(&node->sibling);
    free(node);
    return moved;
}

void dirs_remove(struct dirs *dirs, struct node *node, void (*gone)(void *arg, struct node *node),
                 void *arg)
{
    struct node *at = node;
    for (;;) {
        while (!list_empty(&at->children))
            at = LIST_ITEM(at->children.next, struct node, sibling);
        struct node *parent = at->parent;
        bool last = at == node;
        gone(arg, at);
        dirs_unwatch(dirs, at);
        name_set(dirs, at, false);
        list_remove(&at->sibling);
        free(at);
        if (last)
            return;
        at = parent;
    }
}

static void nothing(void *arg, struct node *node)
{
    (void)arg;
    (void)node;
}

void dirs_free(struct dirs **dirs)
{
    struct dirs *t = *dirs;
    if (!t)
        return;
    dirs_remove(t, t->root, nothing, NULL);
    map_free(&t->by_name, NULL);
    map_free(&t->by_watch, NULL);
    free(t);
    *dirs = NULL;
}

struct node *dirs_next(struct node *within, struct node *at)
{
    if (!list_empty(&at->children))
        return LIST_ITEM(at->children.next, struct node, sibling);
    for (; at != within && at->parent; at = at->parent)
        if (at->sibling.next != &at->parent->children)
            return LIST_ITEM(at->sibling.next, struct node, sibling);
    return NULL;
}

struct node *dirs_watch(struct dirs *dirs, struct node *node, int wd)
{
    if (node->wd == wd)
        return node;
    dirs_unwatch(dirs, node);
    struct node *before = map_set(dirs->by_watch, &wd, sizeof(wd), node);
    if (before)
        before->wd = -1;
    node->wd = wd;
    return before;
}

void dirs_unwatch(struct dirs *dirs, struct node *node)
{
    if (node->wd < 0)
        return;
    map_remove(dirs->by_watch, &node->wd, sizeof(node->wd));
    node->wd = -1;
}

struct node *dirs_watched(const struct dirs *dirs, int wd)
{
    return map_get(dirs->by_watch, &wd, sizeof(wd));
}

size_t dirs_watches(const struct dirs *dirs)
{
    return map_count(dirs->by_watch);
}

static void path_up(const struct node *node, struct buf *out)
{
    if (!node->parent)
        return;
    path_up(node->parent, out);
    if (node->parent->parent)
        buf_putc(out, '/');
    buf_puts(out, node->name);
}

void dirs_path(const struct node *node, const char *name, struct buf *out)
{
    path_up(node, out);
    if (!name)
        return;
    if (node->parent)
        buf_putc(out, '/');
    buf_puts(out, name);
}
