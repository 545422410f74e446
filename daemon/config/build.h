/*
 * From trees to a snapshot, without a look at the disk: sections, entries, options, defaults, names
 * that point at each other. Used by config_load, by the tests and by the fuzz target.
 */
#ifndef TOCSIN_CONFIG_BUILD_H
#define TOCSIN_CONFIG_BUILD_H

#include "config/config.h"
#include "config/schema.h"
#include "config/tree.h"

/* Later files add to earlier ones. Always makes a snapshot (one reference); it is only fit for use
 * when `diags` got no error. `file` is the main file. */
struct config *config_build(const char *file, const struct tree *const *trees, size_t n,
                            struct diags *diags);

/* Names that point at nothing, and values that do not go together. */
void config_check_names(const struct config *config, struct diags *diags);
/* Whether there is enough to be of use: a folder at least. */
void config_check_presence(const struct config *config, struct diags *diags);
/* Folders on disk: there, readable, apart from each other. */
void config_check_folders(const struct config *config, const struct config_texts *watched,
                          struct diags *diags);
/* 0, or -1 when an output of a notifier, whose options are resolved, would be read as a document.
 */
int config_check_outputs(const struct config *config, struct diags *diags);

/* Recomputes plugin->hash from what it holds, and from a stamp of its files (may be NULL). */
void config_plugin_hash(struct config_plugin *plugin, const struct hash *stamp);

/* Entry `index` of a section; of a SINGLE section, the snapshot itself. */
const void *config_entry(const struct config *config, const struct schema_section *section,
                         size_t index);
size_t config_entry_count(const struct config *config, const struct schema_section *section);
/* NULL in a section without names. */
const char *config_entry_name(const struct schema_section *section, const void *entry);
struct config_at config_entry_at(const struct schema_section *section, const void *entry);
const struct config_at *config_entry_places(const struct schema_section *section,
                                            const void *entry);

#endif
