/* Both ends of the porter, its process and the host's side of it; see porter.h. */
#include "host/porter.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memfd.h"
#include "base/str.h"
#include "host/outlets.h"
#include "ipc/channel.h"

/* A request: a number, then the bytes of an entry, or its memory file with it. The answer: 0 and
 * the descriptor of an output, or an errno. */
typedef int64_t number;
#define TO_JOURNAL ((number)-1) /* others are the host's outputs, in their order */

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

/* ---- the process ---- */

static int carry(const struct host *host, number where, const struct buf *entry, int memory_file,
                 int *fd)
{
    bool journal = host->plugins[0].powers == TOCSIN_POWERS_JOURNAL;
    if (journal)
        return where == TO_JOURNAL ? outlet_tell_journal(entry->data, entry->len, memory_file)
                                   : EINVAL;
    const char *path = path_of(host, where);
    return path ? outlet_open(path, fd) : ENOENT;
}

/* False when the host is gone, or out of its mind. */
static bool serve_one(const struct host *host, int channel)
{
    AUTO_BUF struct buf packet = {0};
    AUTO_FD int given = -1;
    AUTO_FD int taken = -1;
    number where, answer;
    if (ipc_receive(channel, &packet, &given, NULL) != IPC_OK || packet.len < sizeof(where))
        return false;
    memcpy(&where, packet.data, sizeof(where));
    buf_consume(&packet, sizeof(where));
    answer = carry(host, where, &packet, given, &taken);
    struct buf out = {.data = (char *)&answer, .len = sizeof(answer)};
    return ipc_send(channel, &out, taken, NULL) == IPC_OK;
}

static _Noreturn void live(const struct host *host, int channel)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "tocsin-porter");
    close(host->channel); /* the daemon is to see the host's end */
    while (serve_one(host, channel))
        continue;
    _exit(EXIT_SUCCESS);
}

/* ---- the host's side ---- */

static struct {
    const struct host *host;
    int channel;
} porter = {.channel = -1};

static bool is_wanted(const struct host *host)
{
    return host->role == IPC_ROLE_NOTIFIER && (host->plugins[0].powers == TOCSIN_POWERS_FILES ||
                                               host->plugins[0].powers == TOCSIN_POWERS_JOURNAL);
}

int porter_start(const struct host *host, struct err *err)
{
    AUTO_FD int theirs = -1;
    AUTO_FD int ours = -1;
    if (!is_wanted(host))
        return 0;
    if (ipc_pair(&ours, &theirs, err) < 0)
        return -1;
    if (fcntl(ours, F_SETFL, O_RDWR) < 0) /* this side, too, waits for what it is told */
        return err_errno(err, "setting up a channel");
    pid_t pid = fork();
    if (pid < 0)
        return err_errno(err, "starting the porter");
    if (pid == 0) {
        close(ours);
        live(host, theirs);
    }
    porter.host = host;
    porter.channel = fd_take(&ours);
    return 0;
}

/* -1 with errno, or what came with the answer, -1 and 0 when nothing did. */
static int ask(number where, const char *bytes, size_t len, int memory_file)
{
    AUTO_BUF struct buf packet = {0};
    number answer;
    int fd = -1;
    buf_append(&packet, &where, sizeof(where));
    buf_append(&packet, bytes, len);
    if (ipc_send(porter.channel, &packet, memory_file, NULL) != IPC_OK ||
        ipc_receive(porter.channel, &packet, &fd, NULL) != IPC_OK || packet.len != sizeof(answer))
        log_fatal("the porter is gone"); /* a new host has a new one */
    memcpy(&answer, packet.data, sizeof(answer));
    errno = (int)answer;
    return fd;
}

static int open_output(void *arg, const char *path)
{
    (void)arg;
    number output = 0;
    const char *other;
    while ((other = path_of(porter.host, output)) && !str_equal(other, path))
        output++;
    return ask(output, NULL, 0, -1);
}

static int tell_journal(void *arg, const char *bytes, size_t len)
{
    (void)arg;
    struct err err;
    AUTO_FD int large = -1;
    if (len > IPC_MAX_BYTES - sizeof(number)) {
        large = memfd_from("journal-entry", bytes, len, &err);
        if (large < 0)
            return -1;
        len = 0;
    }
    ask(TO_JOURNAL, bytes, len, large);
    return errno ? -1 : 0;
}

const struct tocsin_outlets *porter_outlets(const struct plugin *plugin)
{
    static const struct tocsin_outlets files = {.open_output = open_output};
    static const struct tocsin_outlets journal = {.tell_journal = tell_journal};
    if (porter.channel < 0)
        return NULL;
    return plugin->powers == TOCSIN_POWERS_FILES ? &files : &journal;
}
