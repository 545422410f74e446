/*
 * tocsind --restore FILE: puts a back-up in the place of the store while no daemon runs, and says
 * what it did in lines that tocsinctl reads, too:
 *
 *   restored: the store's file
 *   kept: what stood there before; no such line if nothing did
 *
 * Root acts as the user whose state it is, once the back-up is open: so that the daemon can read
 * what is made here.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/restore.h"
#include "tocsind.h"

#define LOCK_WAIT_MS 2000 /* hosts of a daemon that just ended are gone by then */

static int open_backup(const char *path, int *fd, struct err *err)
{
    struct stat st;
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0 || fstat(*fd, &st) < 0)
        return err_errno(err, "%s", path);
    return S_ISREG(st.st_mode) ? 0 : err_set(err, "%s is no file", path);
}

static int become_owner(const char *state_dir, struct err *err)
{
    struct stat st;
    if (geteuid() != 0 || stat(state_dir, &st) < 0 || st.st_uid == 0)
        return 0;
    if (setgroups(0, NULL) < 0 || setgid(st.st_gid) < 0 || setuid(st.st_uid) < 0)
        return err_errno(err, "becoming user %u, whose state it is", (unsigned)st.st_uid);
    return 0;
}

static int restore(const struct options *options, int backup_fd, int log_fd, struct err *err)
{
    AUTO_FREE char *kept = NULL;
    switch (store_restore(options->state_dir, backup_fd, log_fd, &kept, err)) {
    case STORE_RESTORE_REFUSED:
        err_prefix(err, "%s cannot be used, and nothing was changed", options->restore);
        return EX_CONFIG;
    case STORE_RESTORE_FAILED:
        err_prefix(err, "%s was not restored", options->restore);
        return EX_IOERR;
    case STORE_RESTORED:
        break;
    }
    printf("restored: %s/tocsin.db\n", options->state_dir);
    if (kept)
        printf("kept: %s\n", kept);
    return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

static int run(const struct options *options, struct err *err)
{
    AUTO_FD int backup_fd = -1;
    if (open_backup(options->restore, &backup_fd, err) < 0)
        return EX_NOINPUT;
    AUTO_FREE char *log = mem_printf("%s-wal", options->restore);
    AUTO_FD int log_fd = open(log, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (become_owner(options->state_dir, err) < 0)
        return EX_NOPERM;
    if (options_make_state(options, err) < 0)
        return EX_CANTCREAT;
    AUTO_FD int lock_fd = hosts_lock(options->state_dir, LOCK_WAIT_MS, err);
    return lock_fd < 0 ? EX_TEMPFAIL : restore(options, backup_fd, log_fd, err);
}

int restore_run(const struct options *options)
{
    struct err err = {""};
    int status = run(options, &err);
    if (status != EX_OK)
        log_error("%s", *err.text ? err.text : strerror(errno));
    return status;
}
