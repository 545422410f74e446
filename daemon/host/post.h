/*
 * What a host says to the daemon: one message a packet, from whichever thread. A daemon that is
 * gone ends the process; so does a message that cannot be sent, because silence would be a lie.
 */
#ifndef TOCSIN_HOST_POST_H
#define TOCSIN_HOST_POST_H

#include <stdbool.h>

#include <tocsin/plugin.h>

#include "base/mem.h"
#include "ipc/messages.h"

/* Once, before anything is posted. */
void post_open(int channel);
/* `fd` -1: none; it stays the caller's. */
void post(const struct ipc_message *message, int fd);
/* As post, but false when the message is larger than a packet. */
bool post_if_it_fits(const struct ipc_message *message);

void post_log(uint32_t plugin, enum tocsin_log_level level, const char *fmt, ...) PRINTF(3, 4);
/* `file` NULL: none. Only before READY. */
void post_problem(uint32_t plugin, bool warning, const char *file, int line, int column,
                  const char *text);

#endif
