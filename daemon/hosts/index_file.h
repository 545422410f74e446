/*
 * An index on disk, from one run of the daemon to the next. What is read is checked first: a file
 * that is damaged, or of another plugin, build or instance, counts as none. Blocking: on a worker's
 * thread.
 */
#ifndef TOCSIN_HOSTS_INDEX_FILE_H
#define TOCSIN_HOSTS_INDEX_FILE_H

#include "base/err.h"
#include "base/hash.h"

struct index_file {
    char *path;
    char *instance; /* that it is for */
    char *plugin;   /* the file of it: its inode, size and time are a part of the key */
};
void index_file_init(struct index_file *file, const char *dir, const char *instance,
                     const char *plugin);
void index_file_deinit(struct index_file *file);

/* A sealed memory file, the caller's; -1 when there is none that can be used: `err` says why, ""
 * when there is no file. */
int index_file_read(const struct index_file *file, struct err *err);
/* Puts the content of a sealed memory file in the place of what is there, whole or not at all. */
int index_file_write(const struct index_file *file, int fd, struct err *err);

#endif
