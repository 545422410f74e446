/*
 * The plugins of this host: what SETUP, PLUGIN and OPTION said of them, and what became of it.
 * setup.c fills them, load.c and options.c check, serve.c calls.
 */
#ifndef TOCSIN_HOST_PLUGIN_H
#define TOCSIN_HOST_PLUGIN_H

#include <stdbool.h>

#include "base/memfd.h"
#include "ipc/inbox.h"
#include "lib/objects.h"

/* An option as the configuration gives it. A long list comes in several messages. */
struct given {
    char *name;
    char **values; /* NULL-terminated */
    size_t n, cap;
    enum ipc_option_kind kind;
    char *file;
    uint32_t line, column;
};

struct plugin {
    uint32_t index;
    char *instance, *name, *file;
    enum tocsin_powers powers; /* as the daemon learnt them by a probe */
    uint64_t memory_bytes;     /* of its own; 0: any */
    struct given *given;
    size_t n_given, given_cap;

    const struct tocsin_plugin *table; /* never unloaded */
    struct tocsin_value *values;       /* parallel to its options */
    struct tocsin_instance handle;
    int new_part_fd; /* the memory file with a part of its index that it gave; -1 none */
    enum tocsin_index_part new_part;
    void *state;
    bool failed; /* it said so itself; the reason is on its way already */
    /* Of the job at hand, under the lock of voice.c. */
    char *last_error;
    unsigned n_lines;
};

struct host {
    int channel;
    struct ipc_inbox inbox; /* of the channel */
    enum ipc_role role;
    char *sandbox_off; /* layers, comma-separated */
    struct plugin *plugins;
    size_t n_plugins, plugins_cap;
    struct memfd_map before; /* the text that the document of the next job had */
    bool has_before;
    bool refused; /* the last delivery is to be tried again: no other may overtake it */
};

/* How a plugin of this role begins and ends; either may be NULL. */
struct plugin_life {
    int (*init)(struct tocsin_instance *instance, void **state);
    void (*fini)(void *state);
};
struct plugin_life plugin_life(const struct tocsin_plugin *table, enum ipc_role role);
enum tocsin_powers plugin_powers(const struct tocsin_plugin *table);

/* From now on it may give a part of its index, once, which is then in new_part_fd: in `prepare` or
 * in `detect`. */
void plugin_accepts_part(struct plugin *plugin, bool prepares);
void plugin_accepts_no_part(struct plugin *plugin);
/* Says what is wrong with a plugin, as PROBLEM, and returns -1. */
int plugin_problem(struct plugin *plugin, const char *fmt, ...) PRINTF(2, 3);
void host_deinit(struct host *host);

#endif
