/*
 * What plugins must not do, for test plugins that try it: each deed gives 0 when it could be done,
 * else an errno.
 */
#include "deeds.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define MUCH          ((size_t)1024 * 1024 * 1024)
#define HOARD         ((size_t)128 << 20)
#define EATEN_AT_ONCE ((size_t)1024 * 1024)

static int constructor_errno = -1;

__attribute__((constructor)) static void look_around(void)
{
    int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    constructor_errno = fd < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
}

static int closed(int fd)
{
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static int do_constructor(const char *path)
{
    (void)path;
    return constructor_errno;
}

static int do_read(const char *path)
{
    return closed(open(path, O_RDONLY | O_CLOEXEC));
}

static int do_write(const char *path)
{
    return closed(open(path, O_WRONLY | O_CLOEXEC));
}

static int do_create(const char *path)
{
    char name[4096];
    strncpy(name, path, sizeof(name) - 8);
    name[sizeof(name) - 8] = '\0';
    strcat(name, ".new");
    int result = closed(open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    unlink(name);
    return result;
}

static int do_inet(const char *path)
{
    (void)path;
    return closed(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int do_unix(const char *path)
{
    (void)path;
    return closed(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int do_fork(const char *path)
{
    (void)path;
    pid_t child = fork();
    if (child < 0)
        return errno;
    if (child == 0)
        _exit(0);
    waitpid(child, NULL, 0);
    return 0;
}

/* A program that is not there: past the sandbox it is looked for. */
static int do_exec(const char *path)
{
    (void)path;
    char *const argv[] = {NULL};
    execv("/nonexistent/program", argv);
    return errno == ENOENT ? 0 : errno;
}

static int do_kill_parent(const char *path)
{
    (void)path;
    return kill(getppid(), 0) < 0 ? errno : 0;
}

static int do_ptrace(const char *path)
{
    (void)path;
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? errno : 0;
}

static int do_peek(const char *path)
{
    (void)path;
    char from = 'x', to;
    struct iovec local = {&to, 1}, remote = {&from, 1};
    return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) < 0 ? errno : 0;
}

static int take(size_t bytes)
{
    void *taken = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (taken == MAP_FAILED)
        return errno;
    munmap(taken, bytes);
    return 0;
}

static int do_memory(const char *path)
{
    (void)path;
    return take(MUCH);
}

/* More than its own, less than what all detectors of the host may take. */
static int do_hoard(const char *path)
{
    (void)path;
    return take(HOARD);
}

static int do_code(const char *path)
{
    (void)path;
    void *page =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return errno;
    munmap(page, 4096);
    return 0;
}

/* What no_new_privs forbids needs a set-user-id program; that it is set is what can be seen. */
static int do_privileges(const char *path)
{
    (void)path;
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? EPERM : 0;
}

static int do_core(const char *path)
{
    (void)path;
    struct rlimit limit;
    getrlimit(RLIMIT_CORE, &limit);
    return limit.rlim_max == 0 ? EPERM : 0;
}

static int do_crash(const char *path)
{
    (void)path;
    signal(SIGSEGV, SIG_DFL); /* a sanitizer would make an exit of it */
    raise(SIGSEGV);
    return 0;
}

static int do_hang(const char *path)
{
    (void)path;
    while (pause() < 0)
        continue;
    return 0;
}

/* All that there is, then what comes of not looking at malloc's answer. */
static int do_eat(const char *path)
{
    (void)path;
    volatile char *more;
    do {
        more = malloc(EATEN_AT_ONCE);
        for (size_t i = 0; i < EATEN_AT_ONCE; i += 4096)
            more[i] = 1;
    } while (more);
    return 0;
}

static int do_exit(const char *path)
{
    (void)path;
    exit(0);
}

static int do_abort(const char *path)
{
    (void)path;
    signal(SIGABRT, SIG_DFL);
    abort();
}

static int do_append(const char *path)
{
    return closed(open(path, O_WRONLY | O_APPEND | O_CLOEXEC));
}

static int do_truncate(const char *path)
{
    return truncate(path, 0) < 0 ? errno : 0;
}

static int do_unlink(const char *path)
{
    return unlink(path) < 0 ? errno : 0;
}

static int do_rename(const char *path)
{
    char name[4096];
    snprintf(name, sizeof(name), "%s.moved", path);
    return rename(path, name) < 0 ? errno : 0;
}

static int do_look(const char *path)
{
    struct stat info;
    return stat(path, &info) < 0 ? errno : 0;
}

/* Of a socket that is there; that nobody takes what comes is no hindrance. */
static int do_connect(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s.socket", path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    int result = connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? errno : 0;
    close(fd);
    return result;
}

/* Of whoever started this process; the same as it is. */
static int do_limit(const char *path)
{
    (void)path;
    struct rlimit limit;
    return prlimit(getppid(), RLIMIT_CORE, NULL, &limit) < 0 ||
                   prlimit(getppid(), RLIMIT_CORE, &limit, NULL) < 0
               ? errno
               : 0;
}

static int do_raise(const char *path)
{
    (void)path;
    const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    return setrlimit(RLIMIT_AS, &all) < 0 ? errno : 0;
}

static const struct {
    const char *name;
    int (*run)(const char *path);
} deeds[] = {
    {"constructor", do_constructor},
    {"read", do_read},
    {"write", do_write},
    {"create", do_create},
    {"append", do_append},
    {"truncate", do_truncate},
    {"unlink", do_unlink},
    {"rename", do_rename},
    {"look", do_look},
    {"connect", do_connect},
    {"inet", do_inet},
    {"unix", do_unix},
    {"fork", do_fork},
    {"exec", do_exec},
    {"kill-parent", do_kill_parent},
    {"ptrace", do_ptrace},
    {"peek", do_peek},
    {"memory", do_memory},
    {"hoard", do_hoard},
    {"code", do_code},
    {"privileges", do_privileges},
    {"core", do_core},
    {"limit", do_limit},
    {"raise", do_raise},
    {"crash", do_crash},
    {"hang", do_hang},
    {"eat", do_eat},
    {"exit", do_exit},
    {"abort", do_abort},
};

const char *deed_path(const char *text)
{
    return text && *text == '@' ? text + 1 : text;
}

int deed_do(const char *name, const char *path)
{
    for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++)
        if (strcmp(deeds[i].name, name) == 0)
            return deeds[i].run(path);
    return -1;
}
