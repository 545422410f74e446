/*
 * Opening the file of the store: new, old, newer, damaged; its pragmas and its migration. Private
 * to this folder. Blocks; start-up only.
 */
#ifndef TOCSIN_STORE_OPEN_H
#define TOCSIN_STORE_OPEN_H

#include <sqlite3.h>

#include "base/err.h"
#include "store/store.h"

/* "tocs": what `file` shows, and how a foreign database is told from ours. */
#define OPEN_APPLICATION_ID 0x746f6373

struct open_result {
    sqlite3 *writer, *reader;
    char *file; /* NULL in memory */
};

/* `result` is filled for OLD, NEW and DAMAGED. */
enum store_opened open_database(const char *dir, struct open_result *result, struct err *err);

/* Leaves a mark beside the file: the next start checks all of it. */
void open_mark_damage(const char *file);

#endif
