/*
 * Consistent copies of the store, made while it is in use, for back-ups. They stand in the state
 * directory under names of their own, are given to nobody else to read, and are removed when they
 * were fetched, at the latest by the next start. Private to this folder; store.h has the face.
 */
#ifndef TOCSIN_STORE_SNAPSHOT_H
#define TOCSIN_STORE_SNAPSHOT_H

#include <sqlite3.h>

#include "base/err.h"

/* A copy of what the connection sees now, beside `file`: its path, the caller's. */
int snapshot_make(sqlite3 *db, const char *file, char **path, struct err *err);
/* -1 also when the path is not that of a copy. */
int snapshot_remove(const char *file, const char *path, struct err *err);
/* Removes all that an earlier run has left. */
void snapshot_clear(const char *file);

#endif
