/*
 * Messages as they come out of a channel: a packet holds one or several, one after another, and its
 * descriptor belongs to the first of them. What comes next is decided by the packet at hand, so a
 * sender may bundle what it has to say and saves itself and the receiver a turn each.
 */
#ifndef TOCSIN_IPC_INBOX_H
#define TOCSIN_IPC_INBOX_H

#include "ipc/channel.h"
#include "ipc/messages.h"

struct ipc_inbox {
    struct buf packet; /* at hand; messages point into it */
    size_t at;         /* where its next message begins */
    int fd;            /* of its first message, -1: none, or handed out; to begin with, too */
};

void ipc_inbox_deinit(struct ipc_inbox *inbox);

/* Has the packet at hand no more messages? */
bool ipc_inbox_empty(const struct ipc_inbox *inbox);
/* Lets go of what is left of the packet at hand. */
void ipc_inbox_clear(struct ipc_inbox *inbox);
/* Another packet in place of the one at hand. */
enum ipc_status ipc_inbox_fill(struct ipc_inbox *inbox, int channel, struct err *err);
/* The next message of the packet at hand, which must not be empty: -1 when there is none in what is
 * left. It points into the packet; deinit it, also after a failure. *fd is the caller's, or -1. */
int ipc_inbox_take(struct ipc_inbox *inbox, enum ipc_direction direction,
                   struct ipc_message *message, int *fd, struct err *err);
/* The next message, from the packet at hand or else from the channel; deinit it in any case. */
enum ipc_status ipc_inbox_next(struct ipc_inbox *inbox, int channel, enum ipc_direction direction,
                               struct ipc_message *message, int *fd, struct err *err);

#endif
