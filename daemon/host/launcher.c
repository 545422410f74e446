/*
 * The launcher's life: waits for requests and for the ends of programs, one thread, no plugin code;
 * see launcher.h. What starts one program is in launch_program.c.
 */
#include "host/launcher.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/launch.h"
#include "host/launch_program.h"

#define FAREWELL_ROUNDS 500 /* of 10 ms, for what is to be killed to be gone */

struct running {
    uint32_t number;
    pid_t pid; /* and of its session */
};

struct launcher {
    const struct host *host;
    int channel;
    int signals; /* SIGCHLD */
    struct sandbox sandbox;
    struct running running[LAUNCH_MAX_PROGRAMS];
    size_t n;
};

const struct given *launcher_command(const struct host *host, size_t index,
                                     const struct plugin **plugin)
{
    for (size_t i = 0; i < host->n_plugins; i++) {
        for (size_t g = 0; g < host->plugins[i].n_given; g++) {
            const struct given *given = &host->plugins[i].given[g];
            if (given->kind != IPC_OPTION_COMMAND || given->n == 0 || index-- != 0)
                continue;
            *plugin = &host->plugins[i];
            return given;
        }
    }
    return NULL;
}

/* ---- what it says ---- */

/* Without the host there is nobody to serve. */
static void say(const struct launcher *launcher, enum launch_what what, uint32_t number,
                int32_t value, int fd)
{
    struct launch_head head = {.what = what, .number = number, .value = value};
    struct buf packet = {.data = (char *)&head, .len = sizeof(head)};
    /* Not the poll of the daemon's channels: this end waits until the host takes it. */
    struct pollfd room = {.fd = launcher->channel, .events = POLLOUT};
    while (ipc_send(launcher->channel, &packet, fd, NULL) == IPC_AGAIN)
        if (poll(&room, 1, -1) < 0 && errno != EINTR)
            return;
}

/* ---- ends ---- */

static struct running *running_by_pid(struct launcher *launcher, pid_t pid)
{
    for (size_t i = 0; i < launcher->n; i++)
        if (launcher->running[i].pid == pid)
            return &launcher->running[i];
    return NULL;
}

static struct running *running_by_number(struct launcher *launcher, uint32_t number)
{
    for (size_t i = 0; i < launcher->n; i++)
        if (launcher->running[i].number == number)
            return &launcher->running[i];
    return NULL;
}

/* Its children that are no programs: what those left behind and the kernel gave to this subreaper.
 */
static void kill_orphans(struct launcher *launcher)
{
    AUTO_FREE char *path = mem_printf("/proc/self/task/%d/children", (int)getpid());
    AUTO_FREE char *list = NULL;
    size_t size = 0;
    FILE *children = fopen(path, "re");
    char *at = children && getline(&list, &size, children) > 0 ? list : NULL;
    while (at) {
        char *end;
        pid_t pid = (pid_t)strtol(at, &end, 10);
        if (end == at)
            break;
        if (!running_by_pid(launcher, pid))
            kill(pid, SIGKILL);
        at = end;
    }
    if (children)
        fclose(children);
}

static void bury(struct launcher *launcher, pid_t pid, int status)
{
    struct running *running = running_by_pid(launcher, pid);
    if (!running)
        return;
    kill(-pid, SIGKILL);
    uint32_t number = running->number;
    *running = launcher->running[--launcher->n];
    say(launcher, LAUNCH_ENDED, number, status, -1);
}

/* Each orphan that is killed may leave others. */
static void reap(struct launcher *launcher)
{
    bool ended = false;
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0; ended = true)
        bury(launcher, pid, status);
    if (ended)
        kill_orphans(launcher);
}

/* Kills everything and waits until it is gone. */
static void farewell(struct launcher *launcher)
{
    for (size_t i = 0; i < launcher->n; i++)
        kill(-launcher->running[i].pid, SIGKILL);
    launcher->n = 0;
    for (int round = 0; round < FAREWELL_ROUNDS; round++) {
        kill_orphans(launcher);
        pid_t pid = waitpid(-1, NULL, WNOHANG);
        if (pid < 0 && errno == ECHILD)
            return;
        if (pid == 0)
            poll(NULL, 0, 10);
    }
}

/* ---- requests ---- */

static void start(struct launcher *launcher, const struct launch_head *head, const char *env,
                  size_t env_len)
{
    const struct plugin *plugin;
    const struct given *command = launcher_command(launcher->host, head->command, &plugin);
    struct launched launched;
    int error = EINVAL;
    if (launcher->n == LAUNCH_MAX_PROGRAMS)
        error = EAGAIN;
    else if (command && !running_by_number(launcher, head->number))
        error = launch_program(command->values, env, env_len, &launcher->sandbox, &launched);
    if (error) {
        say(launcher, LAUNCH_FAILED, head->number, error, -1);
        return;
    }
    launcher->running[launcher->n++] = (struct running){head->number, launched.pid};
    for (size_t i = 0; i < ARRAY_LEN(launched.fds); i++) {
        say(launcher, LAUNCH_STARTED, head->number, 0, launched.fds[i]);
        fd_close(&launched.fds[i]);
    }
}

static void stop(struct launcher *launcher, uint32_t number)
{
    const struct running *running = running_by_number(launcher, number);
    if (running)
        kill(-running->pid, SIGKILL);
}

/* False when the host is gone. */
static bool serve_one(struct launcher *launcher)
{
    AUTO_BUF struct buf packet = {0};
    AUTO_FD int fd = -1;
    enum ipc_status status = ipc_receive(launcher->channel, &packet, &fd, NULL);
    if (status == IPC_AGAIN)
        return true;
    if (status != IPC_OK)
        return false;
    struct launch_head head;
    if (packet.len < sizeof(head) || packet.len - sizeof(head) > LAUNCH_MAX_ENV)
        return true;
    memcpy(&head, packet.data, sizeof(head));
    if (head.what == LAUNCH_START)
        start(launcher, &head, packet.data + sizeof(head), packet.len - sizeof(head));
    else if (head.what == LAUNCH_KILL)
        stop(launcher, head.number);
    return true;
}

/* ---- life ---- */

static void serve(struct launcher *launcher)
{
    struct pollfd ready[] = {{.fd = launcher->channel, .events = POLLIN},
                             {.fd = launcher->signals, .events = POLLIN}};
    while (true) {
        if (poll(ready, ARRAY_LEN(ready), -1) < 0 && errno != EINTR)
            return;
        struct signalfd_siginfo ignored;
        if (ready[1].revents && read(launcher->signals, &ignored, sizeof(ignored)) < 0 &&
            errno != EAGAIN)
            return;
        reap(launcher);
        if (ready[0].revents && !serve_one(launcher))
            return;
    }
}

/* Of a session of its own, so that the end of the host's session leaves it the time for farewell;
 * without the daemon's channel, so that the daemon sees the host's end. */
static _Noreturn void live(const struct host *host, int channel)
{
    struct launcher launcher = {.host = host, .channel = channel};
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    prctl(PR_SET_PDEATHSIG, 0);
    setsid();
    prctl(PR_SET_NAME, "tocsin-launcher");
    close(host->channel);
    if (sigprocmask(SIG_BLOCK, &child, NULL) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ||
        (launcher.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
        _exit(EXIT_FAILURE);
    launch_sandbox(host, &launcher.sandbox);
    say(&launcher, LAUNCH_LAYERS, 0, (int32_t)launcher.sandbox.up, -1);
    serve(&launcher);
    farewell(&launcher);
    _exit(EXIT_SUCCESS);
}

static int hear_layers(int channel, struct buf *layers, struct err *err)
{
    AUTO_BUF struct buf packet = {0};
    AUTO_FD int fd = -1;
    struct launch_head head = {0};
    if (ipc_receive(channel, &packet, &fd, err) != IPC_OK || packet.len != sizeof(head))
        return err_set(err, "the launcher of programs did not come up");
    memcpy(&head, packet.data, sizeof(head));
    sandbox_layers(&(struct sandbox){.up = (unsigned)head.value}, layers);
    return 0;
}

int launcher_start(const struct host *host, int *channel, struct buf *layers, struct err *err)
{
    AUTO_FD int theirs = -1;
    AUTO_FD int ours = -1;
    if (ipc_pair(&theirs, &ours, err) < 0)
        return -1;
    pid_t pid = fork();
    if (pid < 0)
        return err_errno(err, "starting the launcher of programs");
    if (pid == 0) {
        close(ours);
        live(host, theirs);
    }
    fd_close(&theirs);
    if (hear_layers(ours, layers, err) < 0)
        return -1;
    *channel = fd_take(&ours);
    return 0;
}
