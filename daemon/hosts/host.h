/*
 * One host from within: what the files that share its life have of it. Its beginning and its end
 * are in host.c, its deadline in deadline.c, what it says in hear.c, what it is told in tell.c.
 * Private to this folder.
 */
#ifndef TOCSIN_HOSTS_HOST_H
#define TOCSIN_HOSTS_HOST_H

#include "base/buf.h"
#include "base/list.h"
#include "hosts/inside.h"
#include "hosts/outbox.h"
#include "hosts/setup.h"

enum host_state { HOST_SETTING_UP, HOST_READY, HOST_QUITTING, HOST_DYING };

struct host {
    struct list link;
    struct hosts *hosts;
    struct host_spec spec;
    struct host_ops ops;
    void *arg;

    enum host_state state;
    int pid; /* -1: never started */
    int channel;
    struct loop_io *io;
    struct loop_child *child;
    struct loop_timer *deadline;
    struct buf bundle; /* of messages that are sent with the next */
    struct outbox outbox;

    bool late;      /* with what is at work */
    bool closed;    /* its end of the channel */
    bool abandoned; /* nobody to tell */
    bool decided;   /* `end` and `why` stand already */
    bool killed;    /* by somebody else */
    enum host_end end;
    char *why;
    struct problems problems;

    char *layers, *program_layers;
    int running;        /* plugin at work, -1 none */
    uint64_t jobs;      /* sent */
    uint64_t jobs_open; /* of those, not finished */
    size_t n_lines;     /* of log, since it last got on with one */
    int64_t started_ms;
};

/* ---- host.c ---- */

/* It has no jobs: it says one thing, and ends. */
bool host_is_throw_away(const struct host *host);
/* Whom a sentence about it is about: the plugin at work, or itself. */
const char *host_subject(const struct host *host);
/* The reason why it ends; the first one stands. */
void host_decide(struct host *host, enum host_end end, const char *fmt, ...) PRINTF(3, 4);
/* Kills it and all that it has started; its end comes when the kernel tells of it. */
void host_slay(struct host *host);
/* Tells the owner, and frees it. */
void host_tell_end(struct host *host);

/* ---- deadline.c ---- */

void deadline_init(struct host *host);
/* Of setting it up. */
void deadline_begin(struct host *host);
/* Starts it again after progress; an idle host has none and wakes nobody. */
void deadline_renew(struct host *host);

/* ---- hear.c ---- */

/* One packet. False: there is none now, or never again. */
bool host_receive(struct host *host);
/* What it has said by now, as far as it is bearable for a turn. */
void host_hear(struct host *host);
/* The loop's: its channel can be read, or written. */
void host_readable(void *arg, unsigned events);

/* ---- tell.c ---- */

/* To the packet that is sent next. */
int host_bundle(struct host *host, const struct ipc_message *message, struct err *err);
/* Sends what is bundled; `fd` (-1: none) goes with its first message. */
int host_post_bundle(struct host *host, int fd, struct err *err);
/* Both at once. A descriptor belongs to the first message of its packet. */
int host_post(struct host *host, const struct ipc_message *message, int fd, struct err *err);
/* What waited for the channel to be writable. */
void host_flush(struct host *host);

#endif
