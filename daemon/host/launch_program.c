/* From a request to a running program; see launch_program.h. */
#include "host/launch_program.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/paths.h"
#include "host/share.h"

/* ---- the sandbox ---- */

/* An argument that is a path of its own: a script, a list of words. */
static void add_arguments(const struct given *command, struct paths *readable)
{
    paths_add_folder_of(readable, command->values[0]);
    for (size_t i = 1; i < command->n; i++)
        if (command->values[i][0] == '/')
            paths_add(readable, command->values[i]);
}

static void try_layers(struct sandbox *sandbox)
{
    int pipe_fds[2];
    if (pipe2(pipe_fds, O_CLOEXEC) < 0)
        return;
    pid_t pid = fork();
    if (pid == 0) {
        sandbox_program(sandbox);
        _exit(write(pipe_fds[1], &sandbox->up, sizeof(sandbox->up)) == sizeof(sandbox->up)
                  ? EXIT_SUCCESS
                  : EXIT_FAILURE);
    }
    fd_close(&pipe_fds[1]);
    unsigned up;
    if (pid > 0 && read(pipe_fds[0], &up, sizeof(up)) == sizeof(up))
        sandbox->up = up;
    fd_close(&pipe_fds[0]);
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

void launch_sandbox(const struct host *host, struct sandbox *sandbox)
{
    struct paths readable = {0};
    for (size_t i = 0; i < host->n_plugins; i++) {
        const struct plugin *plugin = &host->plugins[i];
        for (size_t g = 0; g < plugin->n_given; g++) {
            const struct given *given = &plugin->given[g];
            if (given->kind == IPC_OPTION_COMMAND && given->n)
                add_arguments(given, &readable);
            for (size_t v = 0; given->kind == IPC_OPTION_PATH && v < given->n; v++)
                paths_add(&readable, given->values[v]);
        }
    }
    *sandbox = (struct sandbox){
        .kind = host->role == IPC_ROLE_NOTIFIER ? SANDBOX_PROGRAM : SANDBOX_READING_PROGRAM,
        .memory_bytes = share_of_all(host),
        .off = host->sandbox_off,
        .readable = (const char *const *)readable.items}; /* kept until this process ends */
    try_layers(sandbox);
}

/* ---- the environment ---- */

/* Does `entry` (NAME=value) set the variable that `other` sets? */
static bool same_name(const char *entry, const char *other)
{
    size_t n = strcspn(entry, "=");
    return strncmp(entry, other, n) == 0 && other[n] == '=';
}

/* Not LD_PRELOAD or the like, which would make another program of it. */
static bool may_be_given(const char *env, size_t env_len)
{
    static const char prefix[] = "TOCSIN_";
    if (env_len && env[env_len - 1] != '\0')
        return false;
    for (const char *entry = env; entry < env + env_len; entry += strlen(entry) + 1)
        if (strncmp(entry, prefix, strlen(prefix)) != 0)
            return false;
    return true;
}

/* Python's print would keep what it says to itself until a buffer is full. */
static const char *const always[] = {"PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1"};

/* Its own, without what is given anew, then that. Points into both. */
static char **environment(const char *env, size_t env_len)
{
    size_t n = 0, cap = 0;
    char **items = NULL;
    const char *end = env + env_len;
    for (const char *entry = env; entry < end; entry += strlen(entry) + 1) {
        items = mem_grow(items, &cap, n + 2, sizeof(items[0]));
        items[n++] = (char *)(uintptr_t)entry;
    }
    for (size_t i = 0; i < ARRAY_LEN(always); i++) {
        items = mem_grow(items, &cap, n + 2, sizeof(items[0]));
        items[n++] = (char *)(uintptr_t)always[i];
    }
    size_t n_given = n;
    for (char **own = environ; *own; own++) {
        bool is_given = false;
        for (size_t i = 0; i < n_given && !is_given; i++)
            is_given = same_name(items[i], *own);
        items = mem_grow(items, &cap, n + 2, sizeof(items[0]));
        if (!is_given)
            items[n++] = *own;
    }
    if (items)
        items[n] = NULL;
    return items;
}

/* ---- the program ---- */

struct pipes {
    int ends[3][2]; /* input, output, errors: the program's end first */
    int verdict[2]; /* read, write: errno of what hinders, nothing when it runs */
};

static void pipes_close(struct pipes *pipes)
{
    for (size_t i = 0; i < ARRAY_LEN(pipes->ends); i++) {
        fd_close(&pipes->ends[i][0]);
        fd_close(&pipes->ends[i][1]);
    }
    fd_close(&pipes->verdict[0]);
    fd_close(&pipes->verdict[1]);
}

static int pipes_open(struct pipes *pipes)
{
    memset(pipes, 0xff, sizeof(*pipes)); /* -1 */
    for (size_t i = 0; i < ARRAY_LEN(pipes->ends); i++) {
        int fds[2];
        if (pipe2(fds, O_CLOEXEC) < 0)
            return errno;
        bool is_input = i == STDIN_FILENO;
        pipes->ends[i][0] = fds[is_input ? 0 : 1];
        pipes->ends[i][1] = fds[is_input ? 1 : 0];
        if (fcntl(pipes->ends[i][1], F_SETFL, O_NONBLOCK) < 0)
            return errno;
    }
    return pipe2(pipes->verdict, O_CLOEXEC) < 0 ? errno : 0;
}

/* Above the three, so that they can be put in their places one by one. */
static int lift(int fd)
{
    return fd > STDERR_FILENO ? fd : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

static int take_places(const struct pipes *pipes)
{
    int lifted[3];
    for (int i = 0; i < 3; i++)
        if ((lifted[i] = lift(pipes->ends[i][0])) < 0)
            return errno;
    for (int i = 0; i < 3; i++)
        if (dup2(lifted[i], i) < 0)
            return errno;
    return 0;
}

/* Everything but the three closes itself at execve, whatever the host was started with. */
static int become(char *const *argv, char *const *env, const struct pipes *pipes,
                  const struct sandbox *sandbox, pid_t launcher)
{
    sigset_t none;
    sigemptyset(&none);
    if (setsid() < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return errno;
    if (getppid() != launcher)
        return ESRCH;
    int error = take_places(pipes);
    if (error)
        return error;
    if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
        return errno;
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    if (chdir("/") < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0)
        return errno;
    struct sandbox own = *sandbox;
    sandbox_program(&own);
    execve(argv[0], argv, env);
    return errno;
}

/* Waits until it was executed, or was not. */
static int verdict(struct pipes *pipes)
{
    int error = 0;
    ssize_t n;
    fd_close(&pipes->verdict[1]);
    do
        n = read(pipes->verdict[0], &error, sizeof(error));
    while (n < 0 && errno == EINTR);
    return n == sizeof(error) ? error : 0;
}

int launch_program(char *const *argv, const char *env, size_t env_len,
                   const struct sandbox *sandbox, struct launched *launched)
{
    struct pipes pipes;
    if (!may_be_given(env, env_len))
        return EINVAL;
    int error = pipes_open(&pipes);
    AUTO_FREE char **variables = environment(env, env_len);
    pid_t self = getpid();
    pid_t pid = error ? -1 : fork();
    if (pid == 0) {
        error = become(argv, variables, &pipes, sandbox, self);
        _exit(write(pipes.verdict[1], &error, sizeof(error)) < 0 ? EXIT_FAILURE : 127);
    }
    if (!error)
        error = pid < 0 ? errno : verdict(&pipes);
    if (!error) {
        *launched = (struct launched){.pid = pid};
        for (size_t i = 0; i < ARRAY_LEN(launched->fds); i++)
            launched->fds[i] = fd_take(&pipes.ends[i][1]);
    }
    pipes_close(&pipes); /* one that was not executed is reaped with the rest */
    return error;
}
