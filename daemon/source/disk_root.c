/* What and where the root is, on the disk thread; see disk.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "source/disk_private.h"

#define AWAY_WATCHED                                                                               \
    (IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define MOUNTINFO_PATH_FIELD                                                                       \
    5 /* proc_pid_mountinfo(5): the mount point, as the fifth of a line                            \
       */

static bool is_empty(int root)
{
    int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir)
        return false;
    int n = 0;
    while (n < 3 && readdir(dir))
        n++;
    closedir(dir);
    return n <= 2; /* "." and ".." */
}

static void describe(struct disk_root *root, int fd)
{
    struct stat st;
    struct statfs fs;
    root->present = fstat(fd, &st) == 0 && fstatfs(fd, &fs) == 0;
    root->error = root->present ? 0 : errno;
    if (!root->present)
        return;
    root->identity = (struct disk_identity){.device = st.st_dev, .inode = st.st_ino};
    memcpy(&root->file_system, &fs.f_fsid, sizeof(root->file_system));
    root->type = fs.f_type;
    root->empty = is_empty(fd);
}

/* O_RDONLY, not O_PATH: it must be readable to be of use. */
static bool look(struct disk_root *root)
{
    AUTO_FD int fd = open(root->disk->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        root->present = false;
        root->error = errno;
    } else {
        describe(root, fd);
    }
    return root->present;
}

/* Watches the nearest directory above the root that is there, for the name that leads to it. */
static void watch_above(struct disk_root *root)
{
    AUTO_FREE char *path = mem_strdup(root->disk->root);
    for (char *slash; root->disk->inotify_fd >= 0 && (slash = strrchr(path, '/'));) {
        free(root->away_name);
        root->away_name = mem_strdup(slash + 1);
        *slash = '\0';
        root->away_wd = inotify_add_watch(root->disk->inotify_fd, *path ? path : "/", AWAY_WATCHED);
        if (root->away_wd >= 0 || !*path)
            return;
    }
}

static bool is_below(const char *line, const char *root)
{
    for (int field = 1; field < MOUNTINFO_PATH_FIELD; field++) {
        line = strchr(line, ' ');
        if (!line)
            return false;
        line++;
    }
    return str_starts(line, root) && line[strlen(root)] == '/';
}

/* Mount points with blanks in them are written \040 there and missed here; the hourly look at
 * everything remains for them. */
static uint64_t mounts_below(const char *root)
{
    FILE *file = fopen("/proc/self/mountinfo", "re");
    if (!file)
        return 0;
    struct hasher hasher;
    hasher_init(&hasher);
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, file) > 0)
        if (is_below(line, root))
            hasher_text(&hasher, line);
    free(line);
    fclose(file);
    struct hash hash = hasher_final(&hasher);
    uint64_t sum = 0;
    memcpy(&sum, hash.bytes, sizeof(sum));
    return sum;
}

void disk_root_look(struct disk_root *root)
{
    root->away_wd = -1;
    root->mounts = mounts_below(root->disk->root);
    if (look(root))
        return;
    watch_above(root);
    /* It may have come between the look and the watch. */
    look(root);
}
