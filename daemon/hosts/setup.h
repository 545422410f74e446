/* The messages by which a host is set up, and what it answers when that fails. */
#ifndef TOCSIN_HOSTS_SETUP_H
#define TOCSIN_HOSTS_SETUP_H

#include "base/buf.h"
#include "hosts/inside.h"

/* SETUP, PLUGIN (OPTION..., INDEX)..., START, handed to `send` one by one until it returns -1.
 * `*plugin` is then the plugin that is at fault, -1 none. */
int setup_send(const struct hosts *hosts, const struct host_spec *spec,
               int (*send)(void *arg, const struct ipc_message *message, int fd, struct err *err),
               void *arg, int *plugin, struct err *err);

/* The errors among the PROBLEM messages, for the sentence at the end. */
struct problems {
    struct buf text;
    int n;
    int plugin; /* of the first, -1 none */
};
/* Notes an error and logs a warning. */
void problems_add(struct problems *problems, const struct host_spec *spec,
                  const struct ipc_problem *problem);
void problems_deinit(struct problems *problems);

#endif
