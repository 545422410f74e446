/*
 * Plugins without a daemon: tocsinctl starts hosts of its own, with the same sandbox and the same
 * checks, for what can be answered without the store.
 */
#ifndef TOCSIN_CTL_OFFLINE_H
#define TOCSIN_CTL_OFFLINE_H

#include "base/worker.h"
#include "config/config.h"
#include "ctl/ctl.h"
#include "hosts/hosts.h"

struct offline {
    struct loop *loop;
    struct hosts *hosts;
    struct worker *worker;
    struct config *config; /* NULL until loaded */
    struct diags diags;    /* what was found wrong so far */
    char *plugin_dirs;

    struct host *host; /* the one at work */
    bool ready;
    const struct host_index *index; /* that was prepared; NULL: it was not */
    char *died;                     /* why it ended, NULL while it lives */
    void (*each)(void *arg, const struct ipc_message *message, int fd);
    void *arg;
};

void offline_init(struct offline *offline, const struct ctl *ctl);
void offline_deinit(struct offline *offline);

/* Loads the configuration, checks it with its plugins' tables and, if `start`, starts each plugin
 * once. What is wrong is in `diags`. */
void offline_try(struct offline *offline, const struct ctl *ctl, bool start);
/* The same, and prints what is wrong on standard error. Returns 0 or EX_CONFIG. */
int offline_config(struct offline *offline, const struct ctl *ctl, bool start);
/* The plugin's description, a new reference; NULL: `err`. */
json_t *offline_probe(struct offline *offline, const char *plugin, struct err *err);
/* What the detector has to prepare, the hosts room's until it is prepared again; NULL: `diags` or
 * `died` say why not. */
const struct host_index *offline_prepare(struct offline *offline,
                                         const struct config_plugin *detector);
/* Starts a detector host with these plugins; -1: it did not get ready, `diags` or `died` say why.
 */
int offline_start(struct offline *offline, const struct host_plugin *plugins, size_t n_plugins,
                  int64_t deadline_ms);
/* Sends a request and hands every answer to `each` until DONE; -1: the host ended before. The
 * receiver of `each` owns fd if it is not -1. */
int offline_ask(struct offline *offline, const struct ipc_message *request, int fd,
                void (*each)(void *arg, const struct ipc_message *message, int fd), void *arg);
/* Prints and forgets the diagnostics; how many errors there were. */
size_t offline_print_diags(struct offline *offline);

#endif
