/*
 * Starting the program of a host. Called by host.c alone.
 *
 * The program is re-executed, never a bare fork: the child shares nothing with the daemon but the
 * descriptors 0 to 4 and the few words of environment below. It leads a session of its own, so that
 * a Ctrl-C at the daemon's terminal is the daemon's business, and a kill reaches what the host may
 * have started, too. That it ends with its parent (PR_SET_PDEATHSIG) is the first thing that
 * tocsin-host itself sees to.
 */
#include "hosts/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "ipc/messages.h"

/* Descriptors from here on cannot be in the way of the child's 0 to 4. */
#define CLEAR_OF_FIXED 10

enum env_for { ENV_FOR_ALL, ENV_FOR_NOTIFIERS };

/* Each ends in '=' unless it stands for a family of names. */
static const struct {
    const char *name;
    enum env_for to;
} kept[] = {
    {"PATH=", ENV_FOR_ALL},
    {"LANG=", ENV_FOR_ALL},
    {"LC_", ENV_FOR_ALL},
    {"TZ=", ENV_FOR_ALL},
    {"HOME=", ENV_FOR_ALL},
    {"XDG_RUNTIME_DIR=", ENV_FOR_NOTIFIERS},
    {"DBUS_SESSION_BUS_ADDRESS=", ENV_FOR_NOTIFIERS},
    {"DISPLAY=", ENV_FOR_NOTIFIERS},
    {"WAYLAND_DISPLAY=", ENV_FOR_NOTIFIERS},
#ifdef TOCSIN_SANITIZED
    {"ASAN_OPTIONS=", ENV_FOR_ALL},
    {"LSAN_OPTIONS=", ENV_FOR_ALL},
    {"UBSAN_OPTIONS=", ENV_FOR_ALL},
    {"TSAN_OPTIONS=", ENV_FOR_ALL},
#endif
#ifdef TOCSIN_COVERAGE
    {"GCOV_PREFIX", ENV_FOR_ALL},
#endif
};

static bool env_kept(const char *entry, bool notifier)
{
    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        if (str_starts(entry, kept[i].name) && (notifier || kept[i].to == ENV_FOR_ALL))
            return true;
    return false;
}

char **spawn_environment(char **from, bool notifier)
{
    size_t n = 0;
    for (char **entry = from; *entry; entry++)
        n += env_kept(*entry, notifier);
    char **env = NEW_N(char *, n + 1);
    n = 0;
    for (char **entry = from; *entry; entry++)
        if (env_kept(*entry, notifier))
            env[n++] = *entry;
    return env;
}

/* What the child does with its descriptors, in this order. */
static int child_descriptors(posix_spawn_file_actions_t *actions, const struct spawn *spawn,
                             int channel, int lock)
{
    int failed = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!failed && !spawn->notifier)
        failed = posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(actions, channel, IPC_FD_CHANNEL);
    if (!failed && lock >= 0)
        failed = posix_spawn_file_actions_adddup2(actions, lock, IPC_FD_LOCK);
    if (!failed)
        failed = posix_spawn_file_actions_addclosefrom_np(actions, lock >= 0 ? IPC_FD_LOCK + 1
                                                                             : IPC_FD_LOCK);
    return failed;
}

/* Of its own session, with no signal blocked or ignored. */
static int child_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int failed = posix_spawnattr_setsigmask(attributes, &none);
    if (!failed)
        failed = posix_spawnattr_setsigdefault(attributes, &all);
    if (!failed)
        failed = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                          POSIX_SPAWN_SETSIGDEF);
    return failed;
}

static int start(const struct spawn *spawn, int channel, int lock, int *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    int failed = child_descriptors(&actions, spawn, channel, lock);
    if (!failed)
        failed = child_attributes(&attributes);
    if (!failed) {
        AUTO_FREE char *name = mem_strdup(spawn->name);
        AUTO_FREE char *program = mem_strdup("tocsin-host");
        AUTO_FREE char **env = spawn_environment(environ, spawn->notifier);
        char *argv[] = {program, name, NULL};
        failed = posix_spawn(pid, spawn->program, &actions, &attributes, argv, env);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

int spawn_host(const struct spawn *spawn, struct err *err)
{
    AUTO_FD int channel = fcntl(spawn->channel, F_DUPFD_CLOEXEC, CLEAR_OF_FIXED);
    AUTO_FD int lock = -1;
    if (spawn->lock_fd >= 0)
        lock = fcntl(spawn->lock_fd, F_DUPFD_CLOEXEC, CLEAR_OF_FIXED);
    if (channel < 0 || (spawn->lock_fd >= 0 && lock < 0))
        return err_errno(err, "descriptors for a host");
    int pid = -1;
    errno = start(spawn, channel, lock, &pid);
    if (errno)
        return err_errno(err, "cannot start %s", spawn->program);
    return pid;
}
