/* See programs.h. One launcher a host: so one channel, and one list of those that have ended. */
#include "host/programs.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "host/launch.h"
#include "host/launcher.h"

struct ended {
    uint32_t number;
    int status;
};

static struct {
    const struct host *host;
    int channel;
    uint32_t last_number;
    struct ended *ended; /* not asked for yet */
    size_t n_ended, cap_ended;
} programs = {.channel = -1};

int programs_open(const struct host *host, struct buf *layers, struct err *err)
{
    bool wanted = false;
    for (size_t i = 0; i < host->n_plugins; i++)
        wanted |= host->plugins[i].powers == TOCSIN_POWERS_EXEC;
    if (!wanted || host->role == IPC_ROLE_PROBE)
        return 0;
    programs.host = host;
    return launcher_start(host, &programs.channel, layers, err);
}

/* ---- what the launcher says ---- */

/* One message; false when none came in time, or never will. *fd is the caller's. */
static bool hear(int64_t timeout_ms, struct launch_head *head, int *fd)
{
    struct pollfd ready = {.fd = programs.channel, .events = POLLIN};
    int64_t end = clock_now_ms() + timeout_ms;
    int got;
    do {
        int64_t left = timeout_ms < 0 ? -1 : end - clock_now_ms();
        got = poll(&ready, 1, left > INT32_MAX ? INT32_MAX : left < -1 ? 0 : (int)left);
    } while (got < 0 && errno == EINTR);
    if (got <= 0)
        return false;
    AUTO_BUF struct buf packet = {0};
    if (ipc_receive(programs.channel, &packet, fd, NULL) != IPC_OK || packet.len != sizeof(*head))
        return false;
    memcpy(head, packet.data, sizeof(*head));
    return true;
}

static void note_end(const struct launch_head *head)
{
    programs.ended = mem_grow(programs.ended, &programs.cap_ended, programs.n_ended + 1,
                              sizeof(programs.ended[0]));
    programs.ended[programs.n_ended++] = (struct ended){head->number, head->value};
}

static bool take_end(uint32_t number, int *status)
{
    for (size_t i = 0; i < programs.n_ended; i++) {
        if (programs.ended[i].number != number)
            continue;
        *status = programs.ended[i].status;
        programs.ended[i] = programs.ended[--programs.n_ended];
        return true;
    }
    return false;
}

/* ---- for plugins ---- */

static int command_index(const struct plugin *plugin, const char *option, uint32_t *index)
{
    const struct plugin *owner;
    const struct given *given;
    for (*index = 0; (given = launcher_command(programs.host, *index, &owner)); ++*index)
        if (owner == plugin && str_equal(given->name, option))
            return 0;
    errno = ENOENT;
    return -1;
}

static int send_request(enum launch_what what, uint32_t number, uint32_t command,
                        const char *const *environment)
{
    AUTO_BUF struct buf packet = {0};
    struct launch_head head = {.what = what, .number = number, .command = command};
    buf_append(&packet, &head, sizeof(head));
    for (; environment && *environment; environment++)
        buf_append(&packet, *environment, strlen(*environment) + 1);
    if (packet.len - sizeof(head) > LAUNCH_MAX_ENV) {
        errno = E2BIG;
        return -1;
    }
    if (ipc_send(programs.channel, &packet, -1, NULL) == IPC_OK)
        return 0;
    errno = EPIPE;
    return -1;
}

/* The three descriptors, or why there are none. */
static int receive_started(uint32_t number, int fds[3])
{
    struct launch_head head;
    size_t n = 0;
    fds[0] = fds[1] = fds[2] = -1;
    while (n < 3) {
        int fd = -1;
        if (!hear(-1, &head, &fd)) {
            head = (struct launch_head){.what = LAUNCH_FAILED, .number = number, .value = EPIPE};
            n = 0;
        }
        if (head.what == LAUNCH_ENDED)
            note_end(&head);
        else if (head.what == LAUNCH_STARTED && head.number == number)
            fds[n++] = fd_take(&fd);
        fd_close(&fd);
        if (head.what == LAUNCH_FAILED && head.number == number) {
            for (size_t i = 0; i < 3; i++)
                fd_close(&fds[i]);
            errno = head.value;
            return -1;
        }
    }
    return 0;
}

static int64_t start(void *arg, const char *option, const char *const *environment, int fds[3])
{
    const struct plugin *plugin = arg;
    uint32_t command, number = programs.last_number + 1;
    if (command_index(plugin, option, &command) < 0 ||
        send_request(LAUNCH_START, number, command, environment) < 0)
        return -1;
    programs.last_number = number;
    return receive_started(number, fds) < 0 ? -1 : (int64_t)number;
}

/* A launcher that is gone took its programs with it. */
static bool wait_end(int64_t number, int64_t timeout_ms, int *status)
{
    struct launch_head head;
    int64_t end = clock_now_ms() + timeout_ms;
    *status = 0;
    while (!take_end((uint32_t)number, status)) {
        int fd = -1;
        int64_t left = end - clock_now_ms();
        bool heard = hear(left > 0 ? left : 0, &head, &fd);
        fd_close(&fd);
        if (!heard)
            return false;
        if (head.what == LAUNCH_ENDED)
            note_end(&head);
    }
    return true;
}

static void stop(int64_t number)
{
    send_request(LAUNCH_KILL, (uint32_t)number, 0, NULL);
}

static int channel(void)
{
    return programs.channel;
}

const struct tocsin_starter *programs_starter(const struct plugin *plugin)
{
    static const struct tocsin_starter starter = {start, wait_end, stop, channel};
    return plugin->powers == TOCSIN_POWERS_EXEC && programs.channel >= 0 ? &starter : NULL;
}
