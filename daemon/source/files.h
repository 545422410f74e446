/* The paths that wait, from within: files.c has them, opening.c asks the disk thread about them.
 * Private to these two. */
#ifndef TOCSIN_SOURCE_FILES_H
#define TOCSIN_SOURCE_FILES_H

#include "base/list.h"
#include "base/map.h"
#include "source/due.h"
#include "source/folder.h"

#define FILE_LOST_WAIT_US INT64_C(20000) /* for the event that says where a file went */

enum file_state {
    FILE_RESTING, /* nothing to do; kept for its time (growth = log) or for its job */
    FILE_WAITING, /* until due */
    FILE_LOOKING, /* a job says what it is */
    FILE_READY,   /* for credit */
    FILE_OPENING,
    FILE_LOST, /* was not there; the event that tells why may be on its way */
};

struct file {
    struct due due;
    struct list ready;
    struct settle settle;
    struct file_job *job; /* at most one */
    enum file_state state;
    bool from_scan, missed, again;
    int64_t seen_us;
    char *path;
};

struct files {
    struct source *source;
    struct map *by_path;
    struct due_heap due;
    struct list ready;
    struct loop_timer *timer;
    unsigned outstanding; /* being opened, or handed over and not yet credited */
};

/* --- files.c ---------------------------------------------------------------------------------- */

struct settle_rule files_rule(const struct files *files);
void file_set_state(struct files *files, struct file *file, enum file_state state);
/* Until then; the state says for what. */
void file_wait(struct files *files, struct file *file, int64_t due_us);
/* It is complete, and waits for credit. */
void file_ready(struct files *files, struct file *file);
/* Does what settle.h wants done. */
void file_need(struct files *files, struct file *file, enum settle_need need);
/* Nothing waits for it any more. */
void file_drop(struct files *files, struct file *file);
/* What was not read, for people. */
void file_count(struct source *source, enum disk_result result);
/* Has those opened for which there is credit. */
void files_pump(struct files *files);

/* --- opening.c -------------------------------------------------------------------------------- */

/* What is it now (`open`: and open it)? The answer changes its state. */
void file_ask(struct files *files, struct file *file, bool open);
/* The answer that is on its way comes to nobody. */
void file_unask(struct file *file);

#endif
