/*
 * Each layer of the sandbox, proved on a real host: the forbidden deed fails, and it succeeds with
 * only the layers off that guard it; as whoever runs this, and as nobody when that is root. Prints
 * its own TAP, because the cases are rows of a table.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <seccomp.h>

#include "host/test_drive.h"

#define MIB (UINT64_C(1024) * 1024)
#if defined(TOCSIN_SANITIZED) || defined(TOCSIN_COVERAGE)
#define LAYERS_LIFTED true
#else
#define LAYERS_LIFTED false
#endif

static const struct {
    const char *deed;
    const char *guards; /* off together, the deed succeeds */
    const char *answer; /* what it gets, NULL: death by SIGSYS */
    bool late;          /* in detect, not in init */
    bool only_root;     /* nobody cannot do it anyway */
    int landlock_abi;   /* from which on Landlock is one of the guards */
} cases[] = {
    {"constructor", "landlock", "Permission denied", false, false, 1},
    {"read", "landlock", "Permission denied", false, false, 1},
    {"read", "landlock,seccomp", "Operation not permitted", true, false, 1},
    {"write", "landlock,seccomp", "Operation not permitted", false, false, 1},
    {"create", "landlock,seccomp", "Operation not permitted", true, true, 1},
    {"inet", "seccomp", "Operation not permitted", false, false, 1},
    {"unix", "seccomp", "Operation not permitted", true, false, 1},
    {"fork", "seccomp,rlimits", "Operation not permitted", true, false, 1},
    {"exec", "seccomp", "Operation not permitted", false, false, 1},
    {"code", "seccomp", "Operation not permitted", true, false, 1},
    {"peek", "seccomp", NULL, false, false, 1},
    {"ptrace", "seccomp", NULL, true, false, 1},
    {"kill-parent", "seccomp,landlock", NULL, true, true, 6},
    {"limit", "seccomp", "Operation not permitted", false, true, 1},
    {"limit", "seccomp", "Operation not permitted", true, true, 1},
    {"memory", "rlimits", "Cannot allocate memory", true, false, 1},
    {"raise", "rlimits", "Operation not permitted", true, false, 1},
    {"core", "rlimits", "Operation not permitted", true, false, 1},
    {"privileges", "no_new_privs", "Operation not permitted", false, false, 1},
};

/* The same for an exporter, which listens already; `off` is off when it is to fail, so that each
 * layer is seen to guard it alone. */
static const struct {
    const char *deed;
    const char *off, *answer;
    const char *guards; /* NULL: nothing more to prove */
    bool late;          /* after init */
    bool of_ports;      /* Landlock knows ports since ABI 4 */
} lodgings[] = {
    {"udp", "landlock", "Operation not permitted", "seccomp", false, false},
    {"raw", "landlock", "Operation not permitted", NULL, false, false},
    {"unix", "landlock", "Operation not permitted", "seccomp", false, false},
    {"connect", "landlock", "Operation not permitted", "landlock,seccomp", false, false},
    {"connect", "seccomp", "Permission denied", NULL, false, true},
    {"fast-open", "landlock", "Operation not permitted", NULL, false, false},
    {"bind", "", "Permission denied", "landlock", false, true},
    {"exec", "landlock", "Operation not permitted", "seccomp", false, false},
    {"fork", "landlock", "Operation not permitted", "seccomp", false, false},
    {"tcp", "landlock", "Operation not permitted", "seccomp", true, false},
    {"connect", "landlock", "Operation not permitted", "landlock,seccomp", true, false},
    {"bind", "landlock", "Operation not permitted", "landlock,seccomp", true, false},
    {"bind", "seccomp", "Permission denied", NULL, true, true},
    {"listen", "landlock", "Operation not permitted", "seccomp", true, false},
    {"thread", "landlock", "Operation not permitted", "seccomp", true, false},
    {"read", "landlock", "Operation not permitted", "landlock,seccomp", true, false},
    {"read", "seccomp", "Permission denied", NULL, true, false},
    {"exec", "landlock", "Operation not permitted", "seccomp", true, false},
    {"fork", "landlock", "Operation not permitted", "seccomp", true, false},
    {"accept", "", "done", NULL, true, false},
};

static int n_tests;

static long landlock_abi(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static void report(bool ok, const char *deed, bool late, const char *off, bool as_nobody,
                   const struct drive *drive)
{
    printf("%sok %d - %s in %s, %s%s%s\n", ok ? "" : "not ", ++n_tests, deed,
           late ? "its job" : "init", *off ? "without " : "forbidden", off,
           as_nobody ? ", as nobody" : "");
    if (!ok)
        printf("# status %x, said:\n# %s", drive->status, buf_text(&drive->lines));
}

/* Does the deed in a host of its own. */
static void commit(struct drive *drive, size_t i, const char *off, bool as_nobody, const char *file)
{
    AUTO_FREE char *path = mem_printf("@%s", file);
    const char *const options[] = {"deed", cases[i].deed, "late", cases[i].late ? "yes" : "no",
                                   "path", path,          NULL};
    struct drive_setup setup = {.role = IPC_ROLE_DETECTOR,
                                .plugin = "misdeed",
                                .options = options,
                                .off = off,
                                .memory_bytes = 64 * MIB,
                                .as_nobody = as_nobody};
    drive_start(drive, &setup);
    if (drive->ready)
        drive_read(drive, "hay.txt", "a needle", 8, NULL);
}

static bool got(const struct drive *drive, const char *deed, const char *answer)
{
    if (!answer)
        return drive->dead && WIFSIGNALED(drive->status) && WTERMSIG(drive->status) == SIGSYS;
    AUTO_FREE char *line = mem_printf("LOG %s: %s\n", deed, answer);
    return drive_says(drive, line);
}

/* All of a list but one: "b,c" for "a,b,c" without a. The caller frees it. */
static char *without(const char *guards, const char *guard)
{
    AUTO_FREE char *copy = mem_strdup(guards);
    struct buf out = {0};
    char *rest = copy;
    for (const char *each; (each = strsep(&rest, ","));)
        if (strcmp(each, guard) != 0)
            buf_printf(&out, "%s%s", out.len ? "," : "", each);
    return buf_take(&out);
}

/* The kernel may be too old for it, and holds root to no number of processes. */
static bool can_guard_alone(size_t i, const char *guard, bool as_nobody)
{
    if (strcmp(guard, "landlock") == 0)
        return landlock_abi() >= cases[i].landlock_abi;
    return strcmp(guard, "rlimits") != 0 || as_nobody || geteuid() != 0;
}

/* Where several layers guard, each does by itself: the deed is refused, or ends the host. */
static void try_alone(size_t i, bool as_nobody, const char *file)
{
    if (!strchr(cases[i].guards, ','))
        return;
    AUTO_FREE char *guards = mem_strdup(cases[i].guards);
    char *rest = guards;
    for (const char *guard; (guard = strsep(&rest, ","));) {
        if (!can_guard_alone(i, guard, as_nobody))
            continue;
        AUTO_FREE char *off = without(cases[i].guards, guard);
        AUTO_FREE char *said = mem_printf("LOG %s: ", cases[i].deed);
        struct drive drive;
        commit(&drive, i, off, as_nobody, file);
        bool refused = got(&drive, cases[i].deed, NULL) ||
                       (drive.lines.len && strstr(drive.lines.data, said) &&
                        !got(&drive, cases[i].deed, "done"));
        AUTO_FREE char *how = mem_printf("%s, by %s alone", off, guard);
        report(refused, cases[i].deed, cases[i].late, how, as_nobody, &drive);
        drive_end(&drive);
    }
}

static void try_case(size_t i, bool as_nobody, const char *file)
{
    struct drive drive;
    commit(&drive, i, "", as_nobody, file);
    report(got(&drive, cases[i].deed, cases[i].answer), cases[i].deed, cases[i].late, "", as_nobody,
           &drive);
    drive_end(&drive);
    if (as_nobody && cases[i].only_root)
        return;
    try_alone(i, as_nobody, file);
    commit(&drive, i, cases[i].guards, as_nobody, file);
    report(got(&drive, cases[i].deed, "done"), cases[i].deed, cases[i].late, cases[i].guards,
           as_nobody, &drive);
    drive_end(&drive);
}

/* A port that is free at present. */
static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    AUTO_FD int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, len) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) < 0)
        exit(1);
    return ntohs(address.sin_port);
}

/* Connects to an exporter; -1 when nobody listens there. */
static int call(uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    AUTO_FD int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
        return -1;
    return fd_take(&fd);
}

/* What the exporter says to the one who called is "hello", if it answers at all. */
static bool lodge(struct drive *drive, size_t i, const char *off, bool as_nobody)
{
    uint16_t port = free_port();
    AUTO_FREE char *listen_on = mem_printf("127.0.0.1:%u", port);
    const char *const options[] = {
        "deed",   lodgings[i].deed, "late", lodgings[i].late ? "yes" : "no",
        "listen", listen_on,        NULL};
    struct drive_setup setup = {.role = IPC_ROLE_EXPORTER,
                                .plugin = "lodger",
                                .options = options,
                                .off = off,
                                .memory_bytes = 64 * MIB,
                                .as_nobody = as_nobody};
    char hello[8] = "";
    drive_start(drive, &setup);
    AUTO_FD int caller = drive->ready ? call(port) : -1;
    bool paged = !lodgings[i].late || (drive_page(drive, "go on") && drive_page(drive, NULL) &&
                                       drive_until(drive, IPC_LOG));
    if (strcmp(lodgings[i].deed, "accept") == 0)
        return paged && read(caller, hello, 5) == 5 && strcmp(hello, "hello") == 0;
    return paged && caller >= 0;
}

static void try_lodging(size_t i, bool as_nobody)
{
    struct drive drive;
    bool ok = lodge(&drive, i, lodgings[i].off, as_nobody) &&
              got(&drive, lodgings[i].deed, lodgings[i].answer) &&
              (!lodgings[i].late || drive_says(&drive, "LOG page: go on\n"));
    report(ok, lodgings[i].deed, lodgings[i].late, lodgings[i].off, as_nobody, &drive);
    drive_end(&drive);
    if (!lodgings[i].guards)
        return;
    ok = lodge(&drive, i, lodgings[i].guards, as_nobody) && got(&drive, lodgings[i].deed, "done");
    report(ok, lodgings[i].deed, lodgings[i].late, lodgings[i].guards, as_nobody, &drive);
    drive_end(&drive);
}

static void try_lodgings(bool as_nobody)
{
    bool ports = landlock_abi() >= 4;
    for (size_t i = 0; i < ARRAY_LEN(lodgings); i++) {
        if (!lodgings[i].of_ports || ports)
            try_lodging(i, as_nobody);
        else
            printf("ok %d - %s # SKIP this kernel's Landlock knows no ports\n", ++n_tests,
                   lodgings[i].deed);
    }
}

/* An option's file may be read in init, and is out of reach later. */
static void try_allowed(bool late, const char *answer, const char *file)
{
    AUTO_FREE char *path = mem_printf("@%s", file);
    const char *const options[] = {"deed",    "read", "late", late ? "yes" : "no", "path", path,
                                   "allowed", file,   NULL};
    struct drive_setup setup = {
        .role = IPC_ROLE_DETECTOR, .plugin = "misdeed", .options = options, .off = ""};
    struct drive drive;
    drive_start(&drive, &setup);
    drive_read(&drive, "hay.txt", "a needle", 8, NULL);
    report(got(&drive, "read", answer), "read of a file that an option names", late, "", false,
           &drive);
    drive_end(&drive);
}

static void try_layers(void)
{
    struct drive_setup setup = {.role = IPC_ROLE_DETECTOR, .plugin = "misdeed"};
    struct drive drive;
    drive_start(&drive, &setup);
    bool ok = drive_says(&drive, "READY no_new_privs,landlock,seccomp,rlimits\n");
    report(ok, "the layers are named", false, "", false, &drive);
    drive_end(&drive);
}

/* Under a filter that takes Landlock away, as a unit's may: the host goes on, and says so. */
static bool says_what_is_missing(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(landlock_create_ruleset), 0) < 0 ||
        seccomp_load(filter) < 0)
        return false;
    struct drive_setup setup = {.role = IPC_ROLE_DETECTOR, .plugin = "misdeed"};
    struct drive drive;
    drive_start(&drive, &setup);
    return drive_says(&drive, "LOG sandbox layers that this system does not grant: landlock "
                              "(landlock_create_ruleset: Operation not permitted)\n") &&
           drive_says(&drive, "READY no_new_privs,-landlock(landlock_create_ruleset: Operation not "
                              "permitted),seccomp,rlimits\n");
}

static void try_missing(void)
{
    int status = -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(says_what_is_missing() ? 0 : 1);
    bool ok = waitpid(child, &status, 0) == child && status == 0;
    printf("%s %d - a layer that is missing is named with the reason\n", ok ? "ok" : "not ok",
           ++n_tests);
}

/* Whether nobody gets at the program: a build tree may lie in a closed folder. */
static bool nobody_can_start_it(void)
{
    struct drive_setup setup = {.role = IPC_ROLE_DETECTOR, .plugin = "misdeed", .as_nobody = true};
    struct drive drive;
    drive_start(&drive, &setup);
    bool ok = drive.ready;
    drive_end(&drive);
    return ok;
}

int main(void)
{
    if (LAYERS_LIFTED) {
        printf("1..1\nok 1 - sandbox # SKIP this build lifts layers for its instruments\n");
        return 0;
    }
    char file[] = "/tmp/tocsin-sandbox-XXXXXX";
    int fd = mkstemp(file);
    if (fd < 0 || fchmod(fd, 0666) < 0)
        return 1;
    close(fd);
    try_layers();
    try_missing();
    try_allowed(false, "done", file);
    try_allowed(true, "Operation not permitted", file);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        try_case(i, false, file);
    try_lodgings(false);
    if (geteuid() != 0)
        printf("ok %d - as another user # SKIP only root can become nobody\n", ++n_tests);
    else if (!nobody_can_start_it())
        printf("ok %d - as nobody # SKIP nobody cannot reach the build folder\n", ++n_tests);
    else
        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
            try_case(i, true, file);
    if (geteuid() == 0 && nobody_can_start_it())
        try_lodgings(true);
    unlink(file);
    printf("1..%d\n", n_tests);
    return 0;
}
