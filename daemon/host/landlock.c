/*
 * Landlock rules of a host; see landlock.h. The numbers that Debian 12's kernel headers do not know
 * yet are defined here, as in the kernel's include/uapi/linux/landlock.h; a right is asked for only
 * when the running kernel's ABI has it.
 */
#include "host/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <link.h>
#include <linux/landlock.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"

#define FS_READ                                                                                    \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* Rights that only a folder can carry. */
#define FS_FOLDERS LANDLOCK_ACCESS_FS_READ_DIR
#define FS_ABI_1                                                                                   \
    (((uint64_t)LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)            /* all up to the last of ABI 1 */
#define FS_REFER            (UINT64_C(1) << 13)                   /* ABI 2 */
#define FS_TRUNC            (UINT64_C(1) << 14)                   /* ABI 3 */
#define NET_TCP             (UINT64_C(1) << 0 | UINT64_C(1) << 1) /* ABI 4: bind, connect */
#define NET_BIND            (UINT64_C(1) << 0)
#define RULE_NET_PORT       2                   /* ABI 4 */
#define FS_IOCTL            (UINT64_C(1) << 15) /* ABI 5 */
#define SCOPE_ABSTRACT_UNIX (UINT64_C(1) << 0)  /* ABI 6 */
#define SCOPE_SIGNAL        (UINT64_C(1) << 1)  /* ABI 6 */

/* struct landlock_ruleset_attr as of ABI 6; older kernels take its beginning. */
struct ruleset {
    uint64_t handled_fs;
    uint64_t handled_net;
    uint64_t scoped;
};

/* Where libraries and what they read live; a plugin's own folders come from dl_iterate_phdr and
 * `readable`. */
static const char *const system_paths[] = {
    "/usr/lib",          "/usr/lib64",       "/lib",           "/lib64",
    "/usr/local/lib",    "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo",
    "/usr/share/locale", "/dev/null",        "/dev/urandom",   NULL,
};

/* What the instruments of a build read, in both stages. */
static const char *const instrument_paths[] = {
#ifdef TOCSIN_SANITIZED
    "/proc", /* LeakSanitizer walks the threads */
#endif
    NULL,
};

/* What programs in any language read besides: their interpreters, modules and tables. */
static const char *const program_paths[] = {
    "/usr",
    "/bin",
    "/sbin",
    "/lib32",
    "/libx32",
    "/etc/alternatives",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/locale.alias",
    "/etc/mime.types",
    "/etc/perl",
    "/etc/inputrc",
    "/etc/ssl/openssl.cnf",
    "/dev/random",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/sys/devices/system/cpu",
    "/sys/kernel/mm/transparent_hugepage",
    NULL,
};

static const char *const program_patterns[] = {"/etc/python3*", NULL};

/* Devices that shells and runtimes open for writing, too. */
static const char *const program_devices[] = {"/dev/null", "/dev/zero", "/dev/full", NULL};

/* What name resolution and TLS read, in both stages. */
static const char *const resolver_paths[] = {
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/protocols",
    "/run/systemd/resolve",
    "/etc/ssl/openssl.cnf",
    "/etc/ssl/certs", /* with links to the next two */
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
    NULL,
};

static int abi(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version < 0 ? 0 : (int)version;
}

static uint64_t fs_rights(int version)
{
    uint64_t rights = FS_ABI_1;
    if (version >= 2)
        rights |= FS_REFER;
    if (version >= 3)
        rights |= FS_TRUNC;
    if (version >= 5)
        rights |= FS_IOCTL;
    return rights;
}

static int make_ruleset(struct ruleset *attr, struct err *err)
{
    int version = abi();
    if (version == 0)
        return err_errno(err, "landlock_create_ruleset");
    attr->handled_fs = fs_rights(version);
    size_t size = sizeof(attr->handled_fs);
    if (version >= 4)
        size = offsetof(struct ruleset, scoped);
    else
        attr->handled_net = 0;
    if (version >= 6)
        size = sizeof(*attr);
    else
        attr->scoped = 0;
    int fd = (int)syscall(SYS_landlock_create_ruleset, attr, size, 0);
    return fd < 0 ? err_errno(err, "landlock_create_ruleset") : fd;
}

/* A path that is not there is no fault: the plugin will say so better. */
static int allow(int ruleset, const char *path, uint64_t rights, struct err *err)
{
    AUTO_FD int fd = open(path, O_PATH | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return 0;
    struct landlock_path_beneath_attr rule = {
        .allowed_access = S_ISDIR(st.st_mode) ? rights : rights & ~(uint64_t)FS_FOLDERS,
        .parent_fd = fd};
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
        return err_errno(err, "landlock_add_rule for %s", path);
    return 0;
}

static int allow_all(int ruleset, const char *const *paths, uint64_t rights, struct err *err)
{
    for (; paths && *paths; paths++)
        if (allow(ruleset, *paths, rights, err) < 0)
            return -1;
    return 0;
}

static int allow_matching(int ruleset, const char *const *patterns, uint64_t rights,
                          struct err *err)
{
    int result = 0;
    for (; *patterns && result == 0; patterns++) {
        glob_t found;
        if (glob(*patterns, 0, NULL, &found) != 0)
            continue;
        result = allow_all(ruleset, (const char *const *)found.gl_pathv, rights, err);
        globfree(&found);
    }
    return result;
}

/* Which files these are now: a rule is for the file that had the path, not for a later one. */
static struct hash stamp_resolver(void)
{
    struct hasher hasher;
    hasher_init(&hasher);
    for (const char *const *path = resolver_paths; *path; path++) {
        struct stat st;
        uint64_t file[2] = {0};
        if (stat(*path, &st) == 0) {
            file[0] = st.st_dev;
            file[1] = st.st_ino;
        }
        hasher_part(&hasher, file, sizeof(file));
    }
    return hasher_final(&hasher);
}

static struct hash resolver_stamp; /* zero: none is read */

bool landlock_is_outdated(void)
{
    if (hash_is_zero(&resolver_stamp))
        return false;
    struct hash now = stamp_resolver();
    return !hash_equal(&now, &resolver_stamp);
}

struct libraries {
    int ruleset;
    struct err *err;
};

/* The folder of a library that the program itself has loaded, wherever it was installed. */
static int allow_library(struct dl_phdr_info *info, size_t size, void *arg)
{
    (void)size;
    const struct libraries *libraries = arg;
    const char *slash = strrchr(info->dlpi_name, '/');
    if (!slash || slash == info->dlpi_name)
        return 0;
    AUTO_FREE char *folder = mem_strndup(info->dlpi_name, (size_t)(slash - info->dlpi_name));
    return allow(libraries->ruleset, folder, FS_READ, libraries->err);
}

static int enforce(int ruleset, struct err *err)
{
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
        return err_errno(err, "landlock_restrict_self");
    return 0;
}

/* struct landlock_net_port_attr of ABI 4. */
static int allow_port(int ruleset, uint16_t port, struct err *err)
{
    const struct {
        uint64_t allowed_access, port;
    } rule = {NET_BIND, port};
    if (port && abi() >= 4 && syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &rule, 0) < 0)
        return err_errno(err, "landlock_add_rule for port %u", port);
    return 0;
}

int landlock_enter(const struct sandbox_powers *powers, const struct sandbox *sandbox,
                   struct err *err)
{
    struct ruleset attr = {.handled_net = powers->inet_sockets ? NET_BIND : NET_TCP,
                           .scoped = SCOPE_SIGNAL};
    /* A session bus may listen on an abstract address. */
    if (!powers->unix_sockets)
        attr.scoped |= SCOPE_ABSTRACT_UNIX;
    AUTO_FD int ruleset = make_ruleset(&attr, err);
    if (ruleset < 0 || allow_all(ruleset, system_paths, FS_READ, err) < 0 ||
        allow_all(ruleset, instrument_paths, FS_READ, err) < 0 ||
        allow_all(ruleset, sandbox->readable, FS_READ, err) < 0 ||
        allow_port(ruleset, sandbox->port, err) < 0)
        return -1;
    if (powers->resolves) {
        resolver_stamp = stamp_resolver();
        if (allow_all(ruleset, resolver_paths, FS_READ, err) < 0)
            return -1;
    }
    struct libraries libraries = {ruleset, err};
    if (dl_iterate_phdr(allow_library, &libraries) < 0)
        return -1;
    return enforce(ruleset, err);
}

int landlock_shut(struct err *err)
{
    struct ruleset attr = {0};
    AUTO_FD int ruleset = make_ruleset(&attr, err);
    if (ruleset < 0 || allow_all(ruleset, instrument_paths, FS_READ, err) < 0)
        return -1;
    return enforce(ruleset, err);
}

/* Signals reach what it started itself, and no further; that needs ABI 6. */
static int scope_signals(struct err *err)
{
    struct ruleset attr = {.scoped = SCOPE_SIGNAL};
    if (abi() < 6)
        return err_set(err, "this kernel's Landlock has no scopes");
    AUTO_FD int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
    if (ruleset < 0)
        return err_errno(err, "landlock_create_ruleset");
    return enforce(ruleset, err);
}

int landlock_program(const struct sandbox_powers *powers, const char *const *readable,
                     struct err *err)
{
    if (!powers->only_reads)
        return scope_signals(err);
    struct ruleset attr = {.handled_net = NET_TCP, .scoped = SCOPE_SIGNAL | SCOPE_ABSTRACT_UNIX};
    AUTO_FD int ruleset = make_ruleset(&attr, err);
    if (ruleset < 0 || allow_all(ruleset, system_paths, FS_READ, err) < 0 ||
        allow_all(ruleset, instrument_paths, FS_READ, err) < 0 ||
        allow_all(ruleset, program_paths, FS_READ, err) < 0 ||
        allow_matching(ruleset, program_patterns, FS_READ, err) < 0 ||
        allow_all(ruleset, program_devices, FS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE, err) < 0 ||
        allow_all(ruleset, readable, FS_READ, err) < 0)
        return -1;
    return enforce(ruleset, err);
}
