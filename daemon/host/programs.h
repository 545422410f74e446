/*
 * The host's side of its launcher: has the programs of COMMAND options started for plugins, by way
 * of the table that an instance carries (lib/objects.h). Used from the thread that calls plugins.
 */
#ifndef TOCSIN_HOST_PROGRAMS_H
#define TOCSIN_HOST_PROGRAMS_H

#include "host/plugin.h"

/* Starts the launcher if a plugin of this host may have programs started; before the sandbox is
 * entered. `layers` gets what the programs' sandbox has, nothing without a launcher. */
int programs_open(const struct host *host, struct buf *layers, struct err *err);
/* What the plugin's instance is given; NULL: it may start none. */
const struct tocsin_starter *programs_starter(const struct plugin *plugin);

#endif
