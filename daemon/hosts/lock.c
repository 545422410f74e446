/*
 * The lock on a state directory, inherited by every host: flock(2) belongs to the open file, so it
 * lasts as long as any process has it open. See hosts_lock in hosts.h.
 *
 * Who holds it is read from /proc: the process that once took the lock may be long dead, while a
 * host of it lives on.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "hosts/hosts.h"

#define LOCK_POLL_MS 20

static void sleep_ms(int64_t ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

/* Does the process have this file open? Its directory may be closed to us: then we cannot tell. */
static bool process_has(const char *pid, const struct stat *file)
{
    AUTO_FREE char *path = mem_printf("/proc/%s/fd", pid);
    DIR *dir = opendir(path);
    if (!dir)
        return false;
    bool has = false;
    struct dirent *entry;
    struct stat st;
    while (!has && (entry = readdir(dir)))
        has = fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 && st.st_ino == file->st_ino &&
              st.st_dev == file->st_dev;
    closedir(dir);
    return has;
}

/* "tocsind", by pid; "a process" when it is just going. The caller frees it. */
static char *process_name(const char *pid)
{
    char name[64] = "";
    AUTO_FREE char *path = mem_printf("/proc/%s/comm", pid);
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, name, sizeof(name) - 1);
    if (n <= 0)
        return mem_strdup("a process");
    name[strcspn(name, "\n")] = '\0';
    return mem_strdup(name);
}

/* The first process but ourselves that has the file open, as "NAME (pid N)"; NULL when none shows.
 */
static char *lock_holder(int lock_fd)
{
    struct stat file;
    DIR *proc = fstat(lock_fd, &file) == 0 ? opendir("/proc") : NULL;
    if (!proc)
        return NULL;
    char *holder = NULL;
    struct dirent *entry;
    while (!holder && (entry = readdir(proc))) {
        const char *pid = entry->d_name;
        int64_t number;
        if (!str_int_parse(pid, &number) || number == getpid() || !process_has(pid, &file))
            continue;
        AUTO_FREE char *name = process_name(pid);
        holder = mem_printf("%s (pid %s)", name, pid);
    }
    closedir(proc);
    return holder;
}

static int lock_within(int fd, int64_t wait_ms)
{
    for (int64_t waited = 0;; waited += LOCK_POLL_MS) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return 0;
        if ((errno != EWOULDBLOCK && errno != EINTR) || waited >= wait_ms)
            return -1;
        sleep_ms(LOCK_POLL_MS);
    }
}

int hosts_lock(const char *dir, int64_t wait_ms, struct err *err)
{
    AUTO_FREE char *path = mem_printf("%s/lock", dir);
    AUTO_FD int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_errno(err, "cannot make %s", path);
    if (lock_within(fd, wait_ms) < 0) {
        if (errno != EWOULDBLOCK)
            return err_errno(err, "cannot lock %s", path);
        AUTO_FREE char *holder = lock_holder(fd);
        return err_set(err, "%s is in use by %s: end it, or choose another state directory", dir,
                       holder ? holder : "another process");
    }
    return fd_take(&fd);
}
