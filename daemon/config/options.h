/*
 * A plugin's options, held against the plugin's own table.
 *
 * The table comes from the plugin by a probe, as JSON (schema in ipc/messages.h, DESCRIBE). The
 * way: config_load keeps options as written; the program probes every plugin that the snapshot
 * names; config_resolve checks and completes the options of the fresh snapshot, before anybody else
 * holds a reference. From then on `options` is what a host is given: every option that has a value,
 * in the order of the table, defaults filled in, paths absolute, patterns expanded and sorted.
 * Values stay texts, as they were written, but for a secret: that is read from its file.
 */
#ifndef TOCSIN_CONFIG_OPTIONS_H
#define TOCSIN_CONFIG_OPTIONS_H

#include <jansson.h>

#include "config/config.h"

/* All of these look at the files that paths and secrets name: for start-up and worker threads. */

/* 0, or -1 with everything that is wrong in `diags`. */
int config_check_options(const struct config_plugin *plugin, const json_t *description,
                         struct diags *diags);
/* The same, and the options as a host needs them; on -1 *options is NULL. `stamp` (may be NULL)
 * changes when the plugin's shared object or a file that a path names changes. The caller frees
 * them with config_options_free. */
int config_resolve_options(const struct config_plugin *plugin, const json_t *description,
                           struct config_option **options, size_t *n, struct hash *stamp,
                           struct diags *diags);

/* Gives the description of a plugin, or NULL with the reason in `err`. */
typedef const json_t *config_describe(void *arg, const char *plugin, struct err *err);

/* Resolves every plugin of a snapshot that nobody else has seen yet, in place, and puts the stamp
 * into its hash; also says when a detector stands under notifiers or the other way round. On -1
 * the snapshot is not fit for use. */
int config_resolve(struct config *config, config_describe *describe, void *arg,
                   struct diags *diags);

#endif
