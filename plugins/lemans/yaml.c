/* Values out of the lists' YAML; see yaml.h. */
#include "yaml.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static const char *const kind_names[] = {
    [TREE_SCALAR] = "a value", [TREE_LIST] = "a list", [TREE_MAP] = "a map"};

bool yaml_is(const struct tree *node, enum tree_kind kind, struct diags *diags)
{
    if (node->kind == kind)
        return true;
    diags_error(diags, node->at, "expected %s, found %s", kind_names[kind], kind_names[node->kind]);
    return false;
}

const struct tree *yaml_need(const struct tree *map, const char *key, enum tree_kind kind,
                             struct diags *diags)
{
    const struct tree *node = tree_get(map, key);
    if (!node) {
        diags_error(diags, map->at, "\"%s\" is missing", key);
        return NULL;
    }
    return yaml_is(node, kind, diags) ? node : NULL;
}

void yaml_keys(const struct tree *map, const char *const *keys, struct diags *diags)
{
    size_t n = 0;
    while (keys[n])
        n++;
    if (!yaml_is(map, TREE_MAP, diags))
        return;
    for (size_t i = 0; i < map->n; i++) {
        size_t k = 0;
        while (k < n && strcmp(keys[k], map->items[i]->key) != 0)
            k++;
        if (k < n)
            continue;
        AUTO_FREE char *hint = diag_hint(map->items[i]->key, keys, n);
        diags_error(diags, map->items[i]->key_at, "unknown key \"%s\"%s", map->items[i]->key, hint);
    }
}

const char *yaml_text(const struct tree *map, const char *key, struct diags *diags)
{
    const struct tree *node = tree_get(map, key);
    return node && yaml_is(node, TREE_SCALAR, diags) ? node->text : NULL;
}

int64_t yaml_int(const struct tree *map, const char *key, int64_t fallback, int64_t min,
                 int64_t max, struct diags *diags)
{
    const char *text = yaml_text(map, key, diags);
    int64_t value = fallback;
    if (text && (!str_int_parse(text, &value) || value < min || value > max)) {
        diags_error(diags, tree_get(map, key)->at, "%s: \"%s\" is not a number from %lld to %lld",
                    key, text, (long long)min, (long long)max);
        return fallback;
    }
    return value;
}

bool yaml_bool(const struct tree *map, const char *key, bool fallback, struct diags *diags)
{
    const char *text = yaml_text(map, key, diags);
    bool value = fallback;
    if (text && !str_bool_parse(text, &value))
        diags_error(diags, tree_get(map, key)->at, "%s: \"%s\" is neither yes nor no", key, text);
    return value;
}

double yaml_fraction(const struct tree *map, const char *key, double fallback, struct diags *diags)
{
    const char *text = yaml_text(map, key, diags);
    if (!text)
        return fallback;
    char *end = NULL;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= 0 && value <= 1)) {
        diags_error(diags, tree_get(map, key)->at, "%s: \"%s\" is not a number from 0 to 1", key,
                    text);
        return fallback;
    }
    return value;
}

int yaml_choice(const struct tree *map, const char *key, const char *choices, int fallback,
                struct diags *diags)
{
    const char *text = yaml_text(map, key, diags);
    if (!text) {
        if (fallback < 0)
            diags_error(diags, map->at, "\"%s\" is missing", key);
        return fallback;
    }
    int place = 0;
    for (const char *at = choices; *at; place++) {
        size_t len = strcspn(at, "|");
        if (len == strlen(text) && !memcmp(at, text, len))
            return place;
        at += len + (at[len] == '|');
    }
    diags_error(diags, tree_get(map, key)->at, "%s: \"%s\" is none of %s", key, text, choices);
    return fallback;
}
