/*
 * The launcher: a process beside the host, forked before plugin code is loaded, that starts the
 * programs which options of type COMMAND name, and nothing else. The host itself may start nothing.
 *
 * Each program leads a session of its own, without descriptors but its three pipes, in the sandbox
 * of its kind: a detector's reads system files, its own folder and what options name, and reaches
 * nobody; a notifier's may do what its user may, but look into other processes. When a program ends
 * or is killed, what it left behind is killed, too. When the host ends, everything is, and the lock
 * that the launcher holds is free only then.
 */
#ifndef TOCSIN_HOST_LAUNCHER_H
#define TOCSIN_HOST_LAUNCHER_H

#include "host/plugin.h"
#include "host/sandbox.h"

/* Forks it; *channel is the host's end (launch.h). `layers` gets what the programs' sandbox has. */
int launcher_start(const struct host *host, int *channel, struct buf *layers, struct err *err);

/* The COMMAND options of a host's plugins in order; NULL when there is none of this index. */
const struct given *launcher_command(const struct host *host, size_t index,
                                     const struct plugin **plugin);

#endif
