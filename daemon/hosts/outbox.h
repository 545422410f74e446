/* Messages that wait until a host's channel takes them. */
#ifndef TOCSIN_HOSTS_OUTBOX_H
#define TOCSIN_HOSTS_OUTBOX_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/list.h"
#include "ipc/channel.h"

struct outbox {
    struct list waiting;
    int channel;
};

void outbox_init(struct outbox *outbox, int channel);
void outbox_deinit(struct outbox *outbox);
/* Sends at once, or keeps a copy of the message and a duplicate of `fd` (or -1). IPC_OK also when
 * it waits. */
enum ipc_status outbox_push(struct outbox *outbox, const struct buf *message, int fd,
                            struct err *err);
/* Sends what the channel takes: IPC_OK when nothing waits any more, IPC_AGAIN when it is full. */
enum ipc_status outbox_flush(struct outbox *outbox, struct err *err);
bool outbox_empty(const struct outbox *outbox);

#endif
