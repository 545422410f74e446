/*
 * Each layer of the sandbox, proved on a real host: the forbidden deed fails, and it succeeds with
 * only the layers off that guard it; as whoever runs this, and as nobody when that is root. Prints
 * its own TAP, because the cases are rows of a table.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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
} cases[] = {
    {"constructor", "landlock", "Permission denied", false, false},
    {"read", "landlock", "Permission denied", false, false},
    {"read", "landlock,seccomp", "Operation not permitted", true, false},
    {"write", "landlock,seccomp", "Operation not permitted", false, false},
    {"create", "landlock,seccomp,rlimits", "Operation not permitted", true, true},
    {"inet", "seccomp", "Operation not permitted", false, false},
    {"unix", "seccomp", "Operation not permitted", true, false},
    {"fork", "seccomp,rlimits", "Operation not permitted", true, false},
    {"exec", "seccomp", "Operation not permitted", false, false},
    {"code", "seccomp", "Operation not permitted", true, false},
    {"peek", "seccomp", NULL, false, false},
    {"ptrace", "seccomp", NULL, true, false},
    {"kill-parent", "seccomp,landlock", NULL, true, true},
    {"memory", "rlimits", "Cannot allocate memory", true, false},
    {"core", "rlimits", "Operation not permitted", true, false},
    {"privileges", "no_new_privs", "Operation not permitted", false, false},
};

static int n_tests;

static void report(bool ok, const char *deed, bool late, const char *off, bool as_nobody,
                   const struct drive *drive)
{
    printf("%sok %d - %s in %s, %s%s%s\n", ok ? "" : "not ", ++n_tests, deed,
           late ? "detect" : "init", *off ? "without " : "forbidden", off,
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

static void try_case(size_t i, bool as_nobody, const char *file)
{
    struct drive drive;
    commit(&drive, i, "", as_nobody, file);
    report(got(&drive, cases[i].deed, cases[i].answer), cases[i].deed, cases[i].late, "", as_nobody,
           &drive);
    drive_end(&drive);
    if (as_nobody && cases[i].only_root)
        return;
    commit(&drive, i, cases[i].guards, as_nobody, file);
    report(got(&drive, cases[i].deed, "done"), cases[i].deed, cases[i].late, cases[i].guards,
           as_nobody, &drive);
    drive_end(&drive);
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
    try_allowed(false, "done", file);
    try_allowed(true, "Operation not permitted", file);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        try_case(i, false, file);
    if (geteuid() != 0)
        printf("ok %d - as another user # SKIP only root can become nobody\n", ++n_tests);
    else if (!nobody_can_start_it())
        printf("ok %d - as nobody # SKIP nobody cannot reach the build folder\n", ++n_tests);
    else
        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
            try_case(i, true, file);
    unlink(file);
    printf("1..%d\n", n_tests);
    return 0;
}
