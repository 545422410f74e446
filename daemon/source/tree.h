/*
 * The directories of a source as a tree, each with its inotify watch descriptor. A rename moves a
 * node, so paths are never stored twice. Pure memory; the loop's alone.
 */
#ifndef TOCSIN_SOURCE_TREE_H
#define TOCSIN_SOURCE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/list.h"

struct tree;
struct listing;

struct node {
    struct node *parent; /* NULL: the root */
    struct list children, sibling;
    struct listing *listing; /* queued or under way; scan.c's */
    uint64_t scan;           /* the scan that met it last; scan.c's */
    int wd;                  /* -1: not watched */
    unsigned contested;      /* times its watch was taken from another path; scan.c's */
    char name[];
};

struct tree *tree_new(void);
void tree_free(struct tree **tree);

struct node *tree_root(struct tree *tree);
/* NULL: none of that name. */
struct node *tree_child(const struct tree *tree, const struct node *parent, const char *name);
/* By a path below the root; "" is the root. */
struct node *tree_find(struct tree *tree, const char *path);
struct node *tree_add(struct tree *tree, struct node *parent, const char *name);
/* Under another parent and name; returns it anew (it may move in memory). The target must not
 * exist and must not be below it. */
struct node *tree_move(struct tree *tree, struct node *node, struct node *parent, const char *name);
/* It and all below; `gone` is told each before it is freed. Never the root. */
void tree_remove(struct tree *tree, struct node *node, void (*gone)(void *arg, struct node *node),
                 void *arg);
/* Depth first, parents before their children; NULL at the end. `within` NULL: the whole tree. */
struct node *tree_next(struct node *within, struct node *at);

/* At most one node has a watch descriptor: returns the one that had it before, NULL if none. */
struct node *tree_watch(struct tree *tree, struct node *node, int wd);
void tree_unwatch(struct tree *tree, struct node *node);
struct node *tree_watched(const struct tree *tree, int wd);
size_t tree_watches(const struct tree *tree);

/* The path of `name` in the directory, or of the directory when name is NULL. */
void tree_path(const struct node *node, const char *name, struct buf *out);

#endif
