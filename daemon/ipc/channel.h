/*
 * A channel between the daemon and one host: a SOCK_SEQPACKET socket; packets of messages, at most
 * one descriptor with each. Messages are declared in ipc/messages.h and nowhere else; ipc/inbox.h
 * takes packets apart. One that is not made of valid messages of the expected direction is an error
 * of its sender.
 */
#ifndef TOCSIN_IPC_CHANNEL_H
#define TOCSIN_IPC_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define IPC_PROTOCOL  9u             /* SETUP.version */
#define IPC_MAX_BYTES (160u * 1024u) /* one packet; more goes by memory file */

enum ipc_status { IPC_ERROR = -1, IPC_OK = 0, IPC_AGAIN, IPC_CLOSED };

/* A pair: both ends close-on-exec, non-blocking at `daemon_fd`, blocking at `host_fd`. */
int ipc_pair(int *daemon_fd, int *host_fd, struct err *err);
/* `fd` -1: none; it stays the caller's. */
enum ipc_status ipc_send(int channel, const struct buf *packet, int fd, struct err *err);
/* The packet's bytes replace what `packet` held; *fd is the caller's, -1 if none came. */
enum ipc_status ipc_receive(int channel, struct buf *packet, int *fd, struct err *err);

#endif
