/*
 * Beginning a store: a new one, or one in the place of a damaged one. Private to this folder.
 * Blocks; start-up only.
 *
 * A store comes into being whole, by rename(2), so that one that is found empty or half is known to
 * be damaged. One that is begun since another was lost says so until every source has its baseline
 * again: a start that is broken off does not make the loss unseen.
 */
#ifndef TOCSIN_STORE_BEGIN_H
#define TOCSIN_STORE_BEGIN_H

#include <sqlite3.h>

#include "base/err.h"

/* `lost` says what was lost, NULL when this is the first store. */
int begin_store(const char *file, const char *lost, struct err *err);
/* Keeps the damaged store aside, which `why` says of it, and begins another. */
int begin_anew(const char *file, const char *why, struct err *err);
/* What was lost, in a sentence; NULL: nothing, or all of it is made good. The caller frees it. */
int begin_lost(sqlite3 *db, char **lost, struct err *err);

#endif
