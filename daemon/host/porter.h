/*
 * The porter: a process beside the host, forked before plugin code is loaded, that carries outside
 * what a notifier of files or of the journal has to say, and nothing else: it opens the files which
 * options of type OUTPUT name, and hands entries to the journal. So the process with the plugin
 * needs no power over any folder or socket; an output in a person's home would otherwise lay open
 * all that is in it.
 *
 * What it is told are a number of an output, which it does not believe, and entries, which it does
 * not read. It ends with the host.
 */
#ifndef TOCSIN_HOST_PORTER_H
#define TOCSIN_HOST_PORTER_H

#include "host/plugin.h"

/* Forks it if the plugin of this host has such powers; before the sandbox is entered. */
int porter_start(const struct host *host, struct err *err);
/* What the plugin's instance is given; NULL: it has none. */
const struct tocsin_outlets *porter_outlets(const struct plugin *plugin);

#endif
