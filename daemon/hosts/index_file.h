/*
 * An index on disk, from one run of the daemon to the next: its base in a file, its other parts in
 * files beside it. What is read is checked first: a file that is damaged, or of another plugin,
 * build, instance or base, counts as none. Blocking: on a worker's thread.
 */
#ifndef TOCSIN_HOSTS_INDEX_FILE_H
#define TOCSIN_HOSTS_INDEX_FILE_H

#include "base/err.h"
#include "base/hash.h"
#include "hosts/index.h"

struct index_file {
    char *path;     /* of the base */
    char *instance; /* that it is for */
    char *plugin;   /* the file of it: its inode, size and time are a part of the key */
};
void index_file_init(struct index_file *file, const char *dir, const char *instance,
                     const char *plugin);
void index_file_deinit(struct index_file *file);

/* The caller's; what there is none of, or none that can be used, is left out: `err` says why, ""
 * when there is no file. */
struct host_index index_file_read(const struct index_file *file, struct err *err);
/* Puts a part of an index in the place of what is there, whole or not at all. With a base, an
 * update that is there goes; one that is written is of the base that is there. */
int index_file_write(const struct index_file *file, enum tocsin_index_part part, int fd,
                     struct err *err);

#endif
