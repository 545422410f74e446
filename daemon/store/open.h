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

/* Leaves a mark beside the file: the next start checks all of it; takes it away. */
void open_mark_damage(const char *file);
void open_unmark_damage(const char *file);

/* ---- for begin.c, snapshot.c and restore.c ---- */

/* The store's file in the state directory, and back; the caller frees it. */
char *open_file_of(const char *dir);
char *open_dir_of(const char *file);
/* Brings the schema up to STORE_SCHEMA_VERSION, from nothing too, in one transaction. */
int open_migrate(sqlite3 *db, struct err *err);
/* A connection that reads and writes; NULL on failure. */
int open_connect(const char *name, sqlite3 **db, struct err *err);
enum open_check { OPEN_CHECK_NONE, OPEN_CHECK_QUICK, OPEN_CHECK_ALL };
enum found { FOUND_ERROR = -1, FOUND_EMPTY, FOUND_OURS, FOUND_NEWER, FOUND_DAMAGED };
/* What a file is; `err` says why, of all but OURS. */
enum found open_examine(sqlite3 *db, enum open_check check, struct err *err);
/* A free name beside the file, "FILE.WHY-20261121T120000Z"; the caller frees it. */
char *open_name_aside(const char *file, const char *why);
/* Keeps FILE, FILE-wal and FILE-shm under another name; FILE stays until another is renamed over
 * it, without its log, which must never be beside a new file. */
int open_keep_aside(const char *file, const char *aside, struct err *err);
/* A database that nobody uses, with its logs, if it is there. */
void open_remove(const char *path);
/* fsync(2) of a path opened with these further flags. */
int open_sync(const char *path, int flags, struct err *err);

#endif
