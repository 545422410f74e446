/* What inotify grants, held against what the watched folders need; see doctor.h. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "ctl/doctor.h"

/* What processes of the user hold already. Those of others do not count, those that shut themselves
 * off (the daemon is one) cannot be seen. */
struct in_use {
    int64_t watches, instances;
};

static int64_t count_lines(const char *text, const char *begin)
{
    int64_t n = 0;
    for (const char *at = text; (at = strstr(at, begin)); at++)
        n += at == text || at[-1] == '\n';
    return n;
}

static void add_process(struct in_use *in_use, const char *folder)
{
    DIR *stream = opendir(folder);
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        char text[65536];
        AUTO_FD int fd = openat(dirfd(stream), entry->d_name, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
        if (n <= 0)
            continue;
        text[n] = '\0';
        int64_t watches = count_lines(text, "inotify wd:");
        in_use->watches += watches;
        in_use->instances += watches > 0;
    }
    if (stream)
        closedir(stream);
}

/* Whose limits they are: the daemon's, which may be a service's, or of one that is started here. */
static uid_t whose(const struct doctor *doctor)
{
    static const char key[] = "\nUid:\t";
    AUTO_FREE char *path =
        mem_printf("/proc/%lld/status", (long long)ctl_int(doctor->status, "pid"));
    AUTO_FREE char *text = doctor->status ? doctor_read(doctor, path) : NULL;
    const char *line = text ? strstr(text, key) : NULL;
    return line ? (uid_t)strtoul(line + strlen(key), NULL, 10) : geteuid();
}

static struct in_use count_in_use(const struct doctor *doctor)
{
    struct in_use in_use = {0};
    uid_t uid = whose(doctor);
    AUTO_FREE char *proc = doctor_path(doctor, "/proc");
    DIR *stream = opendir(proc);
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        struct stat st;
        int64_t pid;
        if (!str_int_parse(entry->d_name, &pid) ||
            fstatat(dirfd(stream), entry->d_name, &st, 0) < 0 || st.st_uid != uid)
            continue;
        AUTO_FREE char *folder = mem_printf("%s/%s/fdinfo", proc, entry->d_name);
        add_process(&in_use, folder);
    }
    if (stream)
        closedir(stream);
    return in_use;
}

/* A limit, and the one of the user namespace, which may be lower: the sysctl that decides. */
struct limit {
    const char *sysctl;
    int64_t value;
};

static struct limit limit_of(const struct doctor *doctor, const char *global, const char *own)
{
    AUTO_FREE char *file = mem_printf("/proc/sys/fs/inotify/%s", global + strlen("fs.inotify."));
    AUTO_FREE char *own_file = mem_printf("/proc/sys/user/%s", own + strlen("user."));
    struct limit limit = {global, doctor_number(doctor, file)};
    int64_t own_value = doctor_number(doctor, own_file);
    if (own_value >= 0 && (limit.value < 0 || own_value < limit.value))
        limit = (struct limit){own, own_value};
    return limit;
}

static void mend_sysctl(struct doctor *doctor, const char *sysctl, int64_t value)
{
    doctor_mend(doctor, "echo '%s = %lld' | sudo tee -a /etc/sysctl.d/60-tocsin.conf", sysctl,
                (long long)value);
    doctor_mend(doctor, "sudo sysctl -p /etc/sysctl.d/60-tocsin.conf");
}

/* Twice what is needed, as a power of two, and not below what distributions set. */
static int64_t suggested(int64_t needed, int64_t least)
{
    int64_t value = least;
    while (value < 2 * needed)
        value *= 2;
    return value;
}

static bool look_at_limit(struct doctor *doctor, const struct limit *limit, int64_t needed,
                          int64_t in_use, const char *what, int64_t least)
{
    if (limit->value < 0 || needed + in_use <= limit->value)
        return true;
    doctor_say(doctor, DOCTOR_WARNING,
               "%lld %s are needed, other programs of the user hold %lld, and %s allows %lld: "
               "where they run out, folders are looked through every 30 seconds to 10 minutes "
               "instead",
               (long long)needed, what, (long long)in_use, limit->sysctl, (long long)limit->value);
    mend_sysctl(doctor, limit->sysctl, suggested(needed + in_use, least));
    return false;
}

static bool look_at_queue(struct doctor *doctor)
{
    enum { EVENTS_USUAL = 16384 };
    static const char sysctl[] = "fs.inotify.max_queued_events";
    int64_t queued = doctor_number(doctor, "/proc/sys/fs/inotify/max_queued_events"), lost = 0;
    size_t i;
    const json_t *source;
    json_array_foreach(json_object_get(doctor->status, "sources"), i, source) lost +=
        ctl_int(source, "overflows");
    if (!lost && (queued < 0 || queued >= EVENTS_USUAL))
        return true;
    if (lost)
        doctor_say(doctor, DOCTOR_WARNING,
                   "the queue of events overflowed %lld times since the daemon was started: each "
                   "time the folder was looked through again, which is slower",
                   (long long)lost);
    else
        doctor_say(doctor, DOCTOR_WARNING,
                   "%s is %lld: more changes at once, and a folder is looked through again", sysctl,
                   (long long)queued);
    mend_sysctl(doctor, sysctl, suggested(queued, 4 * EVENTS_USUAL));
    return false;
}

void doctor_inotify(struct doctor *doctor)
{
    struct limit watches =
        limit_of(doctor, "fs.inotify.max_user_watches", "user.max_inotify_watches");
    struct limit instances =
        limit_of(doctor, "fs.inotify.max_user_instances", "user.max_inotify_instances");
    struct in_use in_use = count_in_use(doctor);
    if (watches.value < 0 && instances.value < 0) {
        doctor_say(doctor, DOCTOR_WARNING,
                   "this kernel has no inotify: folders are looked through at intervals");
        return;
    }
    bool good = look_at_limit(doctor, &watches, doctor->n_dirs, in_use.watches, "watches", 524288);
    good &=
        look_at_limit(doctor, &instances, doctor->n_folders, in_use.instances, "instances", 1024);
    good &= look_at_queue(doctor);
    if (good)
        doctor_say(doctor, DOCTOR_OK,
                   "%lld watches and %lld instances are needed, %lld and %lld are in use by "
                   "others of the user, %lld and %lld allowed",
                   (long long)doctor->n_dirs, (long long)doctor->n_folders,
                   (long long)in_use.watches, (long long)in_use.instances, (long long)watches.value,
                   (long long)instances.value);
}
