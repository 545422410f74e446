/* A store that is made aside and put in place; see begin.h. */
#include "store/begin.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/open.h"

static int set_lost(sqlite3 *db, const char *lost, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, "INSERT INTO setting(name, value) VALUES('lost', ?1)", -1,
                                  &stmt, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(stmt, 1, lost, -1, SQLITE_STATIC);
        code = sqlite3_step(stmt);
    }
    sqlite3_finalize(stmt);
    return code == SQLITE_DONE ? 0 : err_set(err, "%s", sqlite3_errmsg(db));
}

int begin_lost(sqlite3 *db, char **lost, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    int code =
        sqlite3_prepare_v2(db, "SELECT value FROM setting WHERE name = 'lost'", -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    *lost = code == SQLITE_ROW ? mem_strdup((const char *)sqlite3_column_text(stmt, 0)) : NULL;
    sqlite3_finalize(stmt);
    return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : err_set(err, "%s", sqlite3_errmsg(db));
}

/* With a journal of its own, which is gone when it is closed: one file, and on the disk. */
static int fill(const char *path, const char *lost, struct err *err)
{
    sqlite3 *db;
    if (open_connect(path, &db, err) < 0)
        return -1;
    int result = open_migrate(db, err);
    if (result == 0 && lost)
        result = set_lost(db, lost, err);
    if (sqlite3_close(db) != SQLITE_OK && result == 0)
        result = err_set(err, "%s cannot be closed", path);
    return result;
}

/* Nobody else's to read. */
static int make(const char *path, const char *lost, struct err *err)
{
    open_remove(path);
    AUTO_FD int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    return fd < 0 ? err_errno(err, "making %s", path) : fill(path, lost, err);
}

static int put_in_place(const char *made, const char *file, struct err *err)
{
    if (rename(made, file) < 0)
        return err_errno(err, "putting %s in place", file);
    AUTO_FREE char *dir = open_dir_of(file);
    return open_sync(dir, O_DIRECTORY, err);
}

int begin_store(const char *file, const char *lost, struct err *err)
{
    AUTO_FREE char *made = mem_printf("%s.making", file);
    return make(made, lost, err) < 0 ? -1 : put_in_place(made, file, err);
}

int begin_anew(const char *file, const char *why, struct err *err)
{
    AUTO_FREE char *made = mem_printf("%s.making", file);
    AUTO_FREE char *aside = open_name_aside(file, "damaged");
    AUTO_FREE char *lost = mem_printf("%s was damaged and is kept as %s: %s", file, aside, why);
    if (make(made, lost, err) < 0 || open_keep_aside(file, aside, err) < 0)
        return -1;
    return put_in_place(made, file, err);
}
