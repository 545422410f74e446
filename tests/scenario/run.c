/*
 * Runs scripts (script.h), one TAP line each; when all of the folder run, one more: every outcome
 * that is no ring has its story.
 */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "expect.h"
#include "reasons.h"

/* What goes to standard error from now on, in a file of its own; `kept` is where it went. */
static int catch_errors(int *kept)
{
    int caught = memfd_create("errors", MFD_CLOEXEC);
    fflush(stderr);
    *kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    if (caught < 0 || *kept < 0 || dup2(caught, STDERR_FILENO) < 0)
        abort();
    return caught;
}

/* Are there any? Then they are printed, as TAP comments. */
static bool have_errors(int caught, int kept)
{
    char line[1024];
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    lseek(caught, 0, SEEK_SET);
    FILE *in = fdopen(caught, "r");
    bool any = false;
    while (fgets(line, sizeof(line), in)) {
        printf("# %s", line);
        any = true;
    }
    fclose(in);
    return any;
}

/* What the rooms complain of is wrong, too. */
static bool run_script(const char *file, struct reasons *reasons)
{
    int kept, caught = catch_errors(&kept);
    const char *slash = strrchr(file, '/');
    struct script script = {
        .world = world_new(), .name = slash ? slash + 1 : file, .reasons = reasons};
    FILE *in = fopen(file, "re");
    char line[1024];
    int result = in ? 0 : script_fail(&script, "cannot open it");
    while (result == 0 && fgets(line, sizeof(line), in)) {
        script.line++;
        line[strcspn(line, "\n")] = '\0';
        result = script_play(&script, line);
    }
    /* Nothing may have rung that the script does not tell of. */
    if (result == 0)
        result = expect_silent(&script);
    if (in)
        fclose(in);
    world_free(&script.world);
    if (result < 0)
        printf("# %s:%d: %s\n", file, script.line, script.error);
    return !have_errors(caught, kept) && result == 0;
}

static bool report(bool ok, int number, const char *what)
{
    printf("%s %d - %s\n", ok ? "ok" : "not ok", number, what);
    fflush(stdout);
    return ok;
}

/* The files that are named, else every script of the folder. */
int main(int argc, char **argv)
{
    const char *srcdir = getenv("TOCSIN_SRCDIR");
    AUTO_FREE char *pattern = mem_printf("%s/tests/scenario/*.scn", srcdir ? srcdir : ".");
    glob_t found = {0};
    int failed = 0;
    log_init("scenario", LOG_LEVEL_ERROR);
    if (argc < 2 && glob(pattern, 0, NULL, &found) != 0) {
        printf("Bail out! No scripts are at %s\n", pattern);
        return 1;
    }
    char **files = argc < 2 ? found.gl_pathv : argv + 1;
    int n = argc < 2 ? (int)found.gl_pathc : argc - 1, n_tests = argc < 2 ? n + 1 : n;
    struct reasons reasons = {0};
    printf("1..%d\n", n_tests);
    for (int i = 0; i < n; i++) {
        const char *slash = strrchr(files[i], '/');
        failed += !report(run_script(files[i], &reasons), i + 1, slash ? slash + 1 : files[i]);
    }
    if (n_tests > n)
        failed +=
            !report(reasons_complete(&reasons), n_tests,
                    "every reason to be silent has a script that asserts its place and metric");
    globfree(&found);
    return failed ? 1 : 0;
}
