/* The directories that tocsin writes to: state, runtime, temporary files; see doctor.h. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/filesystem.h"
#include "base/str.h"
#include "ctl/doctor.h"

#define SPACE_FAULT   (INT64_C(16) << 20)
#define SPACE_WARNING (INT64_C(256) << 20)
#define INODES_FEW    100

/* ---- what any directory of ours has to be ---- */

/* Whose it is, and whether it is shut to those whom `shut` names; false if something was wrong. */
static bool look_at_owner(struct doctor *doctor, const char *dir, const struct stat *st,
                          mode_t shut, const char *cost)
{
    AUTO_FREE char *quoted = doctor_quote(dir);
    if (!S_ISDIR(st->st_mode)) {
        doctor_say(doctor, DOCTOR_FAULT, "%s is no directory: the daemon cannot start", dir);
        doctor_mend(doctor, "mv %s %s.old", quoted, quoted);
        return false;
    }
    /* Of a system service it is that service's user's. */
    if (st->st_uid != geteuid() && !doctor->ctl->system) {
        doctor_say(doctor, DOCTOR_FAULT,
                   "%s belongs to user %u, not to you (%u): a daemon of yours cannot start", dir,
                   (unsigned)st->st_uid, (unsigned)geteuid());
        doctor_mend(doctor, "sudo chown -R %u %s", (unsigned)geteuid(), quoted);
        return false;
    }
    if (!(st->st_mode & shut))
        return true;
    doctor_say(doctor, DOCTOR_WARNING,
               "%s has mode %04o: others may %s, until the daemon shuts it at its next start", dir,
               st->st_mode & 07777u, cost);
    doctor_mend(doctor, "chmod 700 %s", quoted);
    return false;
}

/* The directory, or the nearest one above it that is there. The caller frees it. */
static char *nearest(const char *dir)
{
    char *path = mem_strdup(dir);
    for (char *slash; access(path, F_OK) < 0 && (slash = strrchr(path, '/')) && slash > path;)
        *slash = '\0';
    if (access(path, F_OK) < 0)
        path[1] = '\0';
    return path;
}

/* A daemon that runs can, and what a system service may write to is no matter of whoever asks. */
static bool look_if_writable(struct doctor *doctor, const char *dir)
{
    AUTO_FREE char *there = nearest(dir);
    if (doctor->status || doctor->ctl->system)
        return true;
    if (faccessat(AT_FDCWD, there, W_OK | X_OK, AT_EACCESS) == 0)
        return true;
    doctor_say(doctor, DOCTOR_FAULT, "%s cannot be %s: %s: %s", dir,
               str_equal(there, dir) ? "written to" : "made", there, strerror(errno));
    return false;
}

/* ---- state ---- */

static bool look_at_space(struct doctor *doctor, const char *dir, const struct statfs *about)
{
    int64_t free_bytes = (int64_t)about->f_bavail * about->f_bsize;
    char text[48], wanted[48];
    str_size_format(free_bytes >> 20 << 20, text, sizeof(text));
    str_size_format(SPACE_WARNING, wanted, sizeof(wanted));
    bool none_left = about->f_files && about->f_ffree == 0;
    if (free_bytes < SPACE_FAULT || none_left) {
        doctor_say(doctor, DOCTOR_FAULT,
                   "%s is full (%s free, %llu inodes free): nothing can be kept, and so nothing "
                   "told, until there is room",
                   dir, text, (unsigned long long)about->f_ffree);
        doctor_mend(doctor, "# make room, or keep less: keep: {archive: ..., archive-size: ...}");
        return false;
    }
    if (free_bytes >= SPACE_WARNING && (!about->f_files || about->f_ffree >= INODES_FEW))
        return true;
    doctor_say(doctor, DOCTOR_WARNING,
               "%s has little room left: %s free (%s would do), %llu inodes free", dir, text,
               wanted, (unsigned long long)about->f_ffree);
    return false;
}

static bool look_at_kind(struct doctor *doctor, const char *dir, const struct statfs *about)
{
    const char *shared = filesystem_shared(about->f_type);
    const char *kind = filesystem_name(about->f_type);
    if (about->f_flags & ST_RDONLY) {
        doctor_say(doctor, DOCTOR_FAULT, "%s is on a file system that is mounted read-only", dir);
        return false;
    }
    if (shared) {
        doctor_say(
            doctor, DOCTOR_FAULT,
            "%s is on %s: the store's write-ahead log needs memory that all its users share, "
            "which there is on a local disk only; the store may be damaged",
            dir, shared);
        doctor_mend(doctor, "# give the daemon a local directory: tocsind --state DIR");
        return false;
    }
    if (!str_equal(kind, "tmpfs") && !str_equal(kind, "ramfs"))
        return true;
    doctor_say(doctor, DOCTOR_WARNING,
               "%s is in memory (%s): after the machine was off, all is forgotten, and the next "
               "start is a first one",
               dir, kind);
    return false;
}

static bool look_at_store(struct doctor *doctor, const char *dir)
{
    const char *fault = ctl_text(doctor->status, "store_fault");
    AUTO_FREE char *mark = mem_printf("%s/tocsin.db-check", dir);
    if (*fault) {
        doctor_say(doctor, DOCTOR_FAULT, "the store fails: %s", fault);
        doctor_mend(doctor, "journalctl %s-u tocsin -p warning", doctor_manager(doctor));
        return false;
    }
    if (access(mark, F_OK) < 0)
        return true;
    doctor_say(doctor, DOCTOR_WARNING,
               "the store met a fault: the next start checks the whole of it, and puts it aside if "
               "it is damaged");
    doctor_mend(doctor, "systemctl %srestart tocsin", doctor_manager(doctor));
    return false;
}

static void say_put_aside(struct doctor *doctor, const char *dir)
{
    glob_t found;
    AUTO_FREE char *pattern = mem_printf("%s/tocsin.db.damaged-*", dir);
    if (glob(pattern, 0, NULL, &found) != 0)
        return;
    doctor_say(doctor, DOCTOR_NOTE,
               "a store was damaged once and is kept as %s; what it knew before is not known since",
               found.gl_pathv[0]);
    globfree(&found);
}

void doctor_state(struct doctor *doctor)
{
    const char *dir = doctor->state_dir;
    AUTO_FREE char *there = nearest(dir);
    struct stat st;
    struct statfs about;
    bool exists = stat(dir, &st) == 0;
    if (!exists && errno == EACCES) {
        doctor_say(doctor, DOCTOR_NOTE, "%s cannot be looked at: %m", dir);
        doctor_mend(doctor, "sudo tocsinctl %sdoctor", doctor->ctl->system ? "--system " : "");
        return;
    }
    bool good = !exists || look_at_owner(doctor, dir, &st, 077, "look into what the documents say");
    good &= look_if_writable(doctor, dir);
    if (doctor->system->file_system(there, &about) == 0) {
        good &= look_at_kind(doctor, dir, &about);
        good &= look_at_space(doctor, there, &about);
    }
    good &= look_at_store(doctor, dir);
    say_put_aside(doctor, dir);
    if (good && exists)
        doctor_say(doctor, DOCTOR_OK, "%s is shut to others, on a disk with room", dir);
    else if (good)
        doctor_say(doctor, DOCTOR_OK, "%s is made at the first start", dir);
}

/* ---- runtime ---- */

/* The group whose members may use the socket in it, NULL none. The caller frees it. */
static char *sharing_group(const char *dir)
{
    AUTO_FREE char *path = mem_printf("%s/control", dir);
    return access(path, F_OK) == 0 ? ctl_socket_group(path) : NULL;
}

void doctor_runtime(struct doctor *doctor)
{
    struct stat st;
    const char *dir = doctor->runtime_dir;
    const char *given = getenv("XDG_RUNTIME_DIR");
    bool good = true;
    if (!doctor->ctl->system && !(given && *given)) {
        good = false;
        doctor_say(doctor, DOCTOR_NOTE,
                   "XDG_RUNTIME_DIR is not set: the control socket is looked for in %s, where the "
                   "user unit has none",
                   dir);
        doctor_mend(doctor, "export XDG_RUNTIME_DIR=/run/user/%u", (unsigned)geteuid());
    }
    AUTO_FREE char *group = sharing_group(dir);
    bool exists = stat(dir, &st) == 0;
    if (exists)
        good &= look_at_owner(doctor, dir, &st, group ? 027 : 077, "reach for the control socket");
    good &= look_if_writable(doctor, dir);
    if (good && group)
        doctor_say(doctor, DOCTOR_OK,
                   "%s is shared with the group %s, which may speak to the daemon", dir, group);
    else if (good)
        doctor_say(doctor, DOCTOR_OK, "%s %s", dir,
                   exists ? "is shut to others" : "is made by the daemon");
}

/* ---- temporary files ---- */

void doctor_temp(struct doctor *doctor)
{
    const char *given = getenv("TMPDIR");
    AUTO_FREE char *dir = given && *given ? mem_strdup(given) : doctor_path(doctor, "/tmp");
    AUTO_FREE char *quoted = doctor_quote(dir);
    struct stat st;
    if (stat(dir, &st) < 0 || !S_ISDIR(st.st_mode) ||
        faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) < 0) {
        doctor_say(doctor, DOCTOR_WARNING,
                   "%s is no directory that you can write to: programs that notifiers start may "
                   "need one",
                   dir);
        doctor_mend(doctor, "sudo install -d -m 1777 %s", quoted);
    } else if ((st.st_mode & S_IWOTH) && !(st.st_mode & S_ISVTX)) {
        doctor_say(doctor, DOCTOR_WARNING,
                   "%s has mode %04o: everybody can replace everybody's files there, a control "
                   "socket too where there is no runtime directory",
                   dir, st.st_mode & 07777u);
        doctor_mend(doctor, "sudo chmod 1777 %s", quoted);
    } else {
        doctor_say(doctor, DOCTOR_OK, "%s can be written to", dir);
    }
}
