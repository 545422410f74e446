/* The kernel, its limits on the daemon, the clock; see doctor.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/str.h"
#include "ctl/doctor.h"

/* ---- what the sandbox stands on ---- */

#define LANDLOCK_NEWEST 6 /* of the ABIs that host/landlock.c uses */

/* What goes without a rule before the ABI that brought it. */
static const char *const landlock_brought[LANDLOCK_NEWEST + 1] = {
    [2] = "files moved between folders",
    [3] = "files cut short",
    [4] = "TCP connections",
    [5] = "device controls",
    [6] = "signals and abstract sockets",
};

static void say_no_landlock(struct doctor *doctor, int error)
{
    static const char lost[] =
        "hosts of plugins go without the layer that shuts files off; seccomp "
        "still forbids to open any once a plugin is set up";
    AUTO_FREE char *lsm = doctor_read(doctor, "/sys/kernel/security/lsm");
    switch (error) {
    case ENOSYS:
        doctor_say(doctor, DOCTOR_WARNING, "this kernel has no Landlock (5.13 and later can): %s",
                   lost);
        break;
    case EOPNOTSUPP:
        doctor_say(doctor, DOCTOR_WARNING, "Landlock was not switched on at boot: %s", lost);
        doctor_mend(doctor, "# in /etc/default/grub, in GRUB_CMDLINE_LINUX; then update-grub and "
                            "boot again:");
        doctor_mend(doctor, "lsm=landlock,%s", lsm ? lsm : "lockdown,yama,integrity,apparmor,bpf");
        break;
    default:
        doctor_say(doctor, DOCTOR_WARNING,
                   "Landlock's calls are forbidden here (%s), by a container or a filter that this "
                   "shell runs under: %s",
                   strerror(error), lost);
        doctor_mend(doctor, "# for systemd-nspawn: --system-call-filter='landlock_create_ruleset "
                            "landlock_add_rule landlock_restrict_self'");
    }
}

static bool look_at_landlock(struct doctor *doctor, int abi)
{
    if (abi <= 0) {
        say_no_landlock(doctor, -abi);
        return false;
    }
    if (abi >= LANDLOCK_NEWEST)
        return true;
    AUTO_BUF struct buf missing = {0};
    for (int i = abi + 1; i <= LANDLOCK_NEWEST; i++)
        buf_printf(&missing, "%s%s", missing.len ? ", " : "", landlock_brought[i]);
    doctor_say(doctor, DOCTOR_NOTE,
               "Landlock %d of %d: it has no rule yet for %s; seccomp stands in for that in hosts "
               "of plugins. A newer kernel has both",
               abi, LANDLOCK_NEWEST, buf_text(&missing));
    return false;
}

void doctor_kernel(struct doctor *doctor)
{
    int abi = doctor->system->landlock();
    bool good = look_at_landlock(doctor, abi);
    AUTO_FREE char *release = doctor_read(doctor, "/proc/sys/kernel/osrelease");
    AUTO_FREE char *actions = doctor_read(doctor, "/proc/sys/kernel/seccomp/actions_avail");
    if (!actions || !strstr(actions, "errno")) {
        doctor_say(doctor, DOCTOR_WARNING,
                   "this kernel filters no system calls (CONFIG_SECCOMP_FILTER): hosts of plugins "
                   "go without the layer that keeps them from sockets, files and programs");
        good = false;
    }
    if (good)
        doctor_say(doctor, DOCTOR_OK, "Linux %s, Landlock %d, seccomp", release ? release : "",
                   abi);
}

/* ---- limits ---- */

#define UNLIMITED INT64_MAX

/* One line of /proc/PID/limits. */
struct limit {
    const char *line;      /* what it begins with */
    const char *directive; /* of a unit */
    const char *what, *cost;
    int64_t needed;
};

static int64_t limit_value(const char **at)
{
    *at += strspn(*at, " ");
    if (str_starts(*at, "unlimited"))
        return UNLIMITED;
    char *end;
    int64_t value = strtoll(*at, &end, 10);
    *at = end;
    return value;
}

/* The soft limit; UNLIMITED when there is no such line. */
static int64_t soft_limit(const char *limits, const char *line)
{
    const char *at = strstr(limits, line);
    if (!at)
        return UNLIMITED;
    at += strlen(line);
    return limit_value(&at);
}

/* Each folder may have 64 files open and a few descriptors of its own, each host a channel. */
static int64_t files_needed(const struct doctor *doctor)
{
    enum { OWN = 160, A_FOLDER = 72, A_HOST = 4 };
    size_t folders = doctor->config ? doctor->config->n_folders : 1;
    size_t hosts = doctor->config ? doctor->config->n_notifiers + 16 : 16;
    return (int64_t)(OWN + folders * A_FOLDER + hosts * A_HOST);
}

static void look_at_limit(struct doctor *doctor, const char *limits, const struct limit *limit,
                          const char *whose, bool *good)
{
    int64_t soft = soft_limit(limits, limit->line);
    if (soft >= limit->needed)
        return;
    *good = false;
    doctor_say(doctor, DOCTOR_WARNING, "%s %lld %s, and up to %lld may be needed: %s", whose,
               (long long)soft, limit->what, (long long)limit->needed, limit->cost);
    doctor_mend(doctor, "# systemctl %sedit tocsin", doctor_manager(doctor));
    doctor_mend(doctor, "[Service]");
    if (limit->needed == UNLIMITED)
        doctor_mend(doctor, "%s=infinity", limit->directive);
    else
        doctor_mend(doctor, "%s=%lld", limit->directive, (long long)limit->needed);
}

void doctor_limits(struct doctor *doctor)
{
    const struct limit checked[] = {
        {"Max open files", "LimitNOFILE", "open files",
         "beyond that, documents and hosts have to wait", files_needed(doctor)},
        {"Max processes", "LimitNPROC", "processes and threads of this user",
         "beyond that, no host can be started", 64},
        {"Max file size", "LimitFSIZE", "bytes in a file", "beyond that, the store cannot grow",
         UNLIMITED},
        {"Max address space", "LimitAS", "bytes of address space",
         "hosts, which are limited by their configuration, would not start", INT64_C(4) << 30},
    };
    long long pid = (long long)ctl_int(doctor->status, "pid");
    AUTO_FREE char *path =
        pid ? mem_printf("/proc/%lld/limits", pid) : mem_strdup("/proc/self/limits");
    AUTO_FREE char *limits = doctor_read(doctor, path);
    if (!limits) {
        doctor_say(doctor, DOCTOR_NOTE, "%s cannot be read: %m", path);
        return;
    }
    bool good = true;
    for (size_t i = 0; i < ARRAY_LEN(checked); i++)
        look_at_limit(doctor, limits, &checked[i],
                      pid ? "the daemon may have" : "a daemon started from here could have", &good);
    if (!good)
        return;
    int64_t files = soft_limit(limits, checked[0].line);
    AUTO_FREE char *allowed =
        files == UNLIMITED ? mem_strdup("without a limit") : mem_printf("%lld", (long long)files);
    doctor_say(doctor, DOCTOR_OK, "open files: %s %s; up to %lld may be needed", allowed,
               pid ? "for the daemon" : "for a daemon started from here",
               (long long)checked[0].needed);
}

/* ---- the clock ---- */

/* As systemd-timedated(8) does: 16 seconds is what the kernel takes for lost. */
#define CLOCK_LOST_US 16000000

void doctor_clock(struct doctor *doctor)
{
    struct timex clock = {0};
    struct stat st;
    AUTO_FREE char *self = doctor_path(doctor, "/proc/self/exe");
    if (stat(self, &st) == 0 && st.st_mtime > time(NULL)) {
        doctor_say(doctor, DOCTOR_FAULT,
                   "the clock is behind the day tocsinctl was installed: times of alerts, what is "
                   "kept for how long, and certificates depend on it");
        doctor_mend(doctor, "sudo timedatectl set-ntp true");
    } else if (doctor->system->clock(&clock) < 0 || (clock.status & STA_UNSYNC) ||
               clock.maxerror >= CLOCK_LOST_US) {
        doctor_say(
            doctor, DOCTOR_NOTE,
            "nothing keeps the clock in step: times of alerts and certificates depend on it");
        doctor_mend(doctor, "sudo apt install systemd-timesyncd");
        doctor_mend(doctor, "sudo timedatectl set-ntp true");
    } else {
        doctor_say(doctor, DOCTOR_OK, "the clock is kept in step");
    }
}
