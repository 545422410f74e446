/*
 * The sandbox of notifiers with the network, after `init`, proved on a real host: what is forbidden
 * fails, and succeeds with only the layers off that guard it; what the job needs succeeds. As
 * whoever runs this, and as nobody when that is root. Prints its own TAP: the cases are rows.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/test_drive.h"

#if defined(TOCSIN_SANITIZED) || defined(TOCSIN_COVERAGE)
#define LAYERS_LIFTED true
#else
#define LAYERS_LIFTED false
#endif
#define OUTSIDE "OUTSIDE" /* stands for a file that no option names */

static const struct {
    const char *deed, *path;
    const char *guards; /* off together, the deed succeeds; NULL: it is allowed */
    const char *answer; /* what it gets */
} cases[] = {
    {"read", OUTSIDE, "landlock", "Permission denied"},
    {"read", "/etc/ssl", "landlock", "Permission denied"},
    {"read", "/etc/passwd", "landlock", "Permission denied"},
    {"write", OUTSIDE, "landlock,seccomp", "Operation not permitted"},
    {"unix", "", "seccomp", "Operation not permitted"},
    {"turned-pair", OUTSIDE, "seccomp", "Operation not permitted"},
    {"netlink", "", "seccomp", "Operation not permitted"},
    {"bind", "", "landlock", "Permission denied"},
    {"listen", "", "seccomp", "Operation not permitted"},
    {"exec", "", "seccomp", "Operation not permitted"},
    {"fork", "", "seccomp", "Operation not permitted"},
    {"read", "/etc/resolv.conf", NULL, NULL},
    {"read", "/etc/ssl/certs", NULL, NULL},
    {"inet", "", NULL, NULL},
    {"pair", "", NULL, NULL},
    {"resolve", "", NULL, NULL},
};

static int n_tests;

/* Does the deed in a host of its own; whether it says what is expected. */
static void try_case(size_t i, const char *off, const char *answer, const char *file,
                     bool as_nobody)
{
    const char *named = strcmp(cases[i].path, OUTSIDE) == 0 ? file : cases[i].path;
    AUTO_FREE char *path = mem_printf("@%s", named);
    const char *const options[] = {"deed", cases[i].deed, "path", path, NULL};
    struct drive drive;
    drive_start(&drive, &(struct drive_setup){.role = IPC_ROLE_NOTIFIER,
                                              .plugin = "envoy",
                                              .powers = TOCSIN_POWERS_NETWORK,
                                              .options = options,
                                              .off = off,
                                              .as_nobody = as_nobody});
    AUTO_FREE char *line = mem_printf("LOG %s: %s\n", cases[i].deed, answer);
    bool ok = drive.ready && drive_deliver(&drive, 1) && drive_says(&drive, line);
    printf("%sok %d - %s %s: %s%s%s%s\n", ok ? "" : "not ", ++n_tests, cases[i].deed, cases[i].path,
           answer, *off ? ", without " : "", off, as_nobody ? ", as nobody" : "");
    if (!ok)
        printf("# status %x, said:\n# %s", drive.status, buf_text(&drive.lines));
    drive_end(&drive);
}

static void try_all(const char *file, bool as_nobody)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (*cases[i].path == '/' && access(cases[i].path, F_OK) < 0) {
            printf("ok %d - %s %s # SKIP this system has none\n", ++n_tests, cases[i].deed,
                   cases[i].path);
            continue;
        }
        try_case(i, "", cases[i].guards ? cases[i].answer : "done", file, as_nobody);
        if (cases[i].guards)
            try_case(i, cases[i].guards, "done", file, as_nobody);
    }
}

static bool nobody_can_start_it(void)
{
    struct drive drive;
    drive_start(&drive, &(struct drive_setup){.role = IPC_ROLE_NOTIFIER,
                                              .plugin = "envoy",
                                              .powers = TOCSIN_POWERS_NETWORK,
                                              .as_nobody = true});
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
    char file[] = "/tmp/tocsin-network-XXXXXX";
    int fd = mkstemp(file);
    if (fd < 0 || fchmod(fd, 0666) < 0)
        return 1;
    close(fd);
    try_all(file, false);
    if (geteuid() != 0)
        printf("ok %d - as another user # SKIP only root can become nobody\n", ++n_tests);
    else if (!nobody_can_start_it())
        printf("ok %d - as nobody # SKIP nobody cannot reach the build folder\n", ++n_tests);
    else
        try_all(file, true);
    unlink(file);
    printf("1..%d\n", n_tests);
    return 0;
}
