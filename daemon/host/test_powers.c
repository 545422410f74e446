/*
 * The powers of notifiers of files and of the journal, proved on a real host once it runs: what
 * they are for can be done, and nothing else. Each deed that is refused is refused by every layer
 * that guards it by itself, and can be done without them. Prints its own TAP, as test_sandbox.c
 * does.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/test_drive.h"

#define MIB (UINT64_C(1024) * 1024)
#if defined(TOCSIN_SANITIZED) || defined(TOCSIN_COVERAGE)
#define LAYERS_LIFTED true
#else
#define LAYERS_LIFTED false
#endif
#define REFUSED        "Operation not permitted" /* by the filter, which is asked first */
#define PATIENCE_MS    10000
#define JOURNAL_SOCKET "/run/systemd/journal/socket"

static const struct {
    enum tocsin_powers powers;
    const char *plugin;
} kinds[] = {
    {TOCSIN_POWERS_FILES, "culprit-files"},
    {TOCSIN_POWERS_JOURNAL, "culprit-journal"},
};

static const struct {
    const char *deed;
    const char *guards; /* each refuses it alone; off together, it can be done */
    int landlock_abi;   /* from which on Landlock is one of them */
    bool files_only;    /* of no meaning for the journal's */
} cases[] = {
    {"read", "landlock,seccomp", 1, false},
    {"append", "landlock,seccomp", 1, false},
    {"create", "landlock,seccomp", 1, false},
    {"unlink", "landlock,seccomp", 1, false},
    {"truncate", "landlock,seccomp", 3, false},
    {"rename", "landlock,seccomp", 1, false},
    {"look", "seccomp", 1, false},
    {"connect", "seccomp", 1, false},
    {"inet", "seccomp", 1, false},
    {"unix", "seccomp", 1, false},
    {"exec", "seccomp", 1, false},
    {"code", "seccomp", 1, false},
    {"punch", "seccomp", 1, true},
};

static int n_tests;
/* A folder that anybody may write to: with another's file, the output, and a socket. */
static char folder[] = "/tmp/tocsin-powers-XXXXXX";
static char file[64], out[64], moved[64], socket_path[64];

static void report(bool ok, size_t kind, const char *deed, const char *how, bool as_nobody,
                   const struct drive *drive)
{
    printf("%sok %d - %s: %s, %s%s\n", ok ? "" : "not ", ++n_tests, kinds[kind].plugin, deed, how,
           as_nobody ? ", as nobody" : "");
    if (!ok)
        printf("# status %x, said:\n# %s", drive->status, buf_text(&drive->lines));
}

static void put_file(const char *path)
{
    AUTO_FD int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0 || fchmod(fd, 0666) < 0)
        exit(1);
}

/* Does the deed in a host of its own, at a delivery. */
static void commit(struct drive *drive, size_t kind, const char *deed, const char *off,
                   bool as_nobody)
{
    AUTO_FREE char *path = mem_printf("@%s", file);
    const char *const options[] = {"deed", deed, "path", path, "out", out, NULL};
    struct drive_setup setup = {.role = IPC_ROLE_NOTIFIER,
                                .plugin = kinds[kind].plugin,
                                .powers = kinds[kind].powers,
                                .options = options,
                                .off = off,
                                .memory_bytes = 64 * MIB,
                                .as_nobody = as_nobody};
    put_file(file);
    put_file(out);
    drive_start(drive, &setup);
    if (drive->ready)
        drive_deliver(drive, 1);
}

static bool got(const struct drive *drive, const char *deed, const char *answer)
{
    AUTO_FREE char *line = mem_printf("LOG %s: %s\n", deed, answer);
    return drive_says(drive, line);
}

/* ---- what is refused ---- */

static int landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi < 0 ? 0 : (int)abi;
}

/* With one of its two guards alone. */
static void try_guard(size_t kind, size_t i, const char *guard, const char *other, bool as_nobody)
{
    struct drive drive;
    AUTO_FREE char *how = mem_printf("refused by %s alone", guard);
    commit(&drive, kind, cases[i].deed, other, as_nobody);
    bool said =
        got(&drive, cases[i].deed, strerror(EPERM)) || got(&drive, cases[i].deed, strerror(EACCES));
    report(said, kind, cases[i].deed, how, as_nobody, &drive);
    drive_end(&drive);
}

static void try_case(size_t kind, size_t i, bool as_nobody)
{
    struct drive drive;
    commit(&drive, kind, cases[i].deed, "", as_nobody);
    report(got(&drive, cases[i].deed, REFUSED), kind, cases[i].deed, "refused", as_nobody, &drive);
    drive_end(&drive);
    if (strchr(cases[i].guards, ',')) {
        try_guard(kind, i, "seccomp", "landlock", as_nobody);
        if (landlock_abi() >= cases[i].landlock_abi)
            try_guard(kind, i, "landlock", "seccomp", as_nobody);
    }
    AUTO_FREE char *how = mem_printf("done without %s", cases[i].guards);
    commit(&drive, kind, cases[i].deed, cases[i].guards, as_nobody);
    report(got(&drive, cases[i].deed, "done"), kind, cases[i].deed, how, as_nobody, &drive);
    drive_end(&drive);
}

/* ---- what it is for ---- */

static bool holds_a_line(const char *path)
{
    char text[16] = "";
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, text, sizeof(text) - 1) == 5 && strcmp(text, "line\n") == 0;
}

/* It makes its output, appends, and finds it anew after it was moved away. */
static void try_output(bool as_nobody)
{
    struct drive drive;
    commit(&drive, 0, "own", "", as_nobody);
    report(got(&drive, "own", "done") && holds_a_line(out), 0, "its own output", "appended to",
           as_nobody, &drive);
    for (int round = 0; round < 2; round++) {
        buf_clear(&drive.lines);
        if (rename(out, moved) < 0)
            exit(1);
        drive_deliver(&drive, 1);
        report(got(&drive, "own", "done") && holds_a_line(out), 0, "its own output",
               "made anew after a rotation", as_nobody, &drive);
    }
    drive_end(&drive);
}

/* What the output has become meanwhile is said, and nothing hangs. */
static void try_odd_output(const char *what, int (*make)(void), int error, bool as_nobody)
{
    struct drive drive;
    commit(&drive, 0, "own", "", as_nobody);
    buf_clear(&drive.lines);
    if (unlink(out) < 0 || make() < 0)
        exit(1);
    drive_deliver(&drive, 1);
    report(got(&drive, "own", strerror(error)), 0, what, "said", as_nobody, &drive);
    drive_end(&drive);
    if (remove(out) < 0)
        exit(1);
}

static int make_folder(void)
{
    return mkdir(out, 0777);
}

static int make_link(void)
{
    return symlink(file, out);
}

static int make_fifo(void)
{
    return mkfifo(out, 0666) < 0 ? -1 : chmod(out, 0666);
}

static int make_socket(void)
{
    return rename(socket_path, out) < 0 || link(out, socket_path) < 0 ? -1 : 0;
}

/* An entry that was not taken is not said to have been. */
static void try_journal(bool as_nobody)
{
    static const char *const deeds[] = {"tell", "tell-large"};
    const char *answer = access(JOURNAL_SOCKET, F_OK) == 0 ? "done" : strerror(ENOENT);
    for (size_t i = 0; i < ARRAY_LEN(deeds); i++) {
        struct drive drive;
        commit(&drive, 1, deeds[i], "", as_nobody);
        report(got(&drive, deeds[i], answer), 1, deeds[i], answer, as_nobody, &drive);
        drive_end(&drive);
    }
}

/* ---- the porter's life ---- */

/* The host's only child; a descriptor of it, too. */
static pid_t porter_of(const struct drive *drive, int *watch)
{
    AUTO_FREE char *path =
        mem_printf("/proc/%d/task/%d/children", (int)drive->pid, (int)drive->pid);
    char text[32] = "";
    AUTO_FD int children = open(path, O_RDONLY | O_CLOEXEC);
    if (children < 0 || read(children, text, sizeof(text) - 1) <= 0)
        exit(1);
    pid_t pid = (pid_t)strtol(text, NULL, 10);
    *watch = (int)syscall(SYS_pidfd_open, pid, 0);
    return pid;
}

static void try_end_of_host(void)
{
    struct drive drive;
    AUTO_FD int watch = -1;
    commit(&drive, 0, "own", "", false);
    porter_of(&drive, &watch);
    kill(drive.pid, SIGKILL);
    struct pollfd ended = {.fd = watch, .events = POLLIN};
    report(poll(&ended, 1, PATIENCE_MS) == 1, 0, "the porter", "ends with its host", false, &drive);
    drive_end(&drive);
}

/* A host that can do nothing more ends, so that it is replaced. */
static void try_end_of_porter(void)
{
    struct drive drive;
    AUTO_FD int watch = -1;
    commit(&drive, 0, "own", "", false);
    kill(porter_of(&drive, &watch), SIGKILL);
    drive_deliver(&drive, 1);
    report(drive.dead && WIFEXITED(drive.status) && WEXITSTATUS(drive.status) != 0, 0, "the host",
           "ends with its porter", false, &drive);
    drive_end(&drive);
}

static void try_all(bool as_nobody)
{
    for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++)
        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
            if (kind == 0 || !cases[i].files_only)
                try_case(kind, i, as_nobody);
    try_output(as_nobody);
    try_odd_output("a folder in place of the output", make_folder, EISDIR, as_nobody);
    try_odd_output("a link in place of the output", make_link, ELOOP, as_nobody);
    try_odd_output("a FIFO in place of the output", make_fifo, EINVAL, as_nobody);
    try_odd_output("a socket in place of the output", make_socket, EINVAL, as_nobody);
    try_journal(as_nobody);
}

/* Whether nobody gets at the program: a build tree may lie in a closed folder. */
static bool nobody_can_start_it(void)
{
    struct drive drive;
    commit(&drive, 0, "own", "", true);
    bool ok = drive.ready;
    drive_end(&drive);
    return ok;
}

static int make_place(int *listening)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!mkdtemp(folder) || chmod(folder, 0777) < 0)
        return -1;
    snprintf(file, sizeof(file), "%s/file", folder);
    snprintf(out, sizeof(out), "%s/out", folder);
    snprintf(moved, sizeof(moved), "%s/moved", folder);
    snprintf(socket_path, sizeof(socket_path), "%s/file.socket", folder);
    memcpy(address.sun_path, socket_path, sizeof(socket_path));
    *listening = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(*listening, (struct sockaddr *)&address, sizeof(address)) < 0)
        return -1;
    return chmod(socket_path, 0666);
}

static void remove_place(void)
{
    static const char *const names[] = {"file",        "file.moved", "file.new",
                                        "file.socket", "out",        "moved"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        AUTO_FREE char *path = mem_printf("%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

int main(void)
{
    AUTO_FD int listening = -1;
    if (LAYERS_LIFTED) {
        printf("1..1\nok 1 - powers # SKIP this build lifts layers for its instruments\n");
        return 0;
    }
    if (make_place(&listening) < 0)
        return 1;
    try_all(false);
    try_end_of_host();
    try_end_of_porter();
    if (geteuid() != 0)
        printf("ok %d - as another user # SKIP only root can become nobody\n", ++n_tests);
    else if (!nobody_can_start_it())
        printf("ok %d - as nobody # SKIP nobody cannot reach the build folder\n", ++n_tests);
    else
        try_all(true);
    remove_place();
    printf("1..%d\n", n_tests);
    return 0;
}
