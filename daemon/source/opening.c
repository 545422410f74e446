/*
 * What the disk thread is asked about a path that waits, what is at it now and, once there is
 * credit, to open it, and what becomes of the path by the answer. Meanwhile the path may have
 * moved, been written again or gone: an answer counts for the path that was asked about.
 *
 * Questions wait in a queue, from which the thread takes a round of them at a time: the more there
 * are, the fewer times it and the loop wake each other.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "source/files.h"

#define BUSY_WAIT_US INT64_C(1000000) /* when descriptors ran out */

#define ROUND_MAX 16

struct file_job {
    struct list link; /* while it waits */
    struct source *source;
    struct file *file; /* NULL: nobody waits for the answer any more */
    char *path;
    bool from_scan, missed, again;
    int64_t seen_us;
    struct disk_look look;
};

struct looks {
    pthread_mutex_t lock;
    struct list asked; /* under lock */
    bool round_asked;  /* under lock: one that has not begun */
};

struct round {
    struct source *source;
    struct file_job *jobs[ROUND_MAX];
    size_t n;
};

struct looks *looks_new(void)
{
    struct looks *looks = NEW(struct looks);
    pthread_mutex_init(&looks->lock, NULL);
    list_init(&looks->asked);
    return looks;
}

void looks_free(struct looks **looks)
{
    pthread_mutex_destroy(&(*looks)->lock);
    free(*looks);
    *looks = NULL;
}

/* ---- rounds ---- */

static void take_round(struct looks *looks, struct round *round)
{
    pthread_mutex_lock(&looks->lock);
    looks->round_asked = false;
    for (struct list *link; round->n < ROUND_MAX && (link = list_pop(&looks->asked));)
        round->jobs[round->n++] = LIST_ITEM(link, struct file_job, link);
    pthread_mutex_unlock(&looks->lock);
}

static void round_run(void *arg)
{
    struct round *round = arg;
    struct disk_look *looks[ROUND_MAX];
    take_round(round->source->looks, round);
    for (size_t i = 0; i < round->n; i++)
        looks[i] = &round->jobs[i]->look;
    disk_look(round->source->disk, looks, round->n);
}

static void answered(struct file_job *job);
static void round_done(void *arg);

/* Asks for a round if questions wait and none is on its way. */
static void ask_round_if_needed(struct source *source)
{
    struct looks *looks = source->looks;
    pthread_mutex_lock(&looks->lock);
    bool needed = !list_empty(&looks->asked) && !looks->round_asked;
    looks->round_asked |= needed;
    pthread_mutex_unlock(&looks->lock);
    if (!needed)
        return;
    struct round *round = NEW(struct round);
    round->source = source;
    worker_submit(source->worker, round_run, round_done, round);
}

static void run_close(void *arg)
{
    struct file_job *job = arg;
    fd_close(&job->look.answer.fd);
}

static void job_free(void *arg)
{
    struct file_job *job = arg;
    fd_close(&job->look.answer.fd);
    free(job->path);
    free(job);
}

/* Closing can hang, too, so the disk thread does it. */
static void job_end(struct file_job *job)
{
    if (job->look.answer.fd >= 0 && !job->source->closing)
        worker_submit(job->source->worker, run_close, job_free, job);
    else
        job_free(job);
}

void file_ask(struct files *files, struct file *file, bool open)
{
    struct source *source = files->source;
    struct file_job *job = NEW(struct file_job);
    *job = (struct file_job){.source = source,
                             .file = file,
                             .path = mem_strdup(file->path),
                             .from_scan = file->from_scan,
                             .missed = file->missed,
                             .again = file->again,
                             .seen_us = file->seen_us,
                             .look = {.root = *root_identity(source->root), .open = open}};
    job->look.path = job->path;
    job->look.answer.fd = -1;
    list_init(&job->link);
    file->job = job;
    file_set_state(files, file, open ? FILE_OPENING : FILE_LOOKING);
    pthread_mutex_lock(&source->looks->lock);
    list_append(&source->looks->asked, &job->link);
    pthread_mutex_unlock(&source->looks->lock);
    ask_round_if_needed(source);
}

void file_unask(struct file *file)
{
    if (file->job)
        file->job->file = NULL;
}

/* --- answers ---------------------------------------------------------------------------------- */

/* A symbolic link to a directory, where links are followed. */
static void found_directory(struct source *source, const char *path)
{
    if (!source->folder->recursive || !source->folder->follow_symlinks ||
        dirs_find(source->dirs, path))
        return;
    const char *slash = strrchr(path, '/');
    AUTO_FREE char *above = mem_strndup(path, slash ? (size_t)(slash - path) : 0);
    struct node *parent = dirs_find(source->dirs, above);
    if (parent && names_enters(source->disk->names, path))
        scan_directory(source->scan, dirs_add(source->dirs, parent, slash ? slash + 1 : path));
}

/* No file to be had: what becomes of the path? */
static void refused(struct files *files, struct file *file, const struct file_job *job)
{
    struct source *source = files->source;
    switch (job->look.answer.result) {
    case DISK_VANISHED:
        file_set_state(files, file, FILE_LOST);
        file_wait(files, file, loop_now_us(source->loop) + FILE_LOST_WAIT_US);
        return;
    case DISK_BUSY:
        file->from_scan = job->from_scan;
        file->again = job->again;
        file->settle.open = false;
        file_set_state(files, file, FILE_WAITING);
        file_wait(files, file, loop_now_us(source->loop) + BUSY_WAIT_US);
        return;
    case DISK_ROOT:
        file_drop(files, file);
        root_check(source->root, false);
        return;
    case DISK_DIRECTORY: {
        AUTO_FREE char *path = mem_strdup(file->path);
        file_drop(files, file);
        found_directory(source, path);
        return;
    }
    case DISK_OK:
    case DISK_UNREADABLE:
    case DISK_SPECIAL:
    case DISK_LARGE:
        break;
    }
    file_count(source, job->look.answer.result);
    file_drop(files, file);
}

static void hand_over(struct files *files, struct file_job *job)
{
    struct source *source = files->source;
    bool known_path = false;
    bool known =
        source->ops->known(source->arg, source, job->path, &job->look.answer.key, &known_path);
    if (known && !job->again) {
        files->outstanding--;
        return;
    }
    if (job->missed)
        root_missed(source->root, job->path);
    source->counts.opened++;
    struct change change = {
        .kind = known_path ? CHANGE_MODIFIED : CHANGE_ADDED,
        .path = job->path,
        .fd = job->look.answer.fd,
        .key = job->look.answer.key,
        .seen_us = job->seen_us,
        .from_scan = job->from_scan,
    };
    job->look.answer.fd = -1;
    source->ops->change(source->arg, source, &change);
}

/* It rests, if its time of report is still needed; else it is forgotten. */
static void rest(struct files *files, struct file *file)
{
    int64_t until_us = file->settle.reported_us + SETTLE_LOG_US;
    if (files_rule(files).growing && until_us > loop_now_us(files->source->loop)) {
        file_set_state(files, file, FILE_RESTING);
        file_wait(files, file, until_us);
    } else {
        file_drop(files, file);
    }
}

static void opened(struct files *files, struct file *file, struct file_job *job)
{
    bool same = file && str_equal(file->path, job->path);
    bool ok = job->look.answer.result == DISK_OK;
    bool newer = file && file->state != FILE_OPENING;
    /* Written again since, but not closed: what was opened may be half of it. */
    bool stale = newer && file->settle.open;
    if (!same || !ok || stale)
        files->outstanding--;
    if (file && file->state == FILE_READY)
        file_ready(files, file);
    if (file && !same && !newer)
        file_ready(files, file);
    else if (same && !ok && !newer)
        refused(files, file, job);
    else if (same && ok && !newer)
        rest(files, file);
    if (same && ok && !stale)
        hand_over(files, job);
}

static void looked(struct files *files, struct file *file, const struct file_job *job)
{
    if (file->state != FILE_LOOKING) {
        if (file->state == FILE_READY)
            file_ready(files, file);
        return;
    }
    if (!str_equal(file->path, job->path)) {
        file_ask(files, file, false);
        return;
    }
    if (job->look.answer.result != DISK_OK) {
        refused(files, file, job);
        return;
    }
    struct settle_rule rule = files_rule(files);
    struct settle_stat stat = {.size_bytes = job->look.answer.key.size_bytes,
                               .mtime_ns = job->look.answer.key.mtime_ns,
                               .ctime_ns = job->look.answer.key.ctime_ns,
                               .links = job->look.answer.links,
                               .closed = job->look.answer.closed};
    struct loop *loop = files->source->loop;
    int64_t now_us = loop_now_us(loop);
    /* What a listing found counts from then: the first one ends what is known from the start. */
    if (!file->from_scan)
        file->seen_us = now_us;
    file_need(files, file,
              settle_look(&rule, &file->settle, &stat, now_us, loop_wall_ms(loop) * 1000000));
}

static void answered(struct file_job *job)
{
    struct source *source = job->source;
    struct file *file = job->file;
    if (file) /* also when closing: its end comes after the thread's */
        file->job = NULL;
    if (source->closing) {
        job_free(job);
        return;
    }
    struct files *files = source->files;
    if (job->look.open)
        opened(files, file, job);
    else if (file)
        looked(files, file, job);
    job_end(job);
    files_pump(files);
}

/* When closing, the thread has ended: what it has not taken has no answer. */
static void drop_asked(struct looks *looks)
{
    for (struct list *link; (link = list_pop(&looks->asked));)
        answered(LIST_ITEM(link, struct file_job, link));
}

static void round_done(void *arg)
{
    struct round *round = arg;
    struct source *source = round->source;
    for (size_t i = 0; i < round->n; i++)
        answered(round->jobs[i]);
    free(round);
    if (source->closing)
        drop_asked(source->looks);
    else
        ask_round_if_needed(source);
}
