/*
 * Hosts' processes that are none, in the place of hosts/spawn.c, kill(2) and waitpid(2): each is
 * the other end of its channel, and says and does what the target lets it.
 */
#ifndef TOCSIN_FUZZ_PROCESSES_H
#define TOCSIN_FUZZ_PROCESSES_H

#include <stddef.h>

#include "base/buf.h"
#include "ipc/messages.h"

#define PROCESSES_MOST 64 /* further ones cannot be started */

/* Forgets all of them. */
void processes_reset(void);
size_t processes_n(void);
/* Sends a packet; `fd` stays the caller's. Nothing when it has ended. */
void process_say(size_t process, const struct buf *packet, int fd);
/* Closes the channel; the process goes on. */
void process_hang_up(size_t process);
/* `status` as of waitpid(2). */
void process_end(size_t process, int status);
/* All that the daemon has sent to any of them must be messages to a host. `heard` is told of each,
 * and may have the process say or do something; NULL: nobody is. */
typedef void process_heard_fn(size_t process, const struct ipc_message *message);
void processes_hear(process_heard_fn *heard);

#endif
