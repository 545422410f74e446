/* The table of powers, the order of the layers and the limits; see sandbox.h. */
#include "host/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "host/landlock.h"
#include "host/seccomp.h"

#define MIB (UINT64_C(1024) * 1024)
/* Address space that libraries loaded later and threads' stacks and heaps take, used or not. */
#define LIBRARIES_BYTES (64 * MIB)
#define THREADS_BYTES   (256 * MIB)
/* A document's text goes out as a memory file, which counts as a file. */
#define FILE_BYTES (512 * MIB)

static const struct sandbox_powers powers_of[] = {
    [SANDBOX_DETECTOR] = {0},
    [SANDBOX_NONE] = {.grows_files = true},
    [SANDBOX_BUS] = {.threads = true, .unix_sockets = true},
    [SANDBOX_NETWORK] = {.threads = true, .inet_sockets = true, .resolves = true},
    [SANDBOX_JOURNAL] = {.grows_files = false},
    [SANDBOX_FILES] = {.grows_files = true, .syncs_files = true},
    [SANDBOX_LISTEN] = {.threads = true, .listens = true},
    [SANDBOX_READING_PROGRAM] = {.only_reads = true},
    [SANDBOX_PROGRAM] = {.only_reads = false},
};

enum layer { NO_NEW_PRIVS, LANDLOCK, SECCOMP, RLIMITS };

/* `lifted`: why this build does without it, NULL: it does not. */
static const struct {
    const char *name;
    const char *lifted;
} layers[SANDBOX_N_LAYERS] = {
    [NO_NEW_PRIVS] = {"no_new_privs", NULL},
#if defined(TOCSIN_COVERAGE)
    /* Counters are written when the process ends. */
    [LANDLOCK] = {"landlock", "coverage"},
    [SECCOMP] = {"seccomp", "coverage"},
    [RLIMITS] = {"rlimits", "coverage"},
#elif defined(TOCSIN_SANITIZED)
    /* Sanitizers map terabytes and trace their own process. */
    [LANDLOCK] = {"landlock", NULL},
    [SECCOMP] = {"seccomp", "sanitizer"},
    [RLIMITS] = {"rlimits", "sanitizer"},
#else
    [LANDLOCK] = {"landlock", NULL},
    [SECCOMP] = {"seccomp", NULL},
    [RLIMITS] = {"rlimits", NULL},
#endif
};

static bool is_named(const char *list, const char *name)
{
    size_t len = strlen(name);
    while (list && *list) {
        size_t n = strcspn(list, ",");
        if (n == len && memcmp(list, name, n) == 0)
            return true;
        list += n + (list[n] == ',');
    }
    return false;
}

static bool is_wanted(const struct sandbox *sandbox, enum layer layer)
{
    return !layers[layer].lifted && !is_named(sandbox->off, layers[layer].name);
}

static void note(struct sandbox *sandbox, enum layer layer, int result, const struct err *err)
{
    if (result == 0) {
        sandbox->up |= 1u << layer;
        return;
    }
    sandbox->up &= ~(1u << layer);
    char *why = mem_strdup(err->text);
    for (char *at = why; (at = strchr(at, ','));)
        *at = ';';
    free(sandbox->missing[layer]);
    sandbox->missing[layer] = why;
}

/* ---- limits ---- */

static int limit(int resource, rlim_t value, const char *what, struct err *err)
{
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)resource, &now) < 0)
        return err_errno(err, "%s", what);
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value)
        value = now.rlim_max;
    struct rlimit wanted = {value, value};
    if (setrlimit((__rlimit_resource_t)resource, &wanted) < 0)
        return err_errno(err, "%s", what);
    return 0;
}

/* The first number of /proc/self/statm, in pages (proc(5)); 0 when it cannot be read. */
static uint64_t address_space_now(void)
{
    char text[128] = "";
    AUTO_FD int statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (statm < 0 || read(statm, text, sizeof(text) - 1) <= 0)
        return 0;
    return strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* What root could do: raise a limit again. Linux has it among the capabilities (capget(2)). */
static int give_up_raising(struct err *err)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
    uint32_t bit = CAP_TO_MASK(CAP_SYS_RESOURCE);
    if (syscall(SYS_capget, &head, sets) < 0)
        return err_errno(err, "capget");
    struct __user_cap_data_struct *set = &sets[CAP_TO_INDEX(CAP_SYS_RESOURCE)];
    if (!(set->permitted & bit))
        return 0;
    set->effective &= ~bit;
    set->permitted &= ~bit;
    set->inheritable &= ~bit;
    return syscall(SYS_capset, &head, sets) < 0 ? err_errno(err, "capset") : 0;
}

static int set_limits(const struct sandbox *sandbox, const struct sandbox_powers *powers,
                      struct err *err)
{
    if (limit(RLIMIT_CORE, 0, "RLIMIT_CORE", err) < 0)
        return -1;
    if (!powers->threads && limit(RLIMIT_NPROC, 0, "RLIMIT_NPROC", err) < 0)
        return -1;
    if (!powers->grows_files && limit(RLIMIT_FSIZE, FILE_BYTES, "RLIMIT_FSIZE", err) < 0)
        return -1;
    if (give_up_raising(err) < 0)
        return -1;
    if (sandbox->memory_bytes == 0)
        return 0;
    uint64_t base = address_space_now() + LIBRARIES_BYTES;
    if (powers->threads)
        base += THREADS_BYTES;
    return limit(RLIMIT_AS, base + sandbox->memory_bytes, "RLIMIT_AS", err);
}

/* A runtime may reserve much more address space than it ever uses: what it writes to counts. */
static int limit_program(const struct sandbox *sandbox, struct err *err)
{
    if (limit(RLIMIT_CORE, 0, "RLIMIT_CORE", err) < 0)
        return -1;
    return sandbox->memory_bytes ? limit(RLIMIT_DATA, sandbox->memory_bytes, "RLIMIT_DATA", err)
                                 : 0;
}

/* ---- the two stages, and the one of a program ---- */

static void forbid_privileges(struct sandbox *sandbox, struct err *err)
{
    if (!is_wanted(sandbox, NO_NEW_PRIVS))
        return;
    int result = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (result < 0)
        err_errno(err, "prctl");
    note(sandbox, NO_NEW_PRIVS, result, err);
}

void sandbox_enter(struct sandbox *sandbox)
{
    const struct sandbox_powers *powers = &powers_of[sandbox->kind];
    struct err err = {""};
    if (is_wanted(sandbox, RLIMITS))
        note(sandbox, RLIMITS, set_limits(sandbox, powers, &err), &err);
    forbid_privileges(sandbox, &err);
    if (is_wanted(sandbox, LANDLOCK))
        note(sandbox, LANDLOCK, landlock_enter(powers, sandbox, &err), &err);
    if (is_wanted(sandbox, SECCOMP))
        note(sandbox, SECCOMP, seccomp_enter(powers, &err), &err);
}

void sandbox_shut(struct sandbox *sandbox)
{
    const struct sandbox_powers *powers = &powers_of[sandbox->kind];
    struct err err = {""};
    if ((sandbox->up & 1u << LANDLOCK) && !powers->resolves)
        note(sandbox, LANDLOCK, landlock_shut(&err), &err);
    if (sandbox->up & 1u << SECCOMP)
        note(sandbox, SECCOMP, seccomp_shut(powers, &err), &err);
}

bool sandbox_is_outdated(void)
{
    return landlock_is_outdated();
}

void sandbox_program(struct sandbox *sandbox)
{
    const struct sandbox_powers *powers = &powers_of[sandbox->kind];
    struct err err = {""};
    if (is_wanted(sandbox, RLIMITS))
        note(sandbox, RLIMITS, limit_program(sandbox, &err), &err);
    forbid_privileges(sandbox, &err);
    if (is_wanted(sandbox, LANDLOCK))
        note(sandbox, LANDLOCK, landlock_program(powers, sandbox->readable, &err), &err);
    if (is_wanted(sandbox, SECCOMP))
        note(sandbox, SECCOMP, seccomp_program(powers, &err), &err);
}

void sandbox_layers(const struct sandbox *sandbox, struct buf *out)
{
    for (enum layer layer = 0; layer < SANDBOX_N_LAYERS; layer++) {
        const char *comma = out->len ? "," : "";
        const char *why = layers[layer].lifted ? layers[layer].lifted : sandbox->missing[layer];
        if (why)
            buf_printf(out, "%s-%s(%s)", comma, layers[layer].name, why);
        else if (sandbox->up & 1u << layer)
            buf_printf(out, "%s%s", comma, layers[layer].name);
    }
}

void sandbox_missing(const struct sandbox *sandbox, struct buf *out)
{
    for (enum layer layer = 0; layer < SANDBOX_N_LAYERS; layer++) {
        if (sandbox->missing[layer])
            buf_printf(out, "%s%s (%s)", out->len ? ", " : "", layers[layer].name,
                       sandbox->missing[layer]);
    }
}

void sandbox_deinit(struct sandbox *sandbox)
{
    for (enum layer layer = 0; layer < SANDBOX_N_LAYERS; layer++)
        mem_free_p(&sandbox->missing[layer]);
}
