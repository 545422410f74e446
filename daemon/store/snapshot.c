/* Copies by SQLite's backup interface; see snapshot.h. */
#include "store/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/open.h"

#define SUFFIX ".snapshot-"

/* Whole, in one step: the log of writes grows meanwhile, but nobody waits. */
static int copy(sqlite3 *from, sqlite3 *to, struct err *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup)
        return err_set(err, "%s", sqlite3_errmsg(to));
    sqlite3_backup_step(backup, -1);
    int code = sqlite3_backup_finish(backup);
    if (code != SQLITE_OK)
        return err_set(err, "%s", sqlite3_errstr(code));
    /* One file that can be read anywhere; whoever fetches it sees that it is on disk. */
    if (sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK)
        return err_set(err, "%s", sqlite3_errmsg(to));
    return 0;
}

int snapshot_make(sqlite3 *db, const char *file, char **path, struct err *err)
{
    AUTO_FREE char *name = mem_printf("%s" SUFFIX "XXXXXX", file);
    AUTO_FD int fd = mkostemp(name, O_CLOEXEC); /* of mode 0600 */
    if (fd < 0)
        return err_errno(err, "making a copy beside %s", file);
    sqlite3 *to = NULL;
    int result = open_connect(name, &to, err);
    if (result == 0)
        result = sqlite3_exec(to, "PRAGMA synchronous = OFF", NULL, NULL, NULL) == SQLITE_OK
                     ? copy(db, to, err)
                     : err_set(err, "%s", sqlite3_errmsg(to));
    sqlite3_close(to);
    if (result < 0) {
        unlink(name);
        return err_prefix(err, "copying the store");
    }
    *path = mem_strdup(name);
    return 0;
}

static bool is_snapshot_of(const char *file, const char *path)
{
    size_t len = strlen(file);
    return strncmp(path, file, len) == 0 && strncmp(path + len, SUFFIX, strlen(SUFFIX)) == 0 &&
           !strchr(path + len, '/');
}

int snapshot_remove(const char *file, const char *path, struct err *err)
{
    if (!is_snapshot_of(file, path))
        return err_set(err, "%s is no copy of the store", path);
    return unlink(path) < 0 ? err_errno(err, "removing %s", path) : 0;
}

void snapshot_clear(const char *file)
{
    AUTO_FREE char *dir = open_dir_of(file);
    DIR *names = opendir(*dir ? dir : "/");
    if (!names)
        return;
    for (struct dirent *entry; (entry = readdir(names));) {
        AUTO_FREE char *path = mem_printf("%s/%s", dir, entry->d_name);
        if (is_snapshot_of(file, path) && unlink(path) < 0)
            log_warning("cannot remove %s, which an earlier run has left: %m", path);
    }
    closedir(names);
}
