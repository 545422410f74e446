/* Starting the program of a host: its descriptors, its environment, its session. */
#ifndef TOCSIN_HOSTS_SPAWN_H
#define TOCSIN_HOSTS_SPAWN_H

#include <stdbool.h>

#include "base/err.h"

struct spawn {
    const char *program;
    const char *name; /* its one argument: shows in ps(1) */
    int channel;      /* becomes IPC_FD_CHANNEL (ipc/messages.h) */
    int lock_fd;      /* becomes IPC_FD_LOCK; -1: none */
    bool notifier;    /* keeps standard output, and the way to the person's session */
};

/* The process id, or -1. The descriptors stay the caller's. */
int spawn_host(const struct spawn *spawn, struct err *err);
/* The environment of a host, a NULL-terminated array in one block; the caller frees it. Its
 * strings are those of `from`. */
char **spawn_environment(char **from, bool notifier);

#endif
