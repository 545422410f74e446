/*
 * Putting a back-up in the store's place. Blocks; with the state directory locked, and no store
 * open in it.
 */
#ifndef TOCSIN_STORE_RESTORE_H
#define TOCSIN_STORE_RESTORE_H

#include "base/err.h"

enum store_restored {
    STORE_RESTORED,
    STORE_RESTORE_REFUSED, /* the back-up cannot be used: it is none, damaged, or of a newer tocsin
                            */
    STORE_RESTORE_FAILED,  /* the disk, or the like */
};

/* Copies the back-up (`log_fd` is of its write-ahead log, -1 when there is none) into DIR, checks
 * all of the copy, and puts it in place at one stroke. What stood there is kept beside it: `*kept`
 * is its path, the caller's, NULL when there was none. But for RESTORED, what stands there is as it
 * was, and `err` says why. */
enum store_restored store_restore(const char *dir, int backup_fd, int log_fd, char **kept,
                                  struct err *err);

#endif
