/*
 * The directories of a source as a tree, each with its inotify watch descriptor. A rename moves a
 * node, so paths are never stored twice. Pure memory; the loop's alone.
 */
#ifndef TOCSIN_SOURCE_DIRS_H
#define TOCSIN_SOURCE_DIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/list.h"

struct dirs;
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

struct dirs *dirs_new(void);
void dirs_free(struct dirs **dirs);

struct node *dirs_root(struct dirs *dirs);
/* NULL: none of that name. */
struct node *dirs_child(const struct dirs *dirs, const struct node *parent, const char *name);
/* By a path below the root; "" is the root. */
struct node *dirs_find(struct dirs *dirs, const char *path);
struct node *dirs_add(struct dirs *dirs, struct node *parent, const char *name);
/* Under another parent and name; returns it anew (it may move in memory). The target must not
 * exist and must not be below it. */
struct node *dirs_move(struct dirs *dirs, struct node *node, struct node *parent, const char *name);
/* It and all below; `gone` is told each before it is freed. Never the root. */
void dirs_remove(struct dirs *dirs, struct node *node, void (*gone)(void *arg, struct node *node),
                 void *arg);
/* Depth first, parents before their children; NULL at the end. `within` NULL: the whole tree. */
struct node *dirs_next(struct node *within, struct node *at);

/* At most one node has a watch descriptor: returns the one that had it before, NULL if none. */
struct node *dirs_watch(struct dirs *dirs, struct node *node, int wd);
void dirs_unwatch(struct dirs *dirs, struct node *node);
struct node *dirs_watched(const struct dirs *dirs, int wd);
size_t dirs_watches(const struct dirs *dirs);

/* The path of `name` in the directory, or of the directory when name is NULL. */
void dirs_path(const struct node *node, const char *name, struct buf *out);

#endif
