/* A deep copy of a host's specification; see spec.h. */
#include "hosts/spec.h"

#include <stdlib.h>

#include "base/mem.h"

static void texts_copy(struct config_texts *to, const struct config_texts *from)
{
    *to = (struct config_texts){NEW_N(char *, from->n + 1), from->n};
    for (size_t i = 0; i < from->n; i++)
        to->items[i] = mem_strdup(from->items[i]);
}

static struct config_option *options_copy(const struct config_option *from, size_t n)
{
    struct config_option *options = NEW_N(struct config_option, n ? n : 1);
    for (size_t i = 0; i < n; i++) {
        options[i] = from[i];
        options[i].name = mem_strdup(from[i].name);
        texts_copy(&options[i].values, &from[i].values);
    }
    return options;
}

static void options_free(struct config_option *options, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < options[i].values.n; k++)
            free(options[i].values.items[k]);
        free(options[i].values.items);
        free(options[i].name);
    }
    free(options);
}

void spec_copy(struct host_spec *to, const struct host_spec *from)
{
    *to = *from;
    to->name = mem_strdup(from->name);
    to->sandbox_off = mem_strdup(from->sandbox_off ? from->sandbox_off : "");
    struct host_plugin *plugins = NEW_N(struct host_plugin, from->n_plugins ? from->n_plugins : 1);
    for (size_t i = 0; i < from->n_plugins; i++) {
        plugins[i] = from->plugins[i];
        plugins[i].instance = mem_strdup(from->plugins[i].instance);
        plugins[i].plugin = mem_strdup(from->plugins[i].plugin);
        plugins[i].options = options_copy(from->plugins[i].options, from->plugins[i].n_options);
    }
    to->plugins = plugins;
}

void spec_deinit(struct host_spec *spec)
{
    for (size_t i = 0; i < spec->n_plugins; i++) {
        const struct host_plugin *plugin = &spec->plugins[i];
        free((char *)(uintptr_t)plugin->instance);
        free((char *)(uintptr_t)plugin->plugin);
        options_free((struct config_option *)(uintptr_t)plugin->options, plugin->n_options);
    }
    free((struct host_plugin *)(uintptr_t)spec->plugins);
    free((char *)(uintptr_t)spec->name);
    free((char *)(uintptr_t)spec->sandbox_off);
    *spec = (struct host_spec){0};
}
