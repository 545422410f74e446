/*
 * Hosts: the sandboxed child processes in which plugin code runs. This room spawns them, sets them
 * up, keeps their deadlines, kills them and says whom to blame. It knows nothing of documents or
 * deliveries beyond the jobs it carries; detect/, deliver/ and the probe decide what follows.
 *
 * Life: spawn -> set-up (plugins loaded, options given, sandbox shut) -> ready -> jobs -> quit or
 * death. Every end is reported once, by `ended`; jobs that were sent and not finished are named by
 * their owner's own book-keeping.
 */
#ifndef TOCSIN_HOSTS_HOSTS_H
#define TOCSIN_HOSTS_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/hash.h"
#include "base/loop.h"
#include "config/config.h"
#include "hosts/index.h"
#include "ipc/messages.h"

struct hosts; /* what all hosts share: the paths, the inherited lock, the table of them for status
               */
struct host;

struct hosts_paths {
    const char *host_program; /* tocsin-host */
    const char *plugin_dirs;  /* where NAME.so is looked for, in order, separated by ':' */
    int lock_fd;              /* inherited by every host: a new daemon finds old hosts by it; -1 */
};

struct hosts *hosts_new(struct loop *loop, const struct hosts_paths *paths);
void hosts_free(struct hosts **hosts); /* kills what still runs */

enum host_role { HOST_PROBE, HOST_DETECTOR, HOST_NOTIFIER, HOST_EXPORTER, HOST_BUILDER };
#define HOST_N_ROLES (HOST_BUILDER + 1)
/* "detector" */
const char *host_role_name(enum host_role role);

/* One plugin of a host. */
struct host_plugin {
    const char *instance; /* its name in the configuration */
    const char *plugin;   /* NAME of NAME.so */
    const struct config_option *options;
    size_t n_options;
    enum tocsin_powers powers;
    int64_t deadline_ms;  /* per running job of this plugin; 0: the spec's */
    int64_t memory_bytes; /* above what the host needs itself; 0: any */
    /* What it has prepared (hosts/prepare.h) and, for a trial, what is at work; NULL: nothing. Not
     * copied: they are sent when the host is spawned. */
    const struct host_index *index, *in_force;
};
/* As a resolved configuration has it, and of its lifetime. */
struct host_plugin host_plugin_of(const struct config_plugin *plugin);

struct host_spec {
    const char *name; /* for status and log: "detect-1", "notify-desktop" */
    enum host_role role;
    const struct host_plugin *plugins; /* a detector host has them all, the other roles one */
    size_t n_plugins;
    int64_t deadline_ms; /* per running job, of one plugin; and for set-up (at least 10 s there) */
    const char *sandbox_off; /* names of layers to leave off, comma-separated: for the tests that
                                prove each layer; NULL */
};

enum host_end {
    HOST_ENDED,    /* asked to, or idle */
    HOST_CRASHED,  /* a signal or an exit of its own */
    HOST_HUNG,     /* past its deadline: killed by us */
    HOST_LIED,     /* sent a bad message: killed by us */
    HOST_UNUSABLE, /* set-up failed: `why` has what the plugin said */
};
#define HOST_N_ENDS (HOST_UNUSABLE + 1)
/* "ended", "crashed" ... */
const char *host_end_name(enum host_end end);

/* Texts are valid during the call. `plugin` is an index into the spec's plugins. */
struct host_ops {
    void (*ready)(void *arg);
    /* Any message of the host that is not the room's own business; see ipc/messages.h. `fd` is -1
     * or the receiver's. Return -1 (with err) when the message makes no sense: the host dies. */
    int (*message)(void *arg, const struct ipc_message *message, int fd, struct err *err);
    /* One of the problems that set-up meets, an error or a warning, with file, line and column. The
     * errors are in the `why` of HOST_UNUSABLE, too; the room logs the warnings. May be NULL. */
    void (*problem)(void *arg, const struct ipc_problem *problem);
    /* During set-up, from a plugin whose table does not tell what its facts look like. May be NULL.
     */
    void (*facts)(void *arg, const struct ipc_facts *facts);
    /* What is at work has taken a tenth of its deadline, and at least 100 ms: time to think of
     * those that wait behind it. `running` is the plugin, -1 none. Once, until it gets on. May be
     * NULL. */
    void (*late)(void *arg, int running);
    /* `running` is the plugin that was at work, -1 none; `why` a sentence for people. The handle is
     * freed by the room after this call. */
    void (*ended)(void *arg, enum host_end end, int running, const char *why);
};

/* Never fails at once: a program that cannot be started ends as HOST_UNUSABLE. All of the spec is
 * copied. */
struct host *host_spawn(struct hosts *hosts, const struct host_spec *spec,
                        const struct host_ops *ops, void *arg);
/* Queues a message for sending; `fd` (or -1) is duplicated. Only after `ready`. */
void host_send(struct host *host, const struct ipc_message *message, int fd);
/* As host_send, but it waits for that: messages that belong together are one packet, if it holds
 * them. */
void host_send_with_next(struct host *host, const struct ipc_message *message);
/* No more jobs: it ends once the message queue is drained (HOST_ENDED), killed at its deadline. */
void host_quit(struct host *host);
/* Kills it now; `ended` comes as HOST_ENDED. */
void host_kill(struct host *host);
/* Kills it now, and its owner hears of it no more: for an owner that goes away. The handle is gone.
 */
void host_abandon(struct host **host);

const char *host_name(const struct host *host);
/* `late` was told, and it has not got on since. */
bool host_is_late(const struct host *host);
int host_pid(const struct host *host);
/* During `ended`: was it killed from outside, by a person or for want of memory? */
bool host_was_killed(const struct host *host);
/* "no_new_privs,landlock,seccomp,rlimits", one that is missing as "-LAYER(why)"; "" before ready.
 */
const char *host_layers(const struct host *host);

/* For status: [{"name", "role", "pid", "state", "layers", "started_ms", "jobs"} ...], with
 * "program_layers" where a plugin may have programs started; new ref. */
json_t *hosts_status(const struct hosts *hosts);

/* Since the start: processes started, by role, and how they ended. */
struct hosts_counts {
    uint64_t started[HOST_N_ROLES], ended[HOST_N_ROLES][HOST_N_ENDS];
    uint64_t running[HOST_N_ROLES]; /* at present */
};
const struct hosts_counts *hosts_counts(const struct hosts *hosts);

/* Asks a throw-away host what a plugin is. `done` gets the description (schema in ipc/messages.h,
 * DESCRIBE), or NULL and the reason. Descriptions are kept; `done` may come at once. */
void hosts_probe(struct hosts *hosts, const char *plugin,
                 void (*done)(void *arg, const char *plugin, const json_t *description,
                              const char *error),
                 void *arg);
/* Its questions with this `arg` are answered no more: for an asker that goes away. */
void hosts_probe_cancel(struct hosts *hosts, void *arg);

/* Makes DIR/lock and locks it, for hosts_paths.lock_fd: the lock lasts until the last process that
 * inherited it has ended, so it is free only when no daemon and no host of an earlier daemon runs
 * on this state directory. Waits at most so long, then fails and says who holds it. Blocks: for
 * start-up only. */
int hosts_lock(const char *dir, int64_t wait_ms, struct err *err);

#endif
