/* See outlets.h. */
#include "host/outlets.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memfd.h"
#include "host/paths.h"
#include "ipc/channel.h"

/* ---- files ---- */

/* No waiting for the other end of a FIFO, no terminal of its own. */
#define FLAGS (O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define MODE  0600
/* In all, for a file that is not there. */
#define WAIT_ROUNDS 10
#define WAIT_MS     10

/* That the file is there outlives a loss of power, where the file system can say so. */
static int sync_folder_of(const char *path)
{
    struct paths folder = {0};
    paths_add_folder_of(&folder, path);
    AUTO_FD int fd = open(folder.items[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = fd < 0 ? errno : 0;
    if (fd >= 0 && fsync(fd) < 0)
        error = errno;
    paths_deinit(&folder);
    /* A folder may be written to and not be read. */
    return error == EACCES || error == EINVAL ? 0 : error;
}

static int make(const char *path, int *fd)
{
    *fd = open(path, FLAGS | O_CREAT | O_EXCL, MODE);
    int error = *fd < 0 ? errno : sync_folder_of(path);
    if (error)
        fd_close(fd);
    return error;
}

/* Whoever moved it away may be about to make the next one, with an owner and a mode of its choice.
 */
static void wait_for_another(const char *path, int *fd)
{
    for (int i = 0; *fd < 0 && errno == ENOENT && i < WAIT_ROUNDS; i++) {
        poll(NULL, 0, WAIT_MS);
        *fd = open(path, FLAGS);
    }
}

int outlet_open(const char *path, int *fd)
{
    struct stat info;
    int error = 0;
    *fd = open(path, FLAGS);
    wait_for_another(path, fd);
    if (*fd < 0 && errno == ENOENT) {
        error = make(path, fd);
        if (error != EEXIST)
            return error;
        *fd = open(path, FLAGS); /* another's will do */
    }
    if (*fd < 0)
        return errno == ENXIO ? EINVAL : errno; /* a socket */
    error = fstat(*fd, &info) < 0 ? errno : S_ISREG(info.st_mode) ? 0 : EINVAL;
    if (error)
        fd_close(fd);
    return error;
}

/* ---- the journal ---- */

#ifndef OUTLET_JOURNAL /* a test has one of its own */
#define OUTLET_JOURNAL "/run/systemd/journal/socket"
#endif
#define PATIENCE_MS 2000 /* for a journal whose queue is full */

/* Anew for each entry: so it does not matter when the journal was started again. */
static int connect_journal(int *fd)
{
    const struct sockaddr_un journal = {.sun_family = AF_UNIX, .sun_path = OUTLET_JOURNAL};
    *fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0 || connect(*fd, (const struct sockaddr *)&journal, sizeof(journal)) < 0)
        return errno;
    return 0;
}

/* A packet of no bytes may carry a descriptor here, which ipc_send does not do. */
static int send_entry(int journal, const char *bytes, size_t len, int memory_file)
{
    union {
        struct cmsghdr header; /* for its alignment */
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.bytes = {0}};
    struct iovec entry = {.iov_base = (char *)(uintptr_t)bytes, .iov_len = len};
    struct msghdr header = {.msg_iov = &entry, .msg_iovlen = 1};
    if (memory_file >= 0) {
        header =
            (struct msghdr){.msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
        struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(rights), &memory_file, sizeof(memory_file));
    }
    struct pollfd room = {.fd = journal, .events = POLLOUT};
    int tries = 2;
    while (sendmsg(journal, &header, MSG_NOSIGNAL) < 0) {
        if (errno != EINTR && (errno != EAGAIN || --tries == 0))
            return errno;
        poll(&room, 1, PATIENCE_MS);
    }
    return 0;
}

int outlet_tell_journal(const char *bytes, size_t len, int memory_file)
{
    AUTO_FD int journal = -1;
    AUTO_FD int own = -1;
    int error = connect_journal(&journal);
    if (!error)
        error = send_entry(journal, bytes, len, memory_file);
    if (error != EMSGSIZE && error != ENOBUFS)
        return error;
    own = memfd_from("journal-entry", bytes, len, NULL);
    return own < 0 ? errno : send_entry(journal, NULL, 0, own);
}
