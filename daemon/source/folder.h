/*
 * What the files of this room share: one source and its parts. Private to the room.
 *
 *   events.c  inotify's events, in their order          -> dirs, moves, files, scan, root
 *   moves.c   the two halves of a rename                -> dirs, files, scan, the receiver
 *   dirs.c    the directories and their watches
 *   watches.c takes watches away
 *   scan.c    watches and lists directories             -> dirs, files
 *   files.c   paths that wait until they may be read    -> opening.c
 *   opening.c has them looked at and opened             -> the receiver (source_ops)
 *   root.c    is the root there, must it be polled      -> scan, source_state
 *
 * All of it runs on the loop. What touches the disk is a job of disk.h on the source's worker.
 */
#ifndef TOCSIN_SOURCE_FOLDER_H
#define TOCSIN_SOURCE_FOLDER_H

#include <sys/inotify.h>

#include "base/buf.h"
#include "base/worker.h"
#include "source/dirs.h"
#include "source/disk.h"
#include "source/settle.h"
#include "source/source.h"

struct events;
struct files;
struct looks;
struct moves;
struct root;
struct scan;

struct source {
    struct loop *loop;
    const struct config_folder *folder;
    const struct source_ops *ops;
    void *arg;
    struct disk *disk;
    struct worker *worker;
    struct dirs *dirs;
    struct events *events;
    struct files *files;
    struct looks *looks;
    struct moves *moves;
    struct scan *scan;
    struct root *root;
    struct source_counts counts;
    bool closing; /* answers of the disk thread are thrown away */
};

/* --- files.c ---------------------------------------------------------------------------------- */
struct files *files_new(struct source *source);
void files_free(struct files **files);
void files_event(struct files *files, const char *path, enum settle_event event);
/* A listing met a file that is not known. `missed`: events should have brought it. */
void files_found(struct files *files, const char *path, const struct disk_entry *entry,
                 bool from_scan, bool missed);
/* Its name is gone: it waits no longer. */
void files_gone(struct files *files, const char *path);
/* Both only move (to == NULL: drop) what waits; the receiver is told by the caller. */
void files_renamed(struct files *files, const char *from, const char *to);
void files_tree_moved(struct files *files, const char *from, const char *to);
void files_retry(struct files *files, const char *path, int64_t delay_ms);
void files_owe(struct files *files, unsigned n);
void files_credit(struct files *files, unsigned n);
/* The root is gone: nothing is known of any file. */
void files_forget(struct files *files);
bool files_waits(const struct files *files, const char *path);

/* --- opening.c -------------------------------------------------------------------------------- */
/* The questions that wait for the disk thread, which a thread that hangs still reads. */
struct looks *looks_new(void);
void looks_free(struct looks **looks);

/* --- events.c --------------------------------------------------------------------------------- */
/* `error` gets the errno when there is no inotify instance to be had. */
int events_open(int *error);
/* Owns fd, which may be -1. */
struct events *events_new(struct source *source, int fd);
/* No more events; what the disk thread may still use stays. */
void events_stop(struct events *events);
void events_free(struct events **events);
/* Goes on after a pause: a listing or a look was answered. */
void events_go_on(struct events *events);
/* Some that were read are not handled yet. */
bool events_behind(const struct events *events);
/* Everything the kernel has told so far was handled. */
bool events_idle(const struct events *events);

/* --- moves.c ---------------------------------------------------------------------------------- */
struct moves *moves_new(struct source *source);
/* Waits no longer; what the disk thread may still use stays. */
void moves_stop(struct moves *moves);
void moves_free(struct moves **moves);
/* The root is gone: no half of a rename is waited for. */
void moves_forget(struct moves *moves);
/* IN_MOVED_FROM and IN_MOVED_TO; `path` is the name's, `parent` the directory that it is in. */
void moves_began(struct moves *moves, const struct inotify_event *event, const char *path);
void moves_ended(struct moves *moves, const struct inotify_event *event, struct node *parent,
                 const char *path);
/* An event of this path, and of that rename (0: of none), is about to be handled. A name that left
 * is used again, or one above it is about to change: first things first. */
void moves_settle(struct moves *moves, uint32_t cookie, const char *path);
/* What was renamed is known again; false: no event may be handled, events_go_on is called then. */
bool moves_known(const struct moves *moves);
bool moves_idle(const struct moves *moves);

/* --- watches.c -------------------------------------------------------------------------------- */
/* Takes a node out of the tree, and all below it, and their watches away. Never the root node. */
void watches_drop(struct source *source, struct node *node);
/* As that, for all; the root node stays, without a watch. */
void watches_drop_all(struct source *source);
void watches_end(struct source *source, int wd);

/* --- scan.c ----------------------------------------------------------------------------------- */
struct scan *scan_new(struct source *source);
void scan_free(struct scan **scan);
/* A complete listing; when one is under way, another after it. `check`: a routine look at what
 * events should have brought already. */
void scan_all(struct scan *scan, bool check);
/* Gives up what is under way: the root is gone. */
void scan_abort(struct scan *scan);
/* A directory appeared, or lost its watch: watch and list it, soon. */
void scan_directory(struct scan *scan, struct node *node);
/* A directory has this name now: watch and list it, unless it is watched. */
void scan_appeared(struct scan *scan, struct node *parent, const char *name);
/* It was renamed (dirs_move): what was under way goes on under its new name, and it is listed with
 * all below it. */
void scan_moved(struct scan *scan, struct node *node);
/* Before anything else after dirs_move, which may have moved the node in memory. */
void scan_follow(struct node *node);
void scan_forget(struct scan *scan, struct node *node);
/* Goes on after waiting for files to be handed over. */
void scan_go_on(struct scan *scan);
bool scan_idle(const struct scan *scan);
/* Batches asked for and answered: a watch that is not known once those asked for before its event
 * was read are answered, is an old one. */
uint64_t scan_asked(const struct scan *scan);
uint64_t scan_answered(const struct scan *scan);

/* What the last complete listing found out. */
struct scan_outcome {
    bool ok;
    bool check;
    int64_t took_us;
    int watch_error;                /* errno of a watch that was refused, 0 none */
    uint64_t unwatched, unreadable; /* directories */
};

/* --- root.c ----------------------------------------------------------------------------------- */
struct root *root_new(struct source *source, int inotify_error);
void root_free(struct root **root);
/* Looks whether the root is (still) there; scans when that changed, or when `rescan`. */
void root_check(struct root *root, bool rescan);
/* As root_check, by order of a person: what stands there now is right. */
void root_accept(struct root *root);
/* An event came for the watch above an absent root. */
bool root_is_away_watch(const struct root *root, int wd);
void root_away_event(struct root *root, const char *name);
void root_scanned(struct root *root, const struct scan_outcome *outcome);
/* A file was there that no event had told of. */
void root_missed(struct root *root, const char *path);
const struct disk_identity *root_identity(const struct root *root);
bool root_idle(const struct root *root);
/* Events cannot be relied on: rules of settle.h. */
bool root_polled(const struct root *root);
enum source_state root_state(const struct root *root);
const char *root_why(const struct root *root);

/* --- folder.c --------------------------------------------------------------------------------- */
/* By its name: a directory that is entered, a file that is read. */
bool source_wants(const struct source *source, const char *path, bool is_directory);
void source_told(struct source *source);
void source_remove(struct source *source, const char *path);
void source_tree_moved(struct source *source, const char *from, const char *to);

#endif
