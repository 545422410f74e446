/*
 * The sandbox of a host, in two stages: sandbox_enter before any plugin code is in the process,
 * sandbox_shut after `init`. What each kind of host may do stands in one table in sandbox.c.
 *
 *   no_new_privs   set-user-id programs give nothing
 *   landlock       stage 1: files can be read that are libraries or named by an option, nothing
 *                  else; nobody outside can be signalled. Stage 2: no files at all but for name
 *                  resolution, where the network is allowed
 *   seccomp        stage 1: whatever a host never does, and sockets, exec and writing as the kind
 *                  says. Stage 2: the calls that the job needs, a list
 *   rlimits        memory, core files, processes, the size of a file
 *
 * An exporter makes its socket in stage 1, TCP and no other, which Landlock binds to one port, as
 * far as the kernel has that; connecting is refused. In stage 2 it accepts on what it has.
 *
 * Landlock holds for the thread that asks and those that it starts: threads that `init` has started
 * keep what stage 1 left them of it. Stage 2 of seccomp reaches all of them.
 *
 * A layer that the system does not grant is left out, said once, and named in READY with the
 * reason.
 */
#ifndef TOCSIN_HOST_SANDBOX_H
#define TOCSIN_HOST_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define SANDBOX_N_LAYERS 4

enum sandbox_kind {
    SANDBOX_DETECTOR, /* and probes */
    SANDBOX_NONE,     /* notifiers, by their powers */
    SANDBOX_BUS,
    SANDBOX_NETWORK,
    SANDBOX_JOURNAL,
    SANDBOX_FILES,
    SANDBOX_LISTEN,          /* exporters */
    SANDBOX_READING_PROGRAM, /* of a detector */
    SANDBOX_PROGRAM,         /* of a notifier */
};

/* What a kind may do; read by landlock.c and seccomp.c. */
struct sandbox_powers {
    bool threads;
    bool unix_sockets, inet_sockets;
    bool resolves;    /* reads what name resolution and TLS need, also after `init` */
    bool grows_files; /* those it was handed: no limit on their size */
    bool syncs_files; /* and locks them, and sees to their room on the disk */
    bool listens;     /* in `init`, on `port` of the sandbox; accepts there afterwards */
    bool only_reads;  /* a program: files of the system and `readable`; nobody is reached */
};

struct sandbox {
    enum sandbox_kind kind;
    uint64_t memory_bytes;       /* for the job, above what the process has at stage 1; 0: any */
    const char *off;             /* layers to leave off, comma-separated: for tests */
    const char *const *readable; /* files and folders of stage 1, NULL-terminated */
    uint16_t port;               /* to listen on in stage 1; 0: none */
    unsigned up;                 /* layers that are up, by their order in sandbox.c */
    char *missing[SANDBOX_N_LAYERS]; /* why one is left out; NULL: it is not */
};

void sandbox_enter(struct sandbox *sandbox);
void sandbox_shut(struct sandbox *sandbox);
/* Were files put in the place of those that name resolution and TLS read? Landlock's rules know the
 * old ones alone, so that the new can only be read by a new process. */
bool sandbox_is_outdated(void);
/* Of a program that the launcher starts, of one of the last two kinds: all in one, before execve.
 *
 *   no_new_privs   as above
 *   landlock       signals reach only what it started itself; that of a detector reads files of the
 *                  system and `readable`, writes nothing, reaches no network and no other process
 *   seccomp        no looking into other processes, no loading of code into the kernel; that of a
 *                  detector has no sockets and makes no mounts and namespaces
 *   rlimits        core files, memory that is written to
 */
void sandbox_program(struct sandbox *sandbox);
/* "no_new_privs,landlock,seccomp,rlimits"; one that is missing, or that a build lifts, is named as
 * "-LAYER(why)". No comma is in the reason. */
void sandbox_layers(const struct sandbox *sandbox, struct buf *out);
/* "landlock (why), seccomp (why)": what the system does not grant. */
void sandbox_missing(const struct sandbox *sandbox, struct buf *out);
void sandbox_deinit(struct sandbox *sandbox);

#endif
