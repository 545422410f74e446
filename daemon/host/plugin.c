/* The memory of a host's plugins; see plugin.h. */
#include "host/plugin.h"

#include <stdlib.h>

#include "host/post.h"

struct plugin_life plugin_life(const struct tocsin_plugin *table, enum ipc_role role)
{
    switch (role) {
    case IPC_ROLE_PROBE:
    case IPC_ROLE_BUILDER:
        break;
    case IPC_ROLE_DETECTOR:
        return (struct plugin_life){table->detector->init, table->detector->fini};
    case IPC_ROLE_NOTIFIER:
        return (struct plugin_life){table->notifier->init, table->notifier->fini};
    case IPC_ROLE_EXPORTER:
        return (struct plugin_life){table->exporter->init, table->exporter->fini};
    }
    return (struct plugin_life){NULL, NULL};
}

enum tocsin_powers plugin_powers(const struct tocsin_plugin *table)
{
    if (table->detector)
        return table->detector->powers;
    return table->notifier ? table->notifier->powers : TOCSIN_POWERS_NONE;
}

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
    fd_close(&plugin->new_part_fd);
}

static int keep_part(void *arg, enum tocsin_index_part part, const void *bytes, size_t len)
{
    struct err err;
    struct plugin *plugin = arg;
    plugin->new_part = part;
    plugin->new_part_fd = memfd_from("index", bytes, len, &err);
    return plugin->new_part_fd < 0
               ? tocsin_fail(&plugin->handle, NULL, 0, 0, "its index cannot be kept: %s", err.text)
               : 0;
}

void plugin_accepts_part(struct plugin *plugin, bool prepares)
{
    plugin->handle.index_give = keep_part;
    plugin->handle.is_prepared_now = prepares;
}

void plugin_accepts_no_part(struct plugin *plugin)
{
    plugin->handle.index_give = NULL;
}

void host_deinit(struct host *host)
{
    for (size_t i = 0; i < host->n_plugins; i++)
        plugin_free(&host->plugins[i]);
    free(host->plugins);
    free(host->sandbox_off);
    ipc_inbox_deinit(&host->inbox);
    *host = (struct host){0};
}
