/* The check of a plugin's options and their completion; see options.h. */
#include "config/options.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/powers.h"
#include "base/str.h"
#include "config/build.h"
#include "config/option_type.h"
#include "config/tree.h"

/* One plugin at work. */
struct resolve {
    const struct config_plugin *plugin;
    const json_t *table; /* the array of descriptions */
    struct config_option *out;
    size_t n_out;
    struct hasher *stamp;
    struct diags *diags;
    bool elsewhere; /* as in config.h */
    bool unseen;
};

static const struct config_option *find_written(const struct config_plugin *plugin,
                                                const char *name)
{
    for (size_t i = 0; i < plugin->n_options; i++) {
        if (strcmp(plugin->options[i].name, name) == 0)
            return &plugin->options[i];
    }
    return NULL;
}

static const char *text_of(const json_t *option, const char *key)
{
    return json_string_value(json_object_get(option, key));
}

static bool is_described(const json_t *table, const char *name)
{
    size_t i;
    json_t *option;
    json_array_foreach(table, i, option)
    {
        if (str_equal(text_of(option, "name"), name))
            return true;
    }
    return false;
}

static void say_unknown(const struct resolve *resolve, const struct config_option *option)
{
    size_t n = json_array_size(resolve->table), i;
    json_t *described;
    AUTO_FREE const char **names = NEW_N(const char *, n + 1);
    json_array_foreach(resolve->table, i, described)
    {
        const char *name = text_of(described, "name");
        names[i] = name ? name : "";
    }
    AUTO_FREE char *hint = diag_hint(option->name, names, n);
    AUTO_FREE char *list =
        *hint ? mem_strdup("")
        : n   ? mem_printf(" (see tocsinctl plugin info %s)", resolve->plugin->plugin)
              : mem_strdup(" (this plugin has none)");
    diags_error(resolve->diags, option->at, "\"%s\": plugin \"%s\" has no option \"%s\"%s%s",
                resolve->plugin->name, resolve->plugin->plugin, option->name, hint, list);
}

/* A default as it would be written: a list in brackets, else one value. */
static void read_default(const char *text, struct config_texts *values)
{
    struct diags ignored = {0};
    struct tree *list = *text == '[' ? tree_parse("default", text, strlen(text), &ignored) : NULL;
    if (!list)
        texts_add(values, text);
    for (size_t i = 0; list && i < list->n; i++) {
        if (list->items[i]->kind == TREE_SCALAR)
            texts_add(values, list->items[i]->text);
    }
    tree_free(&list);
    diags_deinit(&ignored);
}

static int resolve_values(struct resolve *resolve, const json_t *described,
                          const struct config_option *written, struct config_option *out)
{
    const char *name = text_of(described, "name");
    AUTO_FREE char *owner = mem_printf("\"%s\": option \"%s\"", resolve->plugin->name, name);
    bool unseen = false;
    struct option_value value = {
        .described = described,
        .written = written != NULL,
        .file = written ? written->at.file : resolve->plugin->at.file,
        .at = written ? written->at : resolve->plugin->at,
        .owner = owner,
        .stamp = resolve->stamp,
        .diags = resolve->diags,
        .elsewhere = resolve->elsewhere,
        .unseen = &unseen,
    };
    const struct option_type *type = option_type_find(text_of(described, "type"));
    if (!type)
        return diags_error(resolve->diags, value.at, "%s: the plugin gives it an unknown type",
                           owner);
    *out = (struct config_option){
        .name = mem_strdup(name), .is_list = type->is_list, .kind = type->kind};
    if (written)
        out->at = written->at;
    struct config_texts from = {0};
    if (!written)
        read_default(text_of(described, "default"), &from);
    const struct config_texts *values = written ? &written->values : &from;
    int result = 0;
    if (written && written->is_list && !type->is_list)
        result = diags_error(resolve->diags, value.at, "%s must be one value, not a list", owner);
    for (size_t i = 0; result == 0 && i < values->n; i++) {
        value.index = i;
        result = type->resolve(&value, values->items[i], &out->values);
    }
    resolve->unseen |= unseen;
    if (result == 0 && type->kind == CONFIG_OPTION_SECRET && out->values.n && !unseen &&
        !(out->secret = option_secret(&value, out->values.items[0])))
        result = -1;
    texts_deinit(&from);
    return result;
}

static int resolve_one(struct resolve *resolve, const json_t *described)
{
    const char *name = text_of(described, "name");
    if (!name)
        return diags_error(resolve->diags, resolve->plugin->at,
                           "\"%s\": plugin \"%s\" describes an option without a name",
                           resolve->plugin->name, resolve->plugin->plugin);
    const struct config_option *written = find_written(resolve->plugin, name);
    if (!written && !text_of(described, "default")) {
        if (!json_is_true(json_object_get(described, "required")))
            return 0;
        const char *help = text_of(described, "help");
        return diags_error(resolve->diags, resolve->plugin->at,
                           "\"%s\": option \"%s\" of plugin \"%s\" is missing%s%s%s",
                           resolve->plugin->name, name, resolve->plugin->plugin, help ? " (" : "",
                           help ? help : "", help ? ")" : "");
    }
    return resolve_values(resolve, described, written, &resolve->out[resolve->n_out++]);
}

/* As config_resolve_options; `unseen` NULL: the configuration is this process's. */
static int resolve_options(const struct config_plugin *plugin, const json_t *description,
                           bool *unseen, struct config_option **options, size_t *n,
                           struct hash *stamp, struct diags *diags)
{
    struct hasher hasher;
    hasher_init(&hasher);
    struct resolve resolve = {.plugin = plugin,
                              .table = json_object_get(description, "options"),
                              .stamp = &hasher,
                              .diags = diags,
                              .elsewhere = unseen != NULL};
    resolve.out = NEW_N(struct config_option, json_array_size(resolve.table) + 1);
    int result = 0;
    for (size_t i = 0; i < plugin->n_options; i++) {
        if (is_described(resolve.table, plugin->options[i].name))
            continue;
        say_unknown(&resolve, &plugin->options[i]);
        result = -1;
    }
    size_t i;
    json_t *described;
    json_array_foreach(resolve.table, i, described) result |= resolve_one(&resolve, described);
    const char *file = text_of(description, "file");
    if (file)
        option_stamp(&hasher, file);
    if (result < 0)
        config_options_free(&resolve.out, &resolve.n_out);
    struct hash final = hasher_final(&hasher);
    if (stamp)
        *stamp = final;
    if (unseen)
        *unseen = resolve.unseen;
    *options = resolve.out;
    *n = resolve.n_out;
    return result;
}

int config_resolve_options(const struct config_plugin *plugin, const json_t *description,
                           struct config_option **options, size_t *n, struct hash *stamp,
                           struct diags *diags)
{
    return resolve_options(plugin, description, NULL, options, n, stamp, diags);
}

int config_check_options(const struct config_plugin *plugin, const json_t *description,
                         struct diags *diags)
{
    struct config_option *options;
    size_t n;
    int result = config_resolve_options(plugin, description, &options, &n, NULL, diags);
    config_options_free(&options, &n);
    return result;
}

static int check_kind(const struct config_plugin *plugin, const json_t *description,
                      const char *kind, struct diags *diags)
{
    const char *is = text_of(description, "kind");
    if (str_equal(is, kind) || str_equal(is, "both"))
        return 0;
    return diags_error(diags, plugin->at,
                       "%s \"%s\": plugin \"%s\" is a %s (move it under \"%ss:\")", kind,
                       plugin->name, plugin->plugin, is ? is : "plugin of no kind", is ? is : kind);
}

/* What the plugin says of itself. */
static int take_description(struct config_plugin *plugin, const json_t *description,
                            struct diags *diags)
{
    /* An exporter's go with its kind. */
    bool asks = !str_equal(text_of(description, "kind"), "exporter");
    if (asks && !powers_parse(text_of(description, "powers"), &plugin->powers))
        return diags_error(diags, plugin->at, "\"%s\": plugin \"%s\" asks for unknown powers",
                           plugin->name, plugin->plugin);
    plugin->interrupts = json_is_true(json_object_get(description, "interrupts"));
    plugin->compares = json_is_true(json_object_get(description, "compares"));
    plugin->prepares = json_is_true(json_object_get(description, "prepares"));
    plugin->tells_changes = json_is_true(json_object_get(description, "tells_changes"));
    plugin->resolves = json_is_true(json_object_get(description, "resolves"));
    plugin->follows = json_is_true(json_object_get(description, "follows"));
    return 0;
}

static int resolve_plugin(struct config_plugin *plugin, const char *kind, bool elsewhere,
                          config_describe *describe, void *arg, struct diags *diags)
{
    struct err err = {.text = ""};
    struct config_option *options;
    size_t n;
    struct hash stamp;
    const json_t *description = describe(arg, plugin->plugin, &err);
    if (!description)
        return diags_error(diags, plugin->at, "%s \"%s\": plugin \"%s\" cannot be used: %s", kind,
                           plugin->name, plugin->plugin, err.text);
    if (check_kind(plugin, description, kind, diags) < 0 ||
        take_description(plugin, description, diags) < 0 ||
        resolve_options(plugin, description, elsewhere ? &plugin->unseen : NULL, &options, &n,
                        &stamp, diags) < 0)
        return -1;
    config_options_free(&plugin->options, &plugin->n_options);
    plugin->options = options;
    plugin->n_options = n;
    config_plugin_hash(plugin, &stamp);
    return 0;
}

int config_resolve(struct config *config, config_describe *describe, void *arg, struct diags *diags)
{
    int result = 0;
    for (size_t i = 0; i < config->n_detectors; i++)
        result |= resolve_plugin(&config->detectors[i], "detector", config->elsewhere, describe,
                                 arg, diags);
    for (size_t i = 0; i < config->n_notifiers; i++)
        result |= resolve_plugin(&config->notifiers[i].plugin, "notifier", config->elsewhere,
                                 describe, arg, diags);
    if (config->exporter)
        result |=
            resolve_plugin(config->exporter, "exporter", config->elsewhere, describe, arg, diags);
    return result < 0 ? -1 : config_check_outputs(config, diags);
}
