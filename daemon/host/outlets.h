/* Where a notifier's words leave the house: what the porter does. Called by porter.c alone. */
#ifndef TOCSIN_HOST_OUTLETS_H
#define TOCSIN_HOST_OUTLETS_H

#include <stddef.h>

/* A regular file to be read and appended to; made if there is none and none appears in a tenth of a
 * second, its name then on the disk. Never waits for whoever is at the other end of it. 0 and *fd,
 * or an errno. */
int outlet_open(const char *path, int *fd);

/* Hands an entry in the journal's own form (systemd.io/JOURNAL_NATIVE_PROTOCOL) to the journal: the
 * bytes, or a sealed memory file that holds them. 0, or an errno: EAGAIN when it takes none. */
int outlet_tell_journal(const char *bytes, size_t len, int memory_file);

#endif
