/*
 * See append.h. Lines can be lost or doubled in four places, and this file is about them:
 *
 *   the disk fills up    room is set aside before the write; where a file system cannot do that,
 *                        what was half written is taken back
 *   a host is killed     half a line may stay: whoever writes next cuts it off
 *   a file is rotated    between its opening and the write: it is looked at once more, and lines
 *                        that went to the old file are taken back and written to the new one
 *   several hosts write  they take turns, by flock(2)
 */
#include "append.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include <tocsin/output.h>

#define ROTATIONS   10                   /* during one delivery; more is a loop of somebody's */
#define LOCK_ROUNDS 500                  /* of 10 ms */
#define LINE_BYTES  ((off_t)1024 * 1024) /* more than an alert is */
#define OWN_HEAD    "{\"delivery\":"

/* ---- what a person reads ---- */

static const struct {
    int error;
    const char *text; /* NULL: as strerror(3) says */
    const char *mend;
} reasons[] = {
    {ENOSPC, NULL, "free some space"},
    {EDQUOT, NULL, "free some space"},
    {EACCES, NULL, "let tocsin's user write there"},
    {EPERM, NULL, "let tocsin's user write there"},
    {EROFS, NULL, "mount it writable, or let tocsin's unit write there by ReadWritePaths="},
    {ENOENT, "the folder is not there", "make it"},
    {ENOTDIR, NULL, "name a file in a folder"},
    {ELOOP, "is a symbolic link", "name the file that it leads to"},
    {EISDIR, "is a folder", "name a file in it"},
    {EINVAL, "is no regular file", "name another"},
    {EWOULDBLOCK, "another program keeps it locked", "let go of its lock"},
    {EBUSY, "is rotated all the time", "look for what does it"},
    {EFBIG, NULL, "rotate it"},
};

static int fail(const struct append *append, int error, struct buf *why)
{
    const char *text = strerror(error), *mend = NULL;
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
        if (reasons[i].error != error)
            continue;
        mend = reasons[i].mend;
        text = reasons[i].text ? reasons[i].text : text;
    }
    const char *path = tocsin_option_text(append->instance, append->option);
    buf_printf(why, "%s: %s", path, text);
    if (mend)
        buf_printf(why, " (%s)", mend);
    return -1;
}

/* ---- half a line at the end ---- */

/* Whether it is one that a killed host of ours left, not a whole one without its end, nor
 * another's. */
static bool is_half_of_ours(const char *line, size_t len)
{
    size_t head = strlen(OWN_HEAD);
    if (memcmp(line, OWN_HEAD, len < head ? len : head) != 0)
        return false;
    json_t *whole = json_loadb(line, len, 0, NULL);
    json_decref(whole);
    return whole == NULL;
}

/* The last bytes of the file: the length of what stands behind its last newline; -1 with errno. */
static ssize_t read_last_line(int fd, off_t size, struct buf *line)
{
    off_t from = size > LINE_BYTES ? size - LINE_BYTES : 0;
    size_t n = (size_t)(size - from);
    ssize_t got = pread(fd, buf_reserve(line, n), n, from);
    if (got <= 0)
        return got;
    line->len = (size_t)got;
    const char *newline = memrchr(line->data, '\n', line->len);
    if (newline)
        buf_consume(line, (size_t)(newline - line->data) + 1);
    return (ssize_t)line->len;
}

/* 0 or an errno. *ended: the next line has to begin with the end of that which is there. */
static int mend_end(const struct append *append, int fd, bool *ended)
{
    struct stat info;
    char last;
    *ended = true;
    if (fstat(fd, &info) < 0)
        return errno;
    if (info.st_size == 0 || (pread(fd, &last, 1, info.st_size - 1) == 1 && last == '\n'))
        return 0;
    AUTO_BUF struct buf line = {0};
    ssize_t len = read_last_line(fd, info.st_size, &line);
    if (len < 0)
        return errno;
    *ended = len == 0;
    if (len == 0 || !is_half_of_ours(line.data, (size_t)len) ||
        ftruncate(fd, info.st_size - len) < 0)
        return 0;
    *ended = true;
    tocsin_log(append->instance, TOCSIN_NOTICE, "%s: cut off a line that was half written",
               tocsin_option_text(append->instance, append->option));
    return 0;
}

/* ---- the write ---- */

/* Those of another program may come at any time; it is not waited for without end. */
static int lock(int fd)
{
    for (int round = 0; round < LOCK_ROUNDS; round++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0 || (errno != EWOULDBLOCK && errno != EINTR))
            return 0; /* a file system without locks has no second host either */
        poll(NULL, 0, 10);
    }
    return EWOULDBLOCK;
}

/* Cuts off what was written last, `len` bytes up to `end`, unless something came behind it. */
static void take_back(int fd, off_t end, size_t len)
{
    struct stat info;
    if (len && fstat(fd, &info) == 0 && info.st_size == end)
        /* A file that may only grow keeps it: it is mended before the next line. */
        while (ftruncate(fd, end - (off_t)len) < 0 && errno == EINTR)
            continue;
}

/* Only what says that there is no room counts: not every file system can set some aside. */
static int set_room_aside(int fd, size_t len)
{
    struct stat info;
    if (fstat(fd, &info) < 0 || fallocate(fd, FALLOC_FL_KEEP_SIZE, info.st_size, (off_t)len) == 0)
        return 0;
    return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? errno : 0;
}

/* 0 or an errno, and then nothing of it is left. *end is where it ends in the file. */
static int write_all(int fd, const char *bytes, size_t len, off_t *end)
{
    size_t done = 0;
    int error = 0;
    while (done < len && !error) {
        ssize_t n = write(fd, bytes + done, len - done);
        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            error = n == 0 ? ENOSPC : errno;
    }
    *end = lseek(fd, 0, SEEK_CUR); /* an append moves it there */
    if (error)
        take_back(fd, *end, done);
    return error;
}

/* Whether what was opened still stands under its path: 0, -1 when not, or an errno. */
static int look_again(const struct append *append, int fd)
{
    struct stat ours, there;
    AUTO_FD int now = tocsin_output_open(append->instance, append->option);
    if (now < 0 || fstat(now, &there) < 0 || fstat(fd, &ours) < 0)
        return errno;
    return ours.st_dev == there.st_dev && ours.st_ino == there.st_ino ? 0 : -1;
}

/* 0, -1 when the file was rotated away meanwhile, or an errno. */
static int append_once(const struct append *append, const struct buf *lines)
{
    AUTO_FD int fd = tocsin_output_open(append->instance, append->option);
    bool ended;
    if (fd < 0)
        return errno;
    int error = lock(fd);
    if (!error)
        error = mend_end(append, fd, &ended);
    if (error)
        return error;
    AUTO_BUF struct buf bytes = {0};
    if (!ended)
        buf_putc(&bytes, '\n');
    buf_append(&bytes, lines->data, lines->len);
    error = set_room_aside(fd, bytes.len);
    off_t end;
    if (!error)
        error = write_all(fd, bytes.data, bytes.len, &end);
    if (error)
        return error;
    /* At once: what is moved away later takes the lines along, and what was moved before is perhaps
     * being packed already. */
    int result = look_again(append, fd);
    if (result == 0 && append->sync && fdatasync(fd) < 0)
        result = errno;
    if (result)
        take_back(fd, end, bytes.len);
    return result;
}

int append_lines(const struct append *append, const struct buf *lines, struct buf *why)
{
    for (int i = 0; i < ROTATIONS; i++) {
        int result = append_once(append, lines);
        if (result >= 0)
            return result ? fail(append, result, why) : 0;
    }
    return fail(append, EBUSY, why);
}
