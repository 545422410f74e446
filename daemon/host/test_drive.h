/*
 * Drives a real tocsin-host over a real channel, for test_host.c and test_sandbox.c: the daemon's
 * side in a few blocking calls, each with a bound in time. What it got is kept as lines of text.
 */
#ifndef TOCSIN_HOST_TEST_DRIVE_H
#define TOCSIN_HOST_TEST_DRIVE_H

#include <stdbool.h>
#include <sys/types.h>

#include <tocsin/plugin.h>

#include "base/buf.h"
#include "ipc/inbox.h"

struct drive {
    int channel;
    struct ipc_inbox inbox;
    pid_t pid;
    int status;       /* of the dead; valid once `dead` */
    bool dead, ready; /* READY came */
    struct buf lines; /* one a message: "LOG text", "FINDING topic ..." */
    struct hash hash; /* of the last VERSION */
    struct buf text;  /* in it */
    int text_fd;      /* with it; -1 */
    uint64_t asked;   /* number of the last ASK */
};

struct drive_setup {
    enum ipc_role role;
    const char *plugin; /* NAME of tests/support/plugins/NAME.c */
    enum tocsin_powers powers;
    const char *const *options; /* name, value, name, value, NULL; a path begins with '/',
                                   "out" is an output */
    const char *const *command; /* of the option `command`, NULL-terminated; NULL: none */
    const char *off;            /* layers; NULL */
    uint64_t memory_bytes;
    bool as_nobody;
};

/* The file of a test plugin, and of the program; static. */
const char *drive_plugin_file(const char *name);
const char *drive_program(void);

/* Starts it, sends the set-up and waits for READY, DESCRIBE or its end. */
void drive_start(struct drive *drive, const struct drive_setup *setup);
void drive_send(struct drive *drive, const struct ipc_message *message, int fd);
/* Receives until a message of this type came (true), or the host ended (false). */
bool drive_until(struct drive *drive, enum ipc_type type);
/* A READ of a file with this content, up to its DONE; false: the host ended. */
bool drive_read(struct drive *drive, const char *name, const void *bytes, size_t len,
                const struct hash *known);
/* Waits for an ASK and answers it with this text (NULL: there is no such page), up to its DONE;
 * false: the host ended. */
bool drive_page(struct drive *drive, const char *text);
/* A delivery of two revisions of a total of five, up to its OUTCOME; false: the host ended. */
bool drive_deliver(struct drive *drive, uint32_t attempt);
/* The same, as one that was sent before the last one was answered. */
bool drive_deliver_behind(struct drive *drive, uint32_t attempt);
bool drive_says(const struct drive *drive, const char *text);
/* QUIT if it lives; waits for its end, frees it all. */
void drive_end(struct drive *drive);

#endif
