/*
 * Opening the root and what lies below it, on the disk thread; see disk.h. Below the root no
 * symbolic link is followed, and no rename in between leads out of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "source/disk_private.h"

#define OPEN_TRIES 8 /* openat2 says EAGAIN when a rename elsewhere crossed its way */

int disk_open_root(const struct disk *disk, const struct disk_identity *root)
{
    AUTO_FD int fd = open(disk->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return -1;
    if (root && (st.st_dev != root->device || st.st_ino != root->inode)) {
        errno = ENOENT;
        return -1;
    }
    return fd_take(&fd);
}

/* ---- without links, by the kernel ---- */

static int open_whole(int root, const char *path, int flags)
{
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC | O_NOFOLLOW),
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
    };
    int fd = -1;
    for (int i = 0; i < OPEN_TRIES; i++) {
        fd = (int)syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof(how));
        if (fd >= 0 || errno != EAGAIN)
            break;
    }
    return fd;
}

/* ---- the same part by part ---- */

/* One part of a path, which is no link unless it is the last. */
static int open_part(int dir, const char *name, bool last, int flags)
{
    struct stat st;
    if (str_equal(name, "..")) {
        errno = EXDEV;
        return -1;
    }
    AUTO_FD int fd =
        openat(dir, *name ? name : ".", (last ? flags : O_PATH) | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || last)
        return fd_take(&fd);
    if (fstat(fd, &st) == 0 && S_ISLNK(st.st_mode)) {
        errno = ELOOP;
        return -1;
    }
    return fd_take(&fd);
}

static int open_by_parts(int root, const char *path, int flags)
{
    AUTO_FREE char *copy = mem_strdup(path);
    AUTO_FD int above = -1;
    char *rest = copy;
    for (char *name; (name = strsep(&rest, "/"));) {
        int fd = open_part(above < 0 ? root : above, name, !rest, flags);
        fd_close(&above);
        above = fd;
        if (fd < 0)
            break;
    }
    return fd_take(&above);
}

int disk_open_below(const struct disk *disk, int root, const char *path, int flags)
{
    if (disk->follow_symlinks)
        return openat(root, *path ? path : ".", flags | O_CLOEXEC);
    int fd = open_whole(root, path, flags);
    /* systemd takes openat2 away with RestrictSUIDSGID=, which comes with DynamicUser=. */
    if (fd < 0 && errno == ENOSYS)
        fd = open_by_parts(root, path, flags);
    return fd;
}
