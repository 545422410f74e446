/* The watched directories; see tree.h. Two maps find a node: by (parent, name) and by watch. */
#include "source/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

struct tree {
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

struct tree *tree_new(void)
{
    struct tree *tree = NEW(struct tree);
    tree->root = node_new(NULL, "");
    tree->by_name = map_new();
    tree->by_watch = map_new();
    return tree;
}

static void key_of(const struct node *parent, const char *name, size_t len, struct buf *key)
{
    buf_append(key, &parent, sizeof(const struct node *));
    buf_append(key, name, len);
}

static struct node *child_of(const struct tree *tree, const struct node *parent, const char *name,
                             size_t len)
{
    AUTO_BUF struct buf key = {0};
    key_of(parent, name, len, &key);
    return map_get(tree->by_name, key.data, key.len);
}

static void name_set(struct tree *tree, struct node *node, bool known)
{
    AUTO_BUF struct buf key = {0};
    key_of(node->parent, node->name, strlen(node->name), &key);
    if (known)
        map_set(tree->by_name, key.data, key.len, node);
    else
        map_remove(tree->by_name, key.data, key.len);
}

struct node *tree_root(struct tree *tree)
{
    return tree->root;
}

struct node *tree_child(const struct tree *tree, const struct node *parent, const char *name)
{
    return child_of(tree, parent, name, strlen(name));
}

struct node *tree_find(struct tree *tree, const char *path)
{
    struct node *node = tree->root;
    while (node && *path) {
        size_t len = strcspn(path, "/");
        node = child_of(tree, node, path, len);
        path += len + (path[len] == '/');
    }
    return node;
}

struct node *tree_add(struct tree *tree, struct node *parent, const char *name)
{
    struct node *node = node_new(parent, name);
    list_append(&parent->children, &node->sibling);
    name_set(tree, node, true);
    return node;
}

/* Children are found by their parent's address: when that moves, so must their keys. */
static void adopt_children(struct tree *tree, struct node *from, struct node *to)
{
    for (struct list *link; (link = list_pop(&from->children));) {
        struct node *child = LIST_ITEM(link, struct node, sibling);
        name_set(tree, child, false);
        child->parent = to;
        name_set(tree, child, true);
        list_append(&to->children, &child->sibling);
    }
}

struct node *tree_move(struct tree *tree, struct node *node, struct node *parent, const char *name)
{
    struct node *moved = tree_add(tree, parent, name);
    moved->scan = node->scan;
    moved->listing = node->listing;
    int wd = node->wd;
    tree_unwatch(tree, node);
    if (wd >= 0)
        tree_watch(tree, moved, wd);
    adopt_children(tree, node, moved);
    name_set(tree, node, false);
    list_remove(&node->sibling);
    free(node);
    return moved;
}

void tree_remove(struct tree *tree, struct node *node, void (*gone)(void *arg, struct node *node),
                 void *arg)
{
    struct node *at = node;
    for (;;) {
        while (!list_empty(&at->children))
            at = LIST_ITEM(at->children.next, struct node, sibling);
        struct node *parent = at->parent;
        bool last = at == node;
        gone(arg, at);
        tree_unwatch(tree, at);
        name_set(tree, at, false);
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

void tree_free(struct tree **tree)
{
    struct tree *t = *tree;
    if (!t)
        return;
    while (!list_empty(&t->root->children))
        tree_remove(t, LIST_ITEM(t->root->children.next, struct node, sibling), nothing, NULL);
    map_free(&t->by_name, NULL);
    map_free(&t->by_watch, NULL);
    free(t->root);
    free(t);
    *tree = NULL;
}

struct node *tree_next(struct node *within, struct node *at)
{
    if (!list_empty(&at->children))
        return LIST_ITEM(at->children.next, struct node, sibling);
    for (; at != within && at->parent; at = at->parent)
        if (at->sibling.next != &at->parent->children)
            return LIST_ITEM(at->sibling.next, struct node, sibling);
    return NULL;
}

struct node *tree_watch(struct tree *tree, struct node *node, int wd)
{
    if (node->wd == wd)
        return node;
    tree_unwatch(tree, node);
    struct node *before = map_set(tree->by_watch, &wd, sizeof(wd), node);
    if (before)
        before->wd = -1;
    node->wd = wd;
    return before;
}

void tree_unwatch(struct tree *tree, struct node *node)
{
    if (node->wd < 0)
        return;
    map_remove(tree->by_watch, &node->wd, sizeof(node->wd));
    node->wd = -1;
}

struct node *tree_watched(const struct tree *tree, int wd)
{
    return map_get(tree->by_watch, &wd, sizeof(wd));
}

size_t tree_watches(const struct tree *tree)
{
    return map_count(tree->by_watch);
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

void tree_path(const struct node *node, const char *name, struct buf *out)
{
    path_up(node, out);
    if (!name)
        return;
    if (node->parent)
        buf_putc(out, '/');
    buf_puts(out, name);
}
