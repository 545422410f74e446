/* The memory of a host's plugins; see plugin.h. */
#include "host/plugin.h"

#include <stdlib.h>

#include "host/post.h"

int plugin_problem(struct plugin *plugin, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, va);
    va_end(va);
    post_problem(plugin->index, false, NULL, 0, 0, text);
    plugin->failed = true;
    return -1;
}

static void given_free(struct given *given)
{
    for (size_t i = 0; i < given->n; i++)
        free(given->values[i]);
    free(given->values);
    free(given->name);
    free(given->file);
}

static void plugin_free(struct plugin *plugin)
{
    for (size_t i = 0; i < plugin->n_given; i++)
        given_free(&plugin->given[i]);
    free(plugin->given);
    free(plugin->values);
    free(plugin->instance);
    free(plugin->name);
    free(plugin->file);
    free(plugin->last_error);
}

void host_deinit(struct host *host)
{
    for (size_t i = 0; i < host->n_plugins; i++)
        plugin_free(&host->plugins[i]);
    free(host->plugins);
    free(host->sandbox_off);
    *host = (struct host){0};
}
