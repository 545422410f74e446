/*
 * What differs between two snapshots, by name: a reload acts on it, `config diff` prints it.
 *
 * Written defaults and left-out ones are the same. Routes, and what is expected, have no names;
 * they go by their text, "{topic: [a], notify: [desktop]}", and are changed only in the sense that
 * their order is.
 */
#ifndef TOCSIN_CONFIG_DIFF_H
#define TOCSIN_CONFIG_DIFF_H

#include "config/config.h"

struct config_changes {
    struct config_texts added, removed, changed; /* each in the order of its snapshot */
};

struct config_diff {
    struct config_changes folders, detectors, notifiers, routes, expect;
    struct config_texts settings; /* of keep, hosts and the like: "keep.archive" */
};

/* `diff` is overwritten. */
void config_diff(const struct config *old, const struct config *new, struct config_diff *diff);
bool config_diff_empty(const struct config_diff *diff);
void config_diff_deinit(struct config_diff *diff);

#endif
