/*
 * Programs that the launcher starts, on a real host with the plugin `exec`: each layer of their
 * sandbox - the forbidden deed fails, and succeeds without the layer that guards it - and that
 * nothing of them outlives their end. Prints its own TAP, because the cases are rows of a table.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host/test_drive.h"

#define MIB     (UINT64_C(1024) * 1024)
#define GONE_MS 20000
#if defined(TOCSIN_SANITIZED) || defined(TOCSIN_COVERAGE)
#define LAYERS_LIFTED true
#else
#define LAYERS_LIFTED false
#endif

static const struct {
    enum ipc_role role;
    const char *deed;
    const char *guard;  /* off, the deed succeeds; NULL: it may be done */
    const char *answer; /* what it gets, else "done" */
} cases[] = {
    {IPC_ROLE_DETECTOR, "read", "landlock", "Permission denied"},
    {IPC_ROLE_DETECTOR, "write", "landlock", "Permission denied"},
    {IPC_ROLE_DETECTOR, "null", NULL, NULL},
    {IPC_ROLE_DETECTOR, "inet", "seccomp", "Operation not permitted"},
    {IPC_ROLE_DETECTOR, "unix", "seccomp", "Operation not permitted"},
    {IPC_ROLE_DETECTOR, "ptrace", "seccomp", "Operation not permitted"},
    {IPC_ROLE_DETECTOR, "unshare", "seccomp", "Operation not permitted"},
    {IPC_ROLE_DETECTOR, "signal", "landlock", "Operation not permitted"},
    {IPC_ROLE_DETECTOR, "limit", "seccomp", "Operation not permitted"},
    {IPC_ROLE_DETECTOR, "priority", "seccomp", "Operation not permitted"},
    {IPC_ROLE_DETECTOR, "own", NULL, NULL},
    {IPC_ROLE_DETECTOR, "memory", "rlimits", "Cannot allocate memory"},
    {IPC_ROLE_DETECTOR, "core", "rlimits", "not allowed to raise maximum limit"},
    {IPC_ROLE_DETECTOR, "privileges", "no_new_privs", "no new privileges"},
    {IPC_ROLE_DETECTOR, "descriptors", NULL, NULL},
    {IPC_ROLE_NOTIFIER, "read", NULL, NULL},
    {IPC_ROLE_NOTIFIER, "write", NULL, NULL},
    {IPC_ROLE_NOTIFIER, "inet", NULL, NULL},
    {IPC_ROLE_NOTIFIER, "unix", NULL, NULL},
    {IPC_ROLE_NOTIFIER, "ptrace", "seccomp", "Operation not permitted"},
    {IPC_ROLE_NOTIFIER, "signal", "landlock", "Operation not permitted"},
    {IPC_ROLE_NOTIFIER, "limit", "seccomp", "Operation not permitted"},
    {IPC_ROLE_NOTIFIER, "priority", "seccomp", "Operation not permitted"},
    {IPC_ROLE_NOTIFIER, "memory", "rlimits", "Cannot allocate memory"},
    {IPC_ROLE_NOTIFIER, "privileges", "no_new_privs", "no new privileges"},
    {IPC_ROLE_NOTIFIER, "descriptors", NULL, NULL},
};

static int n_tests;

static void report(bool ok, const char *what, const char *detail, const struct drive *drive)
{
    printf("%sok %d - %s%s%s\n", ok ? "" : "not ", ++n_tests, what, *detail ? ", without " : "",
           detail);
    if (!ok)
        printf("# said:\n# %s", buf_text(&drive->lines));
}

static void start(struct drive *drive, enum ipc_role role, const char *deed, const char *path,
                  const char *off)
{
    const char *source = getenv("TOCSIN_SRCDIR");
    AUTO_FREE char *script = mem_printf("%s/tests/support/deeds.py", source ? source : ".");
    const char *const command[] = {"/usr/bin/python3", script, deed, path, NULL};
    struct drive_setup setup = {.role = role,
                                .plugin = "exec",
                                .powers = TOCSIN_POWERS_EXEC,
                                .command = command,
                                .off = off,
                                .memory_bytes = 256 * MIB};
    drive_start(drive, &setup);
}

static bool says(const struct drive *drive, const char *deed, const char *answer)
{
    AUTO_FREE char *line = mem_printf("LOG %s: %s\n", deed, answer);
    return drive->ready && drive_says(drive, line);
}

/* The path reaches the program with a sign before it: else it would be one that it may read. */
static void try_case(size_t i, const char *file)
{
    struct drive drive;
    const char *role = cases[i].role == IPC_ROLE_DETECTOR ? "detector" : "notifier";
    AUTO_FREE char *what = mem_printf("%s of a %s's program", cases[i].deed, role);
    AUTO_FREE char *path = mem_printf("..%s", file);
    start(&drive, cases[i].role, cases[i].deed, path, "");
    report(says(&drive, cases[i].deed, cases[i].guard ? cases[i].answer : "done"), what, "",
           &drive);
    drive_end(&drive);
    if (!cases[i].guard)
        return;
    start(&drive, cases[i].role, cases[i].deed, path, cases[i].guard);
    report(says(&drive, cases[i].deed, "done"), what, cases[i].guard, &drive);
    drive_end(&drive);
}

static void try_argument(const char *file)
{
    struct drive drive;
    start(&drive, IPC_ROLE_DETECTOR, "read", file, "");
    report(says(&drive, "read", "done"), "read of a file that is an argument", "", &drive);
    drive_end(&drive);
}

static void try_layers(void)
{
    struct drive drive;
    start(&drive, IPC_ROLE_DETECTOR, "null", "", "");
    report(drive_says(&drive, "READY no_new_privs,landlock,seccomp,rlimits; "
                              "no_new_privs,landlock,seccomp,rlimits\n"),
           "the layers are named", "", &drive);
    drive_end(&drive);
}

/* ---- ends ---- */

static pid_t orphan_of(const struct drive *drive)
{
    const char *said = strstr(buf_text(&drive->lines), "LOG pid ");
    return said ? (pid_t)strtol(said + strlen("LOG pid "), NULL, 10) : -1;
}

static bool is_gone(pid_t pid)
{
    struct timespec pause = {.tv_nsec = 10000000};
    for (int ms = 0; pid > 0 && ms < GONE_MS; ms += 10) {
        if (kill(pid, 0) < 0 && errno == ESRCH)
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

static void try_end_of_program(void)
{
    struct drive drive;
    start(&drive, IPC_ROLE_NOTIFIER, "orphan", "exit", "");
    report(is_gone(orphan_of(&drive)), "what a program leaves behind goes with it", "", &drive);
    drive_end(&drive);
}

static void try_end_of_host(void)
{
    struct drive drive;
    start(&drive, IPC_ROLE_NOTIFIER, "orphan", "stay", "");
    pid_t orphan = orphan_of(&drive);
    bool lived = orphan > 0 && kill(orphan, 0) == 0;
    kill(drive.pid, SIGKILL);
    report(lived && is_gone(orphan), "what a program started goes when the host is killed", "",
           &drive);
    drive_until(&drive, IPC_NONE);
    drive_end(&drive);
}

int main(void)
{
    char file[] = "/tmp/tocsin-launch-XXXXXX";
    int fd = mkstemp(file);
    if (fd < 0)
        return 1;
    close(fd);
    try_end_of_program();
    try_end_of_host();
    try_argument(file);
    if (LAYERS_LIFTED) {
        printf("ok %d - sandbox # SKIP this build lifts layers for its instruments\n", ++n_tests);
    } else {
        try_layers();
        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
            try_case(i, file);
    }
    unlink(file);
    printf("1..%d\n", n_tests);
    return 0;
}
