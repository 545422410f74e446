/*
 * The memory of a host in which several detectors are: while one of them is at work, the host may
 * grow by that one's own limit, so that what it eats is not the others'. The limits of all together
 * are the host's own (sandbox.h), and its end.
 *
 * It holds against mistakes, and against eating as fast as one can; a plugin that means harm can
 * take the limit of all, as it could without it.
 */
#ifndef TOCSIN_HOST_SHARE_H
#define TOCSIN_HOST_SHARE_H

#include "host/plugin.h"

/* Before the sandbox is shut, which forbids to open what this looks at. */
void share_open(const struct host *host);
/* Of all detectors of a host together; 0: any. */
uint64_t share_of_all(const struct host *host);
/* Around a detector's work on a document: to detect, to explain. */
void share_begin(const struct plugin *plugin);
void share_end(void);

#endif
