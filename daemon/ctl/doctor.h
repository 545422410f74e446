/*
 * `tocsinctl doctor`: looks at this machine and this installation as the daemon would meet them.
 *
 * A check is a function that looks at one thing and says what it found: as many findings as it has
 * something to say, at least one. Each says what is so, why that matters, and how to mend it. The
 * table of checks stands in doctor.c; the checks in doctor_*.c, a file a neighbourhood. None of
 * them changes anything.
 *
 * Paths of the system (/proc, /sys, /etc, /run) are looked up below `root`, and what cannot be a
 * file is asked through `system`, so that a test has a machine of its own making. Folders and
 * directories of the user's are what they are.
 */
#ifndef TOCSIN_CTL_DOCTOR_H
#define TOCSIN_CTL_DOCTOR_H

#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/vfs.h>

#include "ctl/offline.h"

enum doctor_result {
    DOCTOR_OK,
    DOCTOR_NOTE,    /* worth knowing */
    DOCTOR_WARNING, /* something works less well than it could */
    DOCTOR_FAULT,   /* something does not work */
};

struct doctor_system {
    const char *root;                                           /* "" for the real one */
    int (*landlock)(void);                                      /* its ABI, or -errno */
    int (*file_system)(const char *path, struct statfs *about); /* statfs(2) */
    int (*clock)(struct timex *clock);                          /* adjtimex(2) */
};
extern const struct doctor_system doctor_real_system;

struct doctor {
    struct ctl *ctl;
    const struct doctor_system *system;
    struct offline offline;
    json_t *status;              /* the daemon's, NULL: none answers */
    int status_fault;            /* then the exit status that says why, */
    char *absent;                /* and the words */
    char *config_file;           /* the daemon's, else the default */
    const struct config *config; /* NULL: it cannot be read */
    const struct diags *diags;   /* what was found in it from here */
    json_t *checked;             /* what the daemon that runs with it found: as its verb "config
                                    check" answers; NULL: there is none */
    int64_t n_folders;           /* that inotify is for, and */
    int64_t n_dirs;              /* the directories in them; counted by doctor_folders */
    char *state_dir;             /* the daemon's, else the default */
    char *runtime_dir;
    const char *check; /* the one at work */
    json_t *findings;  /* [{"check", "result", "text", "mend"}] */
};

/* A finding of the check at work. */
void doctor_say(struct doctor *doctor, enum doctor_result result, const char *fmt, ...)
    PRINTF(3, 4);
/* Lines that mend the last finding, as they are typed or written into a file; adds to what is
 * there. */
void doctor_mend(struct doctor *doctor, const char *fmt, ...) PRINTF(2, 3);

/* ---- doctor.c: what the checks share ---- */

/* Under the root; the caller frees it. */
char *doctor_path(const struct doctor *doctor, const char *path);
/* The whole of a small file of the system, without the last newline; NULL: it cannot be read
 * (errno). The caller frees it. */
char *doctor_read(const struct doctor *doctor, const char *path);
/* As one word of a shell's; the caller frees it. */
char *doctor_quote(const char *text);
/* The number that a file of the system holds; -1: none. */
int64_t doctor_number(const struct doctor *doctor, const char *path);
/* Does a notifier of the configuration want these powers? */
bool doctor_wants(const struct doctor *doctor, enum tocsin_powers powers);
/* "--user " or "": for systemctl and journalctl. */
const char *doctor_manager(const struct doctor *doctor);

/* ---- the checks ---- */

/* doctor_daemon.c */
void doctor_daemon(struct doctor *doctor);
void doctor_configuration(struct doctor *doctor);
void doctor_plugins(struct doctor *doctor);
void doctor_notifiers(struct doctor *doctor);
/* doctor_folders.c */
void doctor_folders(struct doctor *doctor);
/* doctor_inotify.c; after doctor_folders */
void doctor_inotify(struct doctor *doctor);
/* doctor_kernel.c */
void doctor_kernel(struct doctor *doctor);
void doctor_limits(struct doctor *doctor);
void doctor_clock(struct doctor *doctor);
/* doctor_sandbox.c */
void doctor_sandbox(struct doctor *doctor);
/* doctor_places.c */
void doctor_state(struct doctor *doctor);
void doctor_runtime(struct doctor *doctor);
void doctor_temp(struct doctor *doctor);
/* doctor_needs.c */
void doctor_journal(struct doctor *doctor);
void doctor_certificates(struct doctor *doctor);
void doctor_secrets(struct doctor *doctor);
/* doctor_bus.c */
void doctor_desktop(struct doctor *doctor);
/* doctor_unit.c */
void doctor_unit(struct doctor *doctor);

#endif
