/* Watching a directory, then listing it in batches, on the disk thread; see disk.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "source/disk_private.h"

#define WATCHED                                                                                    \
    (IN_CREATE | IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO |            \
     IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_EXCL_UNLINK | IN_ONLYDIR)

/* By its descriptor: what is watched is what will be listed, whatever has the path by now. */
static void watch(struct disk_listing *listing, int fd)
{
    if (listing->disk->inotify_fd < 0)
        return;
    char name[DISK_SELF_SIZE];
    disk_self(fd, name);
    listing->wd = inotify_add_watch(listing->disk->inotify_fd, name, WATCHED);
    if (listing->wd < 0)
        listing->watch_error = errno;
}

static void begin(struct disk_listing *listing)
{
    AUTO_FD int root = disk_open_root(listing->disk, &listing->root);
    if (root < 0) {
        listing->result = disk_result_of(errno) == DISK_BUSY ? DISK_BUSY : DISK_ROOT;
        return;
    }
    int fd = disk_open_below(listing->disk, root, listing->path, O_RDONLY | O_DIRECTORY);
    if (fd < 0) {
        listing->result = disk_result_of(errno);
        return;
    }
    watch(listing, fd);
    listing->dir = fdopendir(fd);
    if (!listing->dir) {
        listing->result = DISK_BUSY;
        close(fd);
    }
}

static struct disk_entry *add(struct disk_listing *listing, const char *name)
{
    listing->entries =
        mem_grow(listing->entries, &listing->cap, listing->n + 1, sizeof(struct disk_entry));
    struct disk_entry *entry = &listing->entries[listing->n++];
    *entry = (struct disk_entry){.name = listing->names.len, .result = DISK_OK};
    buf_append(&listing->names, name, strlen(name) + 1);
    return entry;
}

static void add_directory(struct disk_listing *listing, const char *name, const char *path)
{
    if (listing->directories && names_enters(listing->disk->names, path))
        add(listing, name)->is_directory = true;
}

static bool is_dots(const char *name)
{
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* Valid until the next name: a listing of a million makes no memory for each. */
static const char *path_of(struct disk_listing *listing, const char *name)
{
    struct buf *path = &listing->met;
    buf_clear(path);
    if (*listing->path) {
        buf_puts(path, listing->path);
        buf_putc(path, '/');
    }
    buf_puts(path, name);
    return path->data;
}

static void meet(struct disk_listing *listing, const struct dirent *dirent)
{
    const char *name = dirent->d_name;
    if (is_dots(name))
        return;
    const char *path = path_of(listing, name);
    if (dirent->d_type == DT_DIR) {
        add_directory(listing, name, path);
        return;
    }
    bool follow = listing->disk->follow_symlinks;
    bool may_be_directory = dirent->d_type == DT_UNKNOWN || (follow && dirent->d_type == DT_LNK);
    bool wanted = names_wants_file(listing->disk->names, path);
    if (!wanted && !may_be_directory)
        return;
    struct stat st;
    if (fstatat(dirfd(listing->dir), name, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW) < 0) {
        enum disk_result result = disk_result_of(errno);
        if (wanted && result != DISK_VANISHED)
            add(listing, name)->result = result;
        return;
    }
    enum disk_result kind = disk_kind(listing->disk, &st);
    if (kind == DISK_DIRECTORY) {
        add_directory(listing, name, path);
    } else if (wanted) {
        struct disk_entry *entry = add(listing, name);
        entry->key = disk_key(&st);
        entry->links = st.st_nlink;
        entry->result = kind;
    }
}

void disk_list(struct disk_listing *listing)
{
    listing->n = 0;
    buf_clear(&listing->names);
    listing->result = DISK_OK;
    listing->wd = -1;
    listing->watch_error = 0;
    if (!listing->dir)
        begin(listing);
    while (listing->dir && listing->n < DISK_BATCH) {
        errno = 0;
        const struct dirent *dirent = readdir(listing->dir);
        if (dirent) {
            meet(listing, dirent);
            continue;
        }
        if (errno)
            listing->result = disk_result_of(errno);
        closedir(listing->dir);
        listing->dir = NULL;
    }
    listing->ended = !listing->dir;
}

void disk_listing_deinit(struct disk_listing *listing)
{
    if (listing->dir)
        closedir(listing->dir);
    listing->dir = NULL;
    free(listing->entries);
    free(listing->path);
    buf_deinit(&listing->names);
    buf_deinit(&listing->met);
}
