/*
 * Makes deleted content really leave the files of the store. Private to this folder.
 *
 * The connection deletes securely: what a row or a freed page held is overwritten with zeros. Two
 * places remain. The write-ahead log keeps old pages until it is reused; it is emptied here. And
 * when SQLite lays a page of a B-tree out anew, the unused space between its array of cell pointers
 * and its first cell keeps what stood there (seen with 3.40: rebuildPage does not clear it); it is
 * zeroed here, page by page, through SQLite's own handle of the file. Format:
 * https://www.sqlite.org/fileformat2.html, section 1.6.
 */
#ifndef TOCSIN_STORE_WIPE_H
#define TOCSIN_STORE_WIPE_H

#include <sqlite3.h>

#include "base/err.h"

/* On the thread of the only connection that writes, between its transactions. -1 also while the
 * store is read for so long that the log cannot be emptied: then it may be tried again. */
int wipe_deleted(sqlite3 *db, struct err *err);

#endif
