/* Kinds of file systems, by f_type of statfs(2). */
#ifndef TOCSIN_BASE_FILESYSTEM_H
#define TOCSIN_BASE_FILESYSTEM_H

#include <stdbool.h>

/* "ext4", "NFS"; NULL where it has no name here. */
const char *filesystem_name(long type);
/* The name, if files on it may change without an event, because others write to it; else NULL. */
const char *filesystem_shared(long type);
/* Are its files the kernel's own? They are no documents, and what is read depends on who opened
 * them: /proc/self/mem is the memory of that process. */
bool filesystem_is_kernels(long type);

#endif
