/*
 * A source: where documents come from. Here: a folder, watched by inotify.
 *
 * It finds changes and says when a file is complete; it never reads one. It opens files on a disk
 * thread of its own and hands each over with a descriptor and what fstat said. It does not know
 * documents: whether a file is known, and as what, it asks through `source_ops` (the documents
 * room answers from memory). Between the two stands credit: a source has at most SOURCE_CREDIT
 * opened files outstanding, and waits with the rest (paths only, each once).
 */
#ifndef TOCSIN_SOURCE_SOURCE_H
#define TOCSIN_SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "config/config.h"

struct source;

/* What tells one content of a file from another without reading it. Never the device: it changes
 * over mounts. */
struct source_key {
    uint64_t inode;
    int64_t size_bytes;
    int64_t mtime_ns;
    int64_t ctime_ns;
};

enum change_kind { CHANGE_ADDED, CHANGE_MODIFIED, CHANGE_REMOVED, CHANGE_RENAMED };

/* One event on one file. Texts are valid during the call. */
struct change {
    enum change_kind kind;
    const char *path;     /* below the root; bytes as the file system has them */
    const char *old_path; /* CHANGE_RENAMED within the source */
    int fd;               /* ADDED, MODIFIED: open for reading, O_NONBLOCK; the receiver owns it and
                             gives credit back with source_credit when it is done with it; else -1 */
    struct source_key key;
    int64_t seen_us; /* loop_now_us of the event that made the file complete */
    bool from_scan;  /* found by listing, not by an event */
};

enum source_state {
    SOURCE_STARTING, /* the first listing is under way */
    SOURCE_WATCHING,
    SOURCE_POLLING,     /* inotify does not see everything here; `why` says so */
    SOURCE_UNAVAILABLE, /* root gone, empty where it was not, on another device, unreadable */
};
#define SOURCE_N_STATES (SOURCE_UNAVAILABLE + 1)
/* "starting", "watching" ... */
const char *source_state_name(enum source_state state);

struct source_ops {
    /* Is this path known with exactly this key? Then it is not opened. `*known_path` tells whether
     * the path is known at all (ADDED or MODIFIED). */
    bool (*known)(void *arg, struct source *source, const char *path, const struct source_key *key,
                  bool *known_path);
    void (*change)(void *arg, struct source *source, const struct change *change);
    /* A directory was renamed within the source or left it: every known path below it. to == NULL:
     * left. */
    void (*tree_moved)(void *arg, struct source *source, const char *from, const char *to);
    /* A complete listing begins and ends. Between the two every file met was asked for by `known`;
     * what was not met is gone. ok false: the root became unavailable meanwhile or a directory
     * could not be read, nothing is gone. Changes that the listing found may still come after its
     * end (from_scan): all are handed over once source_idle. */
    void (*scan_began)(void *arg, struct source *source);
    void (*scan_ended)(void *arg, struct source *source, bool ok);
    /* The state or a count that people see changed. */
    void (*state)(void *arg, struct source *source);
    /* How many files are known below the root: a root that is empty though there were some is
     * unavailable (an unmounted disk), not emptied. May be NULL. */
    uint64_t (*known_count)(void *arg, struct source *source);
};

struct source_counts {
    uint64_t events, overflows, scans, opened, skipped_large, skipped_special, vanished, unreadable;
    uint64_t watches; /* at present */
    uint64_t waiting; /* complete or settling, not yet handed over; at present */
};

#define SOURCE_CREDIT 64

/* Watches first, lists then. `folder` must live as long as the source (hold the config). */
struct source *source_new(struct loop *loop, const struct config_folder *folder,
                          const struct source_ops *ops, void *arg);
/* Does not wait for a hung disk longer than a second. */
void source_free(struct source **source);

/* There was a source of this name before, which counted so far: its counts go on. Right after
 * source_new. */
void source_go_on(struct source *source, const struct source_counts *before);

/* As many files, which a source of this name opened before, are not done with: they count. Right
 * after source_new. */
void source_owe(struct source *source, unsigned n);

/* As many opened files are done with. */
void source_credit(struct source *source, unsigned n);
/* A file that was handed over was deleted before it could be read: counts it. */
void source_vanished(struct source *source);
/* Lists everything again, and takes a root that is empty or on another device as it is:
 * tocsinctl source rescan. */
void source_rescan(struct source *source);
/* After a change that could not be read (it changed meanwhile, or a host died before it was read):
 * open it again and report it anew, after the delay. */
void source_retry(struct source *source, const char *path, int64_t delay_ms);

const char *source_name(const struct source *source);
const struct config_folder *source_folder(const struct source *source);
enum source_state source_state(const struct source *source);
const char *source_why(const struct source *source); /* "" when there is nothing to say */
const struct source_counts *source_counts(const struct source *source);
/* Does it look by itself, because inotify does not tell of everything here? */
bool source_polls(const struct source *source);
/* Nothing settling, waiting or listing: for --once. */
bool source_idle(const struct source *source);

#endif
