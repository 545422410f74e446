/* A deep copy of a host's specification; see spec.h. */
#include "hosts/spec.h"

#include <stdlib.h>

#include "base/mem.h"

struct host_plugin host_plugin_of(const struct config_plugin *plugin)
{
    return (struct host_plugin){.instance = plugin->name,
                                .plugin = plugin->plugin,
                                .options = plugin->options,
                                .n_options = plugin->n_options,
                                .powers = plugin->powers,
                                .deadline_ms = plugin->deadline_ms,
                                .memory_bytes = plugin->memory_bytes};
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
        plugins[i].options =
            config_options_copy(from->plugins[i].options, from->plugins[i].n_options);
    }
    to->plugins = plugins;
}

void spec_deinit(struct host_spec *spec)
{
    for (size_t i = 0; i < spec->n_plugins; i++) {
        const struct host_plugin *plugin = &spec->plugins[i];
        struct config_option *options = (struct config_option *)(uintptr_t)plugin->options;
        size_t n_options = plugin->n_options;
        free((char *)(uintptr_t)plugin->instance);
        free((char *)(uintptr_t)plugin->plugin);
        config_options_free(&options, &n_options);
    }
    free((struct host_plugin *)(uintptr_t)spec->plugins);
    free((char *)(uintptr_t)spec->name);
    free((char *)(uintptr_t)spec->sandbox_off);
    *spec = (struct host_spec){0};
}
