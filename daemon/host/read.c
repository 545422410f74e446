/*
 * Reading a file that others may be writing; see read.h.
 *
 * It is looked at before and after (size, mtime, ctime, inode). A time stamp has the grain of the
 * kernel's clock tick, or of 2 s on some file systems, so a second write may hide behind the first:
 * while the mtime is younger than that, the bytes are read a second time and must be the same.
 * A file that is different each time is unstable; the daemon asks again later.
 */
#include "host/read.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host/decode.h"

#define TRIES   3
#define YOUNG_S 2
#define PIECE   (1024 * 1024)

static bool same_instant(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool is_same(const struct stat *before, const struct stat *after, bool growing)
{
    if (before->st_ino != after->st_ino || before->st_dev != after->st_dev)
        return false;
    if (growing)
        return after->st_size >= before->st_size;
    return before->st_size == after->st_size && same_instant(&before->st_mtim, &after->st_mtim) &&
           same_instant(&before->st_ctim, &after->st_ctim);
}

static bool is_young(const struct stat *st)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec - st->st_mtim.tv_sec <= YOUNG_S;
}

/* At most `want` bytes from the beginning; -1 with errno. */
static int read_bytes(int fd, size_t want, struct buf *bytes)
{
    buf_clear(bytes);
    while (bytes->len < want) {
        size_t left = want - bytes->len;
        size_t piece = left < PIECE ? left : PIECE;
        char *to = buf_reserve(bytes, piece);
        ssize_t n = pread(fd, to, piece, (off_t)bytes->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        bytes->len += (size_t)n;
        bytes->data[bytes->len] = '\0';
    }
    return 0;
}

static enum ipc_read_status unreadable(struct buf *note)
{
    note_add(note, "%s", strerror(errno));
    return IPC_READ_UNREADABLE;
}

/* One try: reads and looks again. */
static enum ipc_read_status try_once(int fd, int64_t max_bytes, bool growing, struct buf *bytes,
                                     struct buf *note)
{
    struct stat before, after;
    if (fstat(fd, &before) < 0)
        return unreadable(note);
    if (!S_ISREG(before.st_mode)) {
        note_add(note, "not a regular file");
        return IPC_READ_UNREADABLE;
    }
    if (before.st_size > max_bytes) {
        note_add(note, "%lld bytes; at most %lld are read", (long long)before.st_size,
                 (long long)max_bytes);
        return IPC_READ_TOO_LARGE;
    }
    size_t size = (size_t)before.st_size;
    /* A byte more, to see an end that moved. */
    if (read_bytes(fd, growing ? size : size + 1, bytes) < 0 || fstat(fd, &after) < 0)
        return unreadable(note);
    if (bytes->len != size || !is_same(&before, &after, growing))
        return IPC_READ_UNSTABLE;
    if (!is_young(&after))
        return IPC_READ_OK;
    AUTO_BUF struct buf again = {0};
    if (read_bytes(fd, size, &again) < 0)
        return unreadable(note);
    bool same = again.len == size && (size == 0 || memcmp(again.data, bytes->data, size) == 0);
    return same ? IPC_READ_OK : IPC_READ_UNSTABLE;
}

enum ipc_read_status read_file(int fd, int64_t max_bytes, bool growing, struct buf *bytes,
                               struct buf *note)
{
    enum ipc_read_status status = IPC_READ_UNSTABLE;
    for (int i = 0; i < TRIES && status == IPC_READ_UNSTABLE; i++)
        status = try_once(fd, max_bytes, growing, bytes, note);
    if (status == IPC_READ_UNSTABLE)
        note_add(note, "changed while it was read; it is tried again");
    return status;
}
