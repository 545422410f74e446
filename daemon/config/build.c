/* The schema's engine: trees in, snapshot out; see build.h. */
#include "config/build.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "config/path.h"
#include "config/timing.h"
#include "config/value.h"

#define MEMBER(entry, offset, type) ((type *)(void *)((char *)(entry) + (offset)))
#define CONST_MEMBER(entry, offset, type)                                                          \
    ((type const *)(const void *)((const char *)(entry) + (offset)))

const void *config_entry(const struct config *config, const struct schema_section *section,
                         size_t index)
{
    if (section->shape == SCHEMA_SINGLE)
        return config;
    return *CONST_MEMBER(config, section->array_offset, char *) + index * section->entry_size;
}

size_t config_entry_count(const struct config *config, const struct schema_section *section)
{
    return section->shape == SCHEMA_SINGLE ? 1
                                           : *CONST_MEMBER(config, section->count_offset, size_t);
}

const char *config_entry_name(const struct schema_section *section, const void *entry)
{
    return section->shape == SCHEMA_NAMED ? *CONST_MEMBER(entry, section->name_offset, char *)
                                          : NULL;
}

struct config_at config_entry_at(const struct schema_section *section, const void *entry)
{
    if (section->shape == SCHEMA_SINGLE)
        return (struct config_at){0};
    return *CONST_MEMBER(entry, section->at_offset, struct config_at);
}

const struct config_at *config_entry_places(const struct schema_section *section, const void *entry)
{
    return *CONST_MEMBER(entry, section->places_offset, struct config_at *);
}

static void *entry_init(const struct schema_section *section, void *entry)
{
    *MEMBER(entry, section->places_offset, struct config_at *) =
        NEW_N(struct config_at, section->n_items);
    for (size_t i = 0; i < section->n_items; i++)
        value_default(&section->items[i], entry);
    return entry;
}

static bool is_empty(const struct tree *node)
{
    return node->kind == TREE_SCALAR && !node->quoted && node->text_len == 0;
}

static void unknown_key(const struct schema_section *section, const struct tree *node,
                        const char *owner, struct diags *diags)
{
    AUTO_FREE const char **keys = NEW_N(const char *, section->n_items);
    for (size_t i = 0; i < section->n_items; i++)
        keys[i] = section->items[i].key;
    AUTO_FREE char *hint = diag_hint(node->key, keys, section->n_items);
    const char *more = schema_item_find(section, "options", NULL) && !*hint
                           ? " (a plugin's own options stand under \"options:\")"
                           : "";
    diags_error(diags, node->key_at, "%s: unknown option \"%s\"%s%s", owner, node->key, hint, more);
}

static void read_item(const struct schema_section *section, const struct tree *node, void *entry,
                      const char *owner, struct diags *diags)
{
    size_t index;
    const struct schema_item *item = schema_item_find(section, node->key, &index);
    if (!item) {
        unknown_key(section, node, owner, diags);
        return;
    }
    struct config_at *place = *MEMBER(entry, section->places_offset, struct config_at *) + index;
    if (place->file) {
        diags_error(diags, node->key_at, "%s: \"%s\" is set twice (first in %s:%d:%d)", owner,
                    node->key, place->file, place->line, place->column);
        return;
    }
    *place = node->at;
    value_read(item, node, entry, owner, diags);
}

static void require_items(const struct schema_section *section, const void *entry,
                          struct config_at at, const char *owner, struct diags *diags)
{
    const struct config_at *places = config_entry_places(section, entry);
    for (size_t i = 0; i < section->n_items; i++) {
        if (schema_item_required(&section->items[i]) && !places[i].file)
            diags_error(diags, at, "%s: \"%s\" is missing (%s)", owner, section->items[i].key,
                        section->items[i].help);
    }
}

/* `at` is what a person has to look at when an option is missing. */
static void read_items(const struct schema_section *section, const struct tree *map, void *entry,
                       struct config_at at, const char *owner, struct diags *diags)
{
    if (map->kind != TREE_MAP && !is_empty(map)) {
        diags_error(diags, map->at, "%s: must be a map of options (write \"%s: ...\" lines below)",
                    owner, section->items[0].key);
        return;
    }
    for (size_t i = 0; i < map->n; i++)
        read_item(section, map->items[i], entry, owner, diags);
    require_items(section, entry, at, owner, diags);
}

static void *next_entry(struct config *config, const struct schema_section *section)
{
    size_t *count = MEMBER(config, section->count_offset, size_t);
    char *array = *MEMBER(config, section->array_offset, char *);
    return entry_init(section, array + (*count)++ * section->entry_size);
}

/* The place of an earlier entry of this name, from whichever file. */
static const struct config_at *find_name(const struct config *config,
                                         const struct schema_section *section, const char *name)
{
    for (size_t i = 0; i < config_entry_count(config, section); i++) {
        const void *entry = config_entry(config, section, i);
        if (strcmp(config_entry_name(section, entry), name) == 0)
            return CONST_MEMBER(entry, section->at_offset, struct config_at);
    }
    return NULL;
}

static void read_named(struct config *config, const struct schema_section *section,
                       const struct tree *node, struct diags *diags)
{
    AUTO_FREE char *owner = mem_printf("%s \"%s\"", section->word, node->key);
    const struct config_at *first = find_name(config, section, node->key);
    if (first) {
        diags_error(diags, node->key_at, "%s is defined twice (first in %s:%d:%d)", owner,
                    first->file, first->line, first->column);
        return;
    }
    if (!value_is_name(node->key))
        diags_error(diags, node->key_at, "%s: " VALUE_NAME_HINT, owner);
    void *entry = next_entry(config, section);
    *MEMBER(entry, section->name_offset, char *) = mem_strdup(node->key);
    *MEMBER(entry, section->at_offset, struct config_at) = node->key_at;
    read_items(section, node, entry, node->key_at, owner, diags);
}

static void read_listed(struct config *config, const struct schema_section *section,
                        const struct tree *node, struct diags *diags)
{
    void *entry = next_entry(config, section);
    AUTO_FREE char *owner =
        mem_printf("%s %zu", section->word, config_entry_count(config, section));
    *MEMBER(entry, section->at_offset, struct config_at) = node->at;
    read_items(section, node, entry, node->at, owner, diags);
}

static bool shape_is_good(const struct schema_section *section, const struct tree *node,
                          struct diags *diags)
{
    enum tree_kind wanted = section->shape == SCHEMA_LIST ? TREE_LIST : TREE_MAP;
    if (node->kind == wanted)
        return true;
    if (section->shape == SCHEMA_LIST)
        diags_error(diags, node->at, "\"%s\" must be a list (begin each %s with \"- \")",
                    section->key, section->word);
    else
        diags_error(diags, node->at, "\"%s\" must be a map (write \"%s:\" lines below, indented)",
                    section->key, section->shape == SCHEMA_NAMED ? "NAME" : section->items[0].key);
    return false;
}

static void read_section(struct config *config, const struct schema_section *section,
                         const struct tree *node, struct diags *diags)
{
    if (is_empty(node) || !shape_is_good(section, node, diags))
        return;
    if (section->shape == SCHEMA_SINGLE) {
        read_items(section, node, config, node->key_at, section->key, diags);
        return;
    }
    for (size_t i = 0; i < node->n; i++) {
        if (section->shape == SCHEMA_NAMED)
            read_named(config, section, node->items[i], diags);
        else
            read_listed(config, section, node->items[i], diags);
    }
}

/* Entries of one section in all files, an upper bound. */
static size_t count_entries(const struct schema_section *section, const struct tree *const *trees,
                            size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const struct tree *node = tree_get(trees[i], section->key);
        count += node ? node->n : 0;
    }
    return count;
}

static void build_section(struct config *config, const struct schema_section *section,
                          const struct tree *const *trees, size_t n, struct diags *diags)
{
    if (section->shape == SCHEMA_SINGLE)
        entry_init(section, config);
    else
        *MEMBER(config, section->array_offset, void *) =
            mem_zalloc_n(count_entries(section, trees, n) + 1, section->entry_size);
    for (size_t i = 0; i < n; i++) {
        const struct tree *node = tree_get(trees[i], section->key);
        if (node)
            read_section(config, section, node, diags);
    }
}

static void unknown_section(const struct tree *node, struct diags *diags)
{
    enum { KEYS_MAX = 16 };
    const char *keys[KEYS_MAX];
    size_t n;
    const struct schema_section *sections = schema_sections(&n);
    AUTO_BUF struct buf list = {0};
    for (size_t i = 0; i < n; i++) {
        keys[i] = sections[i].key;
        buf_printf(&list, "%s, ", keys[i]);
    }
    keys[n] = "include";
    AUTO_FREE char *hint = diag_hint(node->key, keys, n + 1);
    if (*hint)
        diags_error(diags, node->key_at, "unknown section \"%s\"%s", node->key, hint);
    else
        diags_error(diags, node->key_at, "unknown section \"%s\" (there are %sand include)",
                    node->key, buf_text(&list));
}

static void check_top(const struct tree *tree, struct diags *diags)
{
    if (tree->kind != TREE_MAP) {
        diags_error(diags, tree->at, "the file must be a map (begin with \"folders:\")");
        return;
    }
    for (size_t i = 0; i < tree->n; i++) {
        const struct tree *node = tree->items[i];
        if (!schema_section_find(node->key) && strcmp(node->key, "include") != 0)
            unknown_section(node, diags);
    }
}

static void hash_texts(struct hasher *hasher, const struct config_texts *texts)
{
    uint64_t n = texts->n;
    hasher_part(hasher, &n, sizeof(n));
    for (size_t i = 0; i < texts->n; i++)
        hasher_text(hasher, texts->items[i]);
}

void config_plugin_hash(struct config_plugin *plugin, const struct hash *stamp)
{
    struct hasher hasher;
    hasher_init(&hasher);
    hasher_text(&hasher, plugin->name);
    hasher_text(&hasher, plugin->plugin);
    hasher_part(&hasher, &plugin->deadline_ms, sizeof(plugin->deadline_ms));
    hasher_part(&hasher, &plugin->memory_bytes, sizeof(plugin->memory_bytes));
    for (size_t i = 0; i < plugin->n_options; i++) {
        hasher_text(&hasher, plugin->options[i].name);
        hasher_part(&hasher, &plugin->options[i].is_list, sizeof(bool));
        hash_texts(&hasher, &plugin->options[i].values);
    }
    if (stamp)
        hasher_hash(&hasher, stamp);
    plugin->hash = hasher_final(&hasher);
}

static void plugin_finish(struct config_plugin *plugin)
{
    if (!plugin->plugin)
        plugin->plugin = mem_strdup(plugin->name);
    config_plugin_hash(plugin, NULL);
}

#define EXPORTER             "metrics" /* the plugin, and the name it goes by */
#define EXPORTER_DEADLINE_MS 10000
#define EXPORTER_MEMORY      (INT64_C(64) * 1024 * 1024)

/* The section "metrics" is one plugin with one option. */
static struct config_plugin *exporter_of(const struct config *config)
{
    if (str_equal(config->metrics_listen, SCHEMA_NOWHERE))
        return NULL;
    struct config_plugin *exporter = NEW(struct config_plugin);
    *exporter = (struct config_plugin){.name = mem_strdup(EXPORTER),
                                       .options = NEW_N(struct config_option, 1),
                                       .n_options = 1,
                                       .deadline_ms = EXPORTER_DEADLINE_MS,
                                       .memory_bytes = EXPORTER_MEMORY,
                                       .at = config->metrics_places[0]};
    exporter->options[0] =
        (struct config_option){.name = mem_strdup("listen"), .at = config->metrics_places[0]};
    texts_add(&exporter->options[0].values, config->metrics_listen);
    plugin_finish(exporter);
    return exporter;
}

static void exporter_free(struct config_plugin *exporter)
{
    if (!exporter)
        return;
    config_options_free(&exporter->options, &exporter->n_options);
    free(exporter->name);
    free(exporter->plugin);
    free(exporter);
}

struct config *config_build(const char *file, const struct tree *const *trees, size_t n,
                            struct diags *diags)
{
    struct config *config = NEW(struct config);
    config->refs = 1;
    config->file = mem_strdup(file);
    for (size_t i = 0; i < n; i++)
        check_top(trees[i], diags);
    size_t n_sections;
    const struct schema_section *sections = schema_sections(&n_sections);
    for (size_t i = 0; i < n_sections; i++)
        build_section(config, &sections[i], trees, n, diags);
    for (size_t i = 0; i < config->n_detectors; i++)
        plugin_finish(&config->detectors[i]);
    for (size_t i = 0; i < config->n_notifiers; i++)
        plugin_finish(&config->notifiers[i].plugin);
    config->exporter = exporter_of(config);
    for (size_t i = 0; i < config->n_routes; i++)
        config->routes[i].timing = timing_new(&config->routes[i]);
    config_check_names(config, diags);
    return config;
}

static void entry_deinit(const struct schema_section *section, void *entry)
{
    for (size_t i = 0; i < section->n_items; i++)
        value_free(&section->items[i], entry);
    free(*MEMBER(entry, section->places_offset, struct config_at *));
    if (section->shape == SCHEMA_NAMED)
        free(*MEMBER(entry, section->name_offset, char *));
}

static void config_free(struct config *config)
{
    size_t n_sections;
    for (size_t i = 0; i < config->n_routes; i++)
        timing_free(&config->routes[i].timing);
    const struct schema_section *sections = schema_sections(&n_sections);
    for (size_t i = 0; i < n_sections; i++) {
        const struct schema_section *section = &sections[i];
        bool single = section->shape == SCHEMA_SINGLE;
        char *entry = single ? (char *)config : *MEMBER(config, section->array_offset, char *);
        for (size_t k = 0; k < config_entry_count(config, section); k++)
            entry_deinit(section, entry + k * section->entry_size);
        if (!single)
            free(entry);
    }
    exporter_free(config->exporter);
    free(config->file);
    free(config);
}

struct config *config_ref(struct config *config)
{
    __atomic_add_fetch(&config->refs, 1, __ATOMIC_RELAXED);
    return config;
}

void config_unref(struct config **config)
{
    struct config *last = *config;
    *config = NULL;
    if (last && __atomic_sub_fetch(&last->refs, 1, __ATOMIC_ACQ_REL) == 0)
        config_free(last);
}
