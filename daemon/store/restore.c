/*
 * Putting a back-up in place; see restore.h. The present store is first brought to one file without
 * a log, so that one rename(2) can replace it: at every moment there is a whole store, the old one
 * or the new one.
 */
#include "store/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/open.h"

#define COPY_BYTES 1048576

/* ---- the copy ---- */

static int copy_bytes(int from, int to, const char *path, struct err *err)
{
    AUTO_FREE char *buffer = mem_alloc(COPY_BYTES);
    for (off_t at = 0;;) {
        ssize_t n = pread(from, buffer, COPY_BYTES, at);
        if (n == 0)
            return 0;
        if (n < 0)
            return err_errno(err, "reading the back-up");
        for (ssize_t done = 0, wrote; done < n; done += wrote) {
            wrote = write(to, buffer + done, (size_t)(n - done));
            if (wrote < 0)
                return err_errno(err, "writing %s", path);
        }
        at += n;
    }
}

static int copy_file(int from, const char *path, struct err *err)
{
    AUTO_FD int to = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (to < 0)
        return err_errno(err, "making %s", path);
    return copy_bytes(from, to, path, err);
}

/* The log, if there is one, into the file. */
static int settle(sqlite3 *db, struct err *err)
{
    if (sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
        return err_set(err, "%s", sqlite3_errmsg(db));
    return 0;
}

static enum store_restored check(const char *copy, struct err *err)
{
    sqlite3 *db;
    if (open_connect(copy, &db, err) < 0)
        return STORE_RESTORE_FAILED;
    enum store_restored result = STORE_RESTORED;
    switch (open_examine(db, OPEN_CHECK_ALL, err)) {
    case FOUND_OURS:
        if (settle(db, err) < 0)
            result = STORE_RESTORE_FAILED;
        break;
    case FOUND_EMPTY:
        err_set(err, "it is empty");
        result = STORE_RESTORE_REFUSED;
        break;
    case FOUND_NEWER:
    case FOUND_DAMAGED:
        result = STORE_RESTORE_REFUSED;
        break;
    case FOUND_ERROR:
        result = STORE_RESTORE_FAILED;
        break;
    }
    if (sqlite3_close(db) != SQLITE_OK && result == STORE_RESTORED) {
        err_set(err, "the copy cannot be closed");
        result = STORE_RESTORE_FAILED;
    }
    return result;
}

/* ---- the change ---- */

/* Brings the present store to one file; false: it is damaged. */
static bool is_one_file(const char *file)
{
    struct err ignored;
    sqlite3 *db;
    AUTO_FREE char *log = mem_printf("%s-wal", file);
    if (open_connect(file, &db, &ignored) < 0)
        return false;
    /* The log is opened by what is read first. */
    enum found found = open_examine(db, OPEN_CHECK_NONE, &ignored);
    bool is_settled = (found == FOUND_OURS || found == FOUND_NEWER) && settle(db, &ignored) == 0;
    return sqlite3_close(db) == SQLITE_OK && is_settled && access(log, F_OK) < 0;
}

/* A second name for it; of a damaged one, its log is kept, too. */
static int keep_present(const char *file, char **kept, struct err *err)
{
    if (access(file, F_OK) < 0)
        return errno == ENOENT ? 0 : err_errno(err, "%s", file);
    *kept = open_name_aside(file, "replaced");
    if (!is_one_file(file))
        return open_keep_aside(file, *kept, err);
    return link(file, *kept) < 0 ? err_errno(err, "keeping %s as %s", file, *kept) : 0;
}

static int put_in_place(const char *dir, const char *copy, const char *file, char **kept,
                        struct err *err)
{
    if (open_sync(copy, 0, err) < 0 || keep_present(file, kept, err) < 0)
        return -1;
    if (rename(copy, file) < 0)
        return err_errno(err, "putting %s in place", file);
    open_unmark_damage(file);
    return open_sync(dir, O_DIRECTORY, err);
}

enum store_restored store_restore(const char *dir, int backup_fd, int log_fd, char **kept,
                                  struct err *err)
{
    AUTO_FREE char *file = open_file_of(dir), *copy = mem_printf("%s.restoring", file);
    AUTO_FREE char *log = mem_printf("%s-wal", copy);
    *kept = NULL;
    open_remove(copy);
    enum store_restored result = STORE_RESTORE_FAILED;
    if (copy_file(backup_fd, copy, err) == 0 && (log_fd < 0 || copy_file(log_fd, log, err) == 0))
        result = check(copy, err);
    if (result == STORE_RESTORED && put_in_place(dir, copy, file, kept, err) < 0)
        result = STORE_RESTORE_FAILED;
    if (result != STORE_RESTORED)
        open_remove(copy);
    return result;
}
