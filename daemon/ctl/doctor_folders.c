/* The watched folders: there, readable as a whole, and on what; see doctor.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/filesystem.h"
#include "base/str.h"
#include "ctl/doctor.h"

#define WALK_MAX_DIRS 2000000
#define WALK_MAX_S    20 /* a dead mount or a million directories are not waited for */
#define DEPTH_MAX     64

/* ---- what is below a folder ---- */

struct walk {
    uint64_t n_dirs; /* the folder itself, too */
    uint64_t n_closed;
    char *closed; /* the first that cannot be listed */
    time_t end;
    bool cut; /* not all of it was looked at */
};

static time_t seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void walk_in(struct walk *walk, int at, const char *name, const char *path, bool recursive,
                    int depth);

static bool is_dir(int at, const struct dirent *entry)
{
    struct stat st;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return fstatat(at, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static void walk_entries(struct walk *walk, DIR *stream, const char *path, int depth)
{
    struct dirent *entry;
    while (!walk->cut && (entry = readdir(stream))) {
        if (str_equal(entry->d_name, ".") || str_equal(entry->d_name, "..") ||
            !is_dir(dirfd(stream), entry))
            continue;
        AUTO_FREE char *below = mem_printf("%s/%s", path, entry->d_name);
        walk_in(walk, dirfd(stream), entry->d_name, below, true, depth);
    }
}

static void walk_in(struct walk *walk, int at, const char *name, const char *path, bool recursive,
                    int depth)
{
    walk->n_dirs++;
    walk->cut |= walk->n_dirs >= WALK_MAX_DIRS || seconds() > walk->end || depth > DEPTH_MAX;
    if (walk->cut)
        return;
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth ? O_NOFOLLOW : 0));
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    bool closed = !stream || faccessat(fd, ".", X_OK, AT_EACCESS) < 0;
    if (closed && !walk->n_closed++)
        walk->closed = mem_strdup(path);
    if (stream && recursive)
        walk_entries(walk, stream, path, depth + 1);
    if (stream)
        closedir(stream);
    else
        fd_close(&fd);
}

static struct walk walk_folder(const struct config_folder *folder)
{
    struct walk walk = {.end = seconds() + WALK_MAX_S};
    walk_in(&walk, AT_FDCWD, folder->path, folder->path, folder->recursive, 0);
    return walk;
}

/* ---- folders ---- */

static const json_t *source_of(const struct doctor *doctor, const char *name)
{
    size_t i;
    const json_t *source;
    json_array_foreach(json_object_get(doctor->status, "sources"), i, source)
    {
        if (str_equal(ctl_text(source, "name"), name))
            return source;
    }
    return NULL;
}

/* Is what the daemon says of it trouble? Polling a file system that others share is not. */
static bool say_trouble(struct doctor *doctor, const struct config_folder *folder,
                        const char *shared)
{
    const json_t *source = source_of(doctor, folder->name);
    const char *state = ctl_text(source, "state"), *why = ctl_text(source, "why");
    if (str_equal(state, "unavailable")) {
        doctor_say(doctor, DOCTOR_FAULT, "%s: the daemon cannot see %s: %s", folder->name,
                   folder->path, why);
        doctor_mend(doctor, "tocsinctl source list");
        return true;
    }
    if (!str_equal(state, "polling") || shared)
        return false;
    doctor_say(doctor, DOCTOR_WARNING,
               "%s: the daemon looks through %s at intervals instead of being told of changes: %s",
               folder->name, folder->path, why);
    return true;
}

static void say_closed(struct doctor *doctor, const struct config_folder *folder,
                       const struct walk *walk)
{
    AUTO_FREE char *quoted = doctor_quote(walk->closed);
    doctor_say(doctor, DOCTOR_WARNING,
               "%s: user %u cannot read %llu of the directories below %s, the first is %s: "
               "documents there are not seen",
               folder->name, (unsigned)geteuid(), (unsigned long long)walk->n_closed, folder->path,
               walk->closed);
    doctor_mend(doctor, "setfacl -R -m u:%u:rX %s", (unsigned)geteuid(), quoted);
}

static void say_kind(struct doctor *doctor, const struct config_folder *folder, long type,
                     const struct walk *walk)
{
    const char *kind = filesystem_name(type), *shared = filesystem_shared(type);
    if (shared)
        doctor_say(doctor, DOCTOR_NOTE,
                   "%s: %s is on %s, where others change files without an event here: it is looked "
                   "through every 30 seconds to 10 minutes, as long as that takes 1 %% of the time",
                   folder->name, folder->path, shared);
    else if (str_equal(kind, "overlay"))
        doctor_say(doctor, DOCTOR_NOTE,
                   "%s: %s is on an overlay: what changes in its lower layers is seen by the look "
                   "through it every hour only",
                   folder->name, folder->path);
    else
        doctor_say(doctor, DOCTOR_OK, "%s: %s on %s, %s%llu directories", folder->name,
                   folder->path, kind ? kind : "a local file system", walk->cut ? "at least " : "",
                   (unsigned long long)walk->n_dirs);
}

static void look_at_folder(struct doctor *doctor, const struct config_folder *folder)
{
    struct statfs about;
    if (doctor->system->file_system(folder->path, &about) < 0) {
        doctor_say(doctor, DOCTOR_FAULT, "%s: %s cannot be looked at: %m", folder->name,
                   folder->path);
        return;
    }
    const char *shared = filesystem_shared(about.f_type);
    bool trouble = say_trouble(doctor, folder, shared);
    struct walk walk = walk_folder(folder);
    doctor->n_folders += !shared;
    doctor->n_dirs += shared ? 0 : (int64_t)walk.n_dirs;
    if (walk.n_closed)
        say_closed(doctor, folder, &walk);
    if (!trouble && !walk.n_closed)
        say_kind(doctor, folder, about.f_type, &walk);
    free(walk.closed);
}

void doctor_folders(struct doctor *doctor)
{
    const struct config *config = doctor->config;
    for (size_t i = 0; config && i < config->n_folders; i++)
        look_at_folder(doctor, &config->folders[i]);
    if (!config)
        doctor_say(doctor, DOCTOR_NOTE, "not looked at, since the configuration cannot be read");
    else if (!config->n_folders)
        doctor_say(doctor, DOCTOR_WARNING, "none is watched: nothing will ever ring");
}
