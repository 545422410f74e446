/* Whether a database has all that the schema of its version has. Private to this folder. */
#ifndef TOCSIN_STORE_WHOLE_H
#define TOCSIN_STORE_WHOLE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/err.h"

/* Sets *is_whole, and `err` when it is not; what it has beside is of no matter. -1: it cannot be
 * read, see sqlite3_errcode. */
int whole_schema(sqlite3 *db, int version, bool *is_whole, struct err *err);

#endif
