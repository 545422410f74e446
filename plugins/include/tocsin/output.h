/*
 * tocsin/output.h - files that a plugin appends to.
 *
 * For notifiers with TOCSIN_POWERS_FILES. A plugin can open no file by itself once it runs; what
 * its options of type OUTPUT name is opened for it. To the descriptor it may write, fdatasync(2)
 * and ftruncate(2) it, lock it with flock(2) and set room aside with fallocate(2) and
 * FALLOC_FL_KEEP_SIZE.
 */
#ifndef TOCSIN_OUTPUT_H
#define TOCSIN_OUTPUT_H

#include <tocsin/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The file that stands under this option's path now, open to be read and appended to, close(2) it
 * after use; made, with mode 0600, when there is none, and its name is on the disk then. Open it
 * for each delivery: so nothing goes to a file that was rotated away, and none is kept on the disk.
 *
 * -1 with errno: as open(2) says; ELOOP for every symbolic link, EISDIR for a folder, EINVAL for
 * what is no regular file otherwise. */
int tocsin_output_open(struct tocsin_instance *instance, const char *option);

#ifdef __cplusplus
}
#endif

#endif
