/* The options of a plugin: the configuration's texts held against the plugin's table. */
#ifndef TOCSIN_HOST_OPTIONS_H
#define TOCSIN_HOST_OPTIONS_H

#include "host/plugin.h"

/* Fills plugin->values from what was given and from the table's defaults. Every fault becomes a
 * PROBLEM with its place; -1 if there was one. Paths come absolute and patterns expanded: that is
 * the daemon's part. */
int options_apply(struct plugin *plugin);

/* The name of a type in descriptions; NULL for a number that is none. */
const char *options_type_name(enum tocsin_option_type type);
bool options_is_list(enum tocsin_option_type type);

#endif
