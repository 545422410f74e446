/* Both ends of the opener, its process and the host's side of it; see opener.h. */
#include "host/opener.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "host/paths.h"
#include "ipc/channel.h"

/* No waiting for the other end of a FIFO, no terminal of its own. */
#define FLAGS (O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define MODE  0600

/* A packet each, a number: which of the host's outputs; then 0 and its descriptor, or an errno. */
typedef int64_t number;

/* The path of an output; NULL: there is none of this number. */
static const char *path_of(const struct host *host, number output)
{
    for (size_t i = 0; i < host->n_plugins; i++) {
        for (size_t g = 0; g < host->plugins[i].n_given; g++) {
            const struct given *given = &host->plugins[i].given[g];
            if (given->kind == IPC_OPTION_OUTPUT && given->n == 1 && output-- == 0)
                return given->values[0];
        }
    }
    return NULL;
}

static enum ipc_status say(int channel, number value, int fd)
{
    struct buf packet = {.data = (char *)&value, .len = sizeof(value)};
    return ipc_send(channel, &packet, fd, NULL);
}

static bool hear(int channel, number *value, int *fd)
{
    AUTO_BUF struct buf packet = {0};
    if (ipc_receive(channel, &packet, fd, NULL) != IPC_OK || packet.len != sizeof(*value))
        return false;
    memcpy(value, packet.data, sizeof(*value));
    return true;
}

/* ---- the process ---- */

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

/* 0 or an errno. One that somebody else makes at the same time will do. */
static int open_output(const char *path, int *fd)
{
    struct stat info;
    int error = 0;
    *fd = open(path, FLAGS);
    if (*fd < 0 && errno == ENOENT) {
        error = make(path, fd);
        if (error != EEXIST)
            return error;
        *fd = open(path, FLAGS);
    }
    if (*fd < 0)
        return errno == ENXIO ? EINVAL : errno; /* a socket */
    error = fstat(*fd, &info) < 0 ? errno : S_ISREG(info.st_mode) ? 0 : EINVAL;
    if (error)
        fd_close(fd);
    return error;
}

static _Noreturn void live(const struct host *host, int channel)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "tocsin-opener");
    close(host->channel); /* the daemon is to see the host's end */
    number output;
    int fd;
    while (hear(channel, &output, &fd)) {
        fd_close(&fd);
        const char *path = path_of(host, output);
        int error = path ? open_output(path, &fd) : ENOENT;
        enum ipc_status status = say(channel, error, fd);
        fd_close(&fd);
        if (status != IPC_OK)
            break;
    }
    _exit(EXIT_SUCCESS);
}

/* ---- the host's side ---- */

static struct {
    const struct host *host;
    int channel;
} opener = {.channel = -1};

int opener_start(const struct host *host, struct err *err)
{
    AUTO_FD int theirs = -1;
    AUTO_FD int ours = -1;
    if (host->role != IPC_ROLE_NOTIFIER || host->plugins[0].powers != TOCSIN_POWERS_FILES)
        return 0;
    if (ipc_pair(&ours, &theirs, err) < 0)
        return -1;
    if (fcntl(ours, F_SETFL, O_RDWR) < 0) /* this side, too, waits for what it is told */
        return err_errno(err, "setting up a channel");
    pid_t pid = fork();
    if (pid < 0)
        return err_errno(err, "starting the opener of outputs");
    if (pid == 0) {
        close(ours);
        live(host, theirs);
    }
    opener.host = host;
    opener.channel = fd_take(&ours);
    return 0;
}

static int open_for_plugin(void *arg, const char *path)
{
    (void)arg;
    number output = 0, error;
    int fd = -1;
    const char *other;
    while ((other = path_of(opener.host, output)) && !str_equal(other, path))
        output++;
    if (say(opener.channel, output, -1) != IPC_OK || !hear(opener.channel, &error, &fd))
        log_fatal("the opener of outputs is gone"); /* a new host has a new one */
    errno = (int)error;
    return fd;
}

int (*opener_function(const struct plugin *plugin))(void *arg, const char *path)
{
    return plugin->powers == TOCSIN_POWERS_FILES && opener.channel >= 0 ? open_for_plugin : NULL;
}
