/* What the files of the disk thread (disk.c, disk_list.c, disk_open.c, disk_root.c) share among
 * themselves. */
#ifndef TOCSIN_SOURCE_DISK_PRIVATE_H
#define TOCSIN_SOURCE_DISK_PRIVATE_H

#include <sys/stat.h>

#include "source/disk.h"

#define DISK_SELF_SIZE 32

enum disk_result disk_result_of(int error);
/* O_PATH on the root; -1 and errno. Another directory than `root` says (if not NULL) is ENOENT. */
int disk_open_root(const struct disk *disk, const struct disk_identity *root);
/* As openat, for a path that is relative to the root, "" the root itself. Unless the folder's links
 * are to be followed, a link on the way is ELOOP, and a way out of the root EXDEV. */
int disk_open_below(const struct disk *disk, int root, const char *path, int flags);
struct source_key disk_key(const struct stat *st);
enum disk_result disk_kind(const struct disk *disk, const struct stat *st);
/* The name by which the kernel finds an open descriptor's file again. */
void disk_self(int fd, char name[DISK_SELF_SIZE]);

#endif
