/*
 * What the disk thread is asked about a path that waits, what is at it now and, once there is
 * credit, to open it, and what becomes of the path by the answer. Meanwhile the path may have
 * moved, been written again or gone: an answer counts for the path that was asked about.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "source/files.h"

#define BUSY_WAIT_US INT64_C(1000000) /* when descriptors ran out */

struct file_job {
    struct source *source;
    struct file *file; /* NULL: nobody waits for the answer any more */
    struct disk_identity root;
    char *path;
    bool open;
    bool from_scan, missed, again;
    int64_t seen_us;
    struct disk_file answer;
};

static void run(void *arg)
{
    struct file_job *job = arg;
    disk_look(job->source->disk, &job->root, job->path, job->open, &job->answer);
}

static void run_close(void *arg)
{
    struct file_job *job = arg;
    fd_close(&job->answer.fd);
}

static void job_free(void *arg)
{
    struct file_job *job = arg;
    fd_close(&job->answer.fd);
    free(job->path);
    free(job);
}

/* Closing can hang, too, so the disk thread does it. */
static void job_end(struct file_job *job)
{
    if (job->answer.fd >= 0 && !job->source->closing)
        worker_submit(job->source->worker, run_close, job_free, job);
    else
        job_free(job);
}

static void answered(void *arg);

void file_ask(struct files *files, struct file *file, bool open)
{
    struct file_job *job = NEW(struct file_job);
    *job = (struct file_job){.source = files->source,
                             .file = file,
                             .root = *root_identity(files->source->root),
                             .path = mem_strdup(file->path),
                             .open = open,
                             .from_scan = file->from_scan,
                             .missed = file->missed,
                             .again = file->again,
                             .seen_us = file->seen_us};
    job->answer.fd = -1;
    file->job = job;
    file_set_state(files, file, open ? FILE_OPENING : FILE_LOOKING);
    worker_submit(files->source->worker, run, answered, job);
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
    switch (job->answer.result) {
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
    file_count(source, job->answer.result);
    file_drop(files, file);
}

static void hand_over(struct files *files, struct file_job *job)
{
    struct source *source = files->source;
    bool known_path = false;
    bool known = source->ops->known(source->arg, source, job->path, &job->answer.key, &known_path);
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
        .fd = job->answer.fd,
        .key = job->answer.key,
        .seen_us = job->seen_us,
        .from_scan = job->from_scan,
    };
    job->answer.fd = -1;
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
    bool ok = job->answer.result == DISK_OK;
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
    if (job->answer.result != DISK_OK) {
        refused(files, file, job);
        return;
    }
    struct settle_rule rule = files_rule(files);
    struct settle_stat stat = {.size_bytes = job->answer.key.size_bytes,
                               .mtime_ns = job->answer.key.mtime_ns,
                               .ctime_ns = job->answer.key.ctime_ns,
                               .links = job->answer.links,
                               .closed = job->answer.closed};
    struct loop *loop = files->source->loop;
    int64_t now_us = loop_now_us(loop);
    /* What a listing found counts from then: the first one ends what is known from the start. */
    if (!file->from_scan)
        file->seen_us = now_us;
    file_need(files, file,
              settle_look(&rule, &file->settle, &stat, now_us, loop_wall_ms(loop) * 1000000));
}

static void answered(void *arg)
{
    struct file_job *job = arg;
    struct source *source = job->source;
    struct file *file = job->file;
    if (file) /* also when closing: its end comes after the thread's */
        file->job = NULL;
    if (source->closing) {
        job_free(job);
        return;
    }
    struct files *files = source->files;
    if (job->open)
        opened(files, file, job);
    else if (file)
        looked(files, file, job);
    job_end(job);
    files_pump(files);
}
