/*
 * What a host says to the daemon, from whichever thread. A daemon that is gone ends the process; so
 * does a message that cannot be sent, because silence would be a lie.
 */
#ifndef TOCSIN_HOST_POST_H
#define TOCSIN_HOST_POST_H

#include <stdbool.h>

#include <tocsin/plugin.h>

#include "base/mem.h"
#include "ipc/messages.h"

/* Once, before anything is posted. */
void post_open(int channel);
/* At once. */
void post(const struct ipc_message *message);
/* As post, but false when the message is larger than a packet. */
bool post_if_it_fits(const struct ipc_message *message);

/* Messages that go together, in one packet as far as it holds them. What was bundled is sent before
 * a plugin is called, which may crash. Zero is an empty one. */
struct bundle {
    struct buf packet;
    int fd; /* of the first message, while has_fd; the caller's, open until it is sent */
    bool has_fd;
};
void bundle_deinit(struct bundle *bundle);
#define AUTO_BUNDLE CLEANUP(bundle_deinit)
void bundle_add(struct bundle *bundle, const struct ipc_message *message);
/* As bundle_add, but false when the message is larger than a packet. */
bool bundle_add_if_it_fits(struct bundle *bundle, const struct ipc_message *message);
/* Of an empty bundle. */
void bundle_add_with_fd(struct bundle *bundle, const struct ipc_message *message, int fd);
void bundle_post(struct bundle *bundle);

void post_log(uint32_t plugin, enum tocsin_log_level level, const char *fmt, ...) PRINTF(3, 4);
/* `file` NULL: none. Only before READY. */
void post_problem(uint32_t plugin, bool warning, const char *file, int line, int column,
                  const char *text);

#endif
