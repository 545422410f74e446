/*
 * The opener: a process beside the host, forked before plugin code is loaded, that opens the files
 * which options of type OUTPUT name, and nothing else. So the process with the plugin needs no
 * power over any folder: an output in a person's home would otherwise lay all that is in it open.
 *
 * All that it is told is the number of an output, which it does not believe. It ends with the host.
 */
#ifndef TOCSIN_HOST_OPENER_H
#define TOCSIN_HOST_OPENER_H

#include "host/plugin.h"

/* Forks it if a plugin of this host may append to files; before the sandbox is entered. */
int opener_start(const struct host *host, struct err *err);
/* What the plugin's instance is given; NULL: it may append to none. */
int (*opener_function(const struct plugin *plugin))(void *arg, const char *path);

#endif
