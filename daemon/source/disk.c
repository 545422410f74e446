/* Looking at files and opening them, on the disk thread; see disk.h. */
#include "source/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/filesystem.h"
#include "base/mem.h"
#include "source/disk_private.h"

struct disk *disk_new(const struct config_folder *folder, int inotify_fd)
{
    struct disk *disk = NEW(struct disk);
    disk->root = mem_strdup(folder->path);
    disk->follow_symlinks = folder->follow_symlinks;
    disk->max_size_bytes = folder->max_size_bytes;
    disk->names = names_new(folder);
    disk->inotify_fd = inotify_fd;
    disk->self_fd = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return disk;
}

void disk_free(struct disk **disk)
{
    if (!*disk)
        return;
    names_free(&(*disk)->names);
    fd_close(&(*disk)->self_fd);
    free((*disk)->root);
    free(*disk);
    *disk = NULL;
}

enum disk_result disk_result_of(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ESTALE:
        return DISK_VANISHED;
    case ELOOP:
    case EXDEV:
        return DISK_SPECIAL;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
    case EINTR:
        return DISK_BUSY;
    default:
        return DISK_UNREADABLE;
    }
}

struct source_key disk_key(const struct stat *st)
{
    return (struct source_key){
        .inode = st->st_ino,
        .size_bytes = st->st_size,
        .mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
        .ctime_ns = (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec,
    };
}

enum disk_result disk_kind(const struct disk *disk, const struct stat *st)
{
    if (S_ISDIR(st->st_mode))
        return DISK_DIRECTORY;
    if (!S_ISREG(st->st_mode))
        return DISK_SPECIAL;
    return st->st_size > disk->max_size_bytes ? DISK_LARGE : DISK_OK;
}

static void look(const struct disk *disk, int fd, struct disk_file *file)
{
    struct stat st;
    struct statfs system;
    if (fstat(fd, &st) < 0 || fstatfs(fd, &system) < 0) {
        file->result = disk_result_of(errno);
        return;
    }
    file->key = disk_key(&st);
    file->links = st.st_nlink;
    file->result = disk_kind(disk, &st);
    if (file->result == DISK_OK && filesystem_is_kernels((long)system.f_type))
        file->result = DISK_SPECIAL;
}

/* A read lease (fcntl(2)) is granted only on a file that nobody has open for writing; it is given
 * back at once. It is to be had for files of one's own, on local file systems. Should a writer come
 * in that instant, the kernel lets him wait until it is back, and signals this thread, which blocks
 * all signals. */
static bool is_closed(int fd)
{
    const struct f_owner_ex owner = {.type = F_OWNER_TID, .pid = gettid()};
    if (fcntl(fd, F_SETOWN_EX, &owner) < 0 || fcntl(fd, F_SETLEASE, F_RDLCK) < 0)
        return false;
    fcntl(fd, F_SETLEASE, F_UNLCK);
    return true;
}

/* The very file that `fd` names (O_PATH), not whatever has its path by now. Its key is the one from
 * before: a change in between is one more that is to be looked at. */
static void open_it(const struct disk *disk, int fd, struct disk_file *file)
{
    char name[16];
    snprintf(name, sizeof(name), "%d", fd);
    file->fd = openat(disk->self_fd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file->fd < 0)
        file->result = disk_result_of(errno);
}

static void look_below(const struct disk *disk, int root, struct disk_look *asked)
{
    struct disk_file *file = &asked->answer;
    AUTO_FD int fd = disk_open_below(disk, root, asked->path, O_PATH);
    if (fd < 0) {
        file->result = disk_result_of(errno);
        return;
    }
    look(disk, fd, file);
    if (file->result != DISK_OK)
        return;
    open_it(disk, fd, file);
    if (asked->open)
        return;
    file->closed = file->fd >= 0 && is_closed(file->fd);
    fd_close(&file->fd);
}

static bool same_root(const struct disk_identity *a, const struct disk_identity *b)
{
    return a->device == b->device && a->inode == b->inode;
}

void disk_look(const struct disk *disk, struct disk_look *const *looks, size_t n)
{
    AUTO_FD int root = -1;
    enum disk_result refused = DISK_OK;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || !same_root(&looks[i]->root, &looks[i - 1]->root)) {
            fd_close(&root);
            root = disk_open_root(disk, &looks[i]->root);
            if (root < 0)
                refused = disk_result_of(errno) == DISK_BUSY ? DISK_BUSY : DISK_ROOT;
        }
        looks[i]->answer.fd = -1;
        looks[i]->answer.result = refused;
        if (root >= 0)
            look_below(disk, root, looks[i]);
    }
}

void disk_self(int fd, char name[DISK_SELF_SIZE])
{
    snprintf(name, DISK_SELF_SIZE, "/proc/self/fd/%d", fd);
}
