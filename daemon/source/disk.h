/*
 * Everything of a source that touches the disk: opening the root, looking at and opening a file,
 * watching and listing a directory. Called on the source's disk thread only, where it may hang.
 *
 * Works on what its caller hands in and on struct disk, which never changes: it shares nothing with
 * the loop. No descriptor below a root is kept between calls but a listing's, so a file system
 * stays free to be unmounted. Names are resolved below the root; with symbolic links off, the
 * kernel refuses any.
 */
#ifndef TOCSIN_SOURCE_DISK_H
#define TOCSIN_SOURCE_DISK_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "source/names.h"
#include "source/source.h"

#define DISK_BATCH 256 /* names a listing reads in one go: other work gets its turn in between */

struct disk {
    char *root;
    bool follow_symlinks;
    int64_t max_size_bytes;
    struct names *names;
    int inotify_fd; /* -1: none to be had */
    int self_fd;    /* of /proc/self/fd, where an open file is found again */
};

struct disk *disk_new(const struct config_folder *folder, int inotify_fd);
void disk_free(struct disk **disk);

/* Which directory the root is: an answer about another one is worth nothing. */
struct disk_identity {
    dev_t device;
    ino_t inode;
};

enum disk_result {
    DISK_OK,
    DISK_VANISHED,
    DISK_UNREADABLE, /* permission, I/O error, a path too long */
    DISK_SPECIAL,    /* no regular file: FIFO, device, socket, symbolic link */
    DISK_DIRECTORY,
    DISK_LARGE,
    DISK_ROOT, /* the root is gone, or another than it was */
    DISK_BUSY, /* out of descriptors or memory: worth another try */
};

struct disk_file {
    enum disk_result result;
    int fd;      /* when opened: the caller's; else -1 */
    bool closed; /* when not opened: certain that nobody has it open for writing */
    struct source_key key;
    uint64_t links;
};

/* What a path is, and whether it is being written; with `open`, a regular file of allowed size is
 * opened for reading. Nothing but a regular file is ever opened (a FIFO's writer would notice, a
 * tape would rewind). */
struct disk_look {
    struct disk_identity root;
    const char *path;
    bool open;
    struct disk_file answer;
};
/* One after the other; the root is opened once for those that ask below the same. */
void disk_look(const struct disk *disk, struct disk_look *const *looks, size_t n);

struct disk_entry {
    size_t name; /* offset in `names` */
    bool is_directory;
    struct source_key key;
    uint64_t links;
    enum disk_result result; /* DISK_OK, DISK_LARGE, DISK_SPECIAL or DISK_UNREADABLE */
};

/* One directory being listed, batch after batch. */
struct disk_listing {
    const struct disk *disk;
    struct disk_identity root;
    char *path;
    bool directories; /* report them, too */
    DIR *dir;         /* NULL before the first and after the last batch */
    struct buf met;   /* the path of the name at hand; disk_list.c's */
    /* The answers of the last batch: */
    enum disk_result result;
    int wd;          /* of the directory, -1 when it could not be watched */
    int watch_error; /* errno of that, 0 otherwise */
    bool ended;
    struct disk_entry *entries;
    size_t n, cap;
    struct buf names;
};

/* Watches the directory, then reads its first names; or reads the next ones. */
void disk_list(struct disk_listing *listing);
void disk_listing_deinit(struct disk_listing *listing);

/* What the root is. */
struct disk_root {
    const struct disk *disk;
    bool present;
    int error;  /* errno, when it is not */
    bool empty; /* no name in it at all */
    struct disk_identity identity;
    uint64_t file_system; /* its id where it has one: the same after it was mounted again */
    long type;            /* f_type of statfs(2) */
    uint64_t mounts;      /* changes when something is mounted or unmounted below the root */
    int away_wd;          /* watch on the nearest directory that is there, -1 none */
    char *away_name;      /* the name in it to wait for; the caller's */
};
void disk_root_look(struct disk_root *root);

#endif
