/* Loading a plugin: dlopen, then every check that its table must pass before a call goes into it.
 */
#ifndef TOCSIN_HOST_LOAD_H
#define TOCSIN_HOST_LOAD_H

#include "host/plugin.h"

/* Sets plugin->table. -1: `err` says why; nothing of the plugin is called but its constructors.
 * What was loaded stays loaded. */
int load_table(struct plugin *plugin, struct err *err);

#endif
