/*
 * Reading the lists' YAML: each function takes one value out of a map, or says with its place what
 * is wrong and gives the fallback.
 */
#ifndef LEMANS_YAML_H
#define LEMANS_YAML_H

#include <stdbool.h>
#include <stdint.h>

#include "config/diag.h"
#include "config/tree.h"

bool yaml_is(const struct tree *node, enum tree_kind kind, struct diags *diags);
/* NULL, and said, when it is missing or of another kind. */
const struct tree *yaml_need(const struct tree *map, const char *key, enum tree_kind kind,
                             struct diags *diags);
/* Says every key that is not in the NULL-terminated list. */
void yaml_keys(const struct tree *map, const char *const *keys, struct diags *diags);
/* NULL when it is not given. */
const char *yaml_text(const struct tree *map, const char *key, struct diags *diags);
int64_t yaml_int(const struct tree *map, const char *key, int64_t fallback, int64_t min,
                 int64_t max, struct diags *diags);
bool yaml_bool(const struct tree *map, const char *key, bool fallback, struct diags *diags);
/* A number from 0 to 1. */
double yaml_fraction(const struct tree *map, const char *key, double fallback, struct diags *diags);
/* The place of the value in "a|b|c"; a fallback of -1 means that it must be given. */
int yaml_choice(const struct tree *map, const char *key, const char *choices, int fallback,
                struct diags *diags);

#endif
