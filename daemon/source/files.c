/*
 * The paths that wait: until they are complete (settle.h), then for credit, then for the disk
 * thread to open them. Each path is here once, whatever happens to it; a path that nothing waits
 * for is not here at all. Called by events.c, scan.c and the receiver's credit.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "source/due.h"
#include "source/folder.h"

#define LOST_WAIT_US INT64_C(20000)   /* for the event that says where a file went */
#define BUSY_WAIT_US INT64_C(1000000) /* when descriptors ran out */

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

struct files {
    struct source *source;
    struct map *by_path;
    struct due_heap due;
    struct list ready;
    struct loop_timer *timer;
    unsigned outstanding; /* being opened, or handed over and not yet credited */
};

static void fired(void *arg);
static void pump(struct files *files);

struct files *files_new(struct source *source)
{
    struct files *files = NEW(struct files);
    files->source = source;
    files->by_path = map_new();
    list_init(&files->ready);
    files->timer = loop_timer_new(source->loop, fired, files);
    return files;
}

static struct settle_rule rule_of(const struct files *files)
{
    const struct source *source = files->source;
    return (struct settle_rule){
        .settle_us = source->folder->settle_ms * 1000,
        .growing = source->folder->growth == CONFIG_GROWTH_LOG,
        .trust_clock = !root_polled(source->root),
    };
}

static void timer_follow(struct files *files)
{
    const struct due *first = due_first(&files->due);
    if (!first) {
        loop_timer_stop(files->timer);
        return;
    }
    int64_t delay_us = first->at_us - loop_now_us(files->source->loop);
    loop_timer_set(files->timer, delay_us > 0 ? (delay_us + 999) / 1000 : 0);
}

/* The timer follows the earliest deadline; it is only moved when that became earlier, or fired. */
static void wait_until(struct files *files, struct file *file, int64_t due_us)
{
    due_set(&files->due, &file->due, due_us);
    if (due_first(&files->due) == &file->due || !loop_timer_active(files->timer))
        timer_follow(files);
}

static void set_state(struct files *files, struct file *file, enum file_state state)
{
    struct source_counts *counts = &files->source->counts;
    counts->waiting -= file->state != FILE_RESTING;
    counts->waiting += state != FILE_RESTING;
    if (state != FILE_WAITING && state != FILE_LOST && state != FILE_RESTING)
        due_clear(&files->due, &file->due);
    if (state != FILE_READY)
        list_remove(&file->ready);
    file->state = state;
}

static struct file *file_of(struct files *files, const char *path)
{
    struct file *file = map_get_text(files->by_path, path);
    if (file)
        return file;
    file = NEW(struct file);
    file->path = mem_strdup(path);
    list_init(&file->ready);
    map_set_text(files->by_path, path, file);
    return file;
}

static void drop(struct files *files, struct file *file)
{
    set_state(files, file, FILE_RESTING);
    due_clear(&files->due, &file->due);
    map_remove_text(files->by_path, file->path);
    if (file->job)
        file->job->file = NULL;
    free(file->path);
    free(file);
}

void files_forget(struct files *files)
{
    size_t at = 0, len;
    const void *key;
    void *value;
    while (map_next(files->by_path, &at, &key, &len, &value))
        drop(files, value);
    loop_timer_stop(files->timer);
}

void files_free(struct files **files)
{
    if (!*files)
        return;
    files_forget(*files);
    map_free(&(*files)->by_path, NULL);
    due_heap_deinit(&(*files)->due);
    loop_timer_free(&(*files)->timer);
    free(*files);
    *files = NULL;
}

bool files_waits(const struct files *files, const char *path)
{
    return map_get_text(files->by_path, path) != NULL;
}

/* --- jobs ------------------------------------------------------------------------------------- */

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

static void ask(struct files *files, struct file *file, bool open)
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
    set_state(files, file, open ? FILE_OPENING : FILE_LOOKING);
    worker_submit(files->source->worker, run, answered, job);
}

static void make_ready(struct files *files, struct file *file)
{
    set_state(files, file, FILE_READY);
    if (!file->job && list_empty(&file->ready))
        list_append(&files->ready, &file->ready);
}

static void do_need(struct files *files, struct file *file, enum settle_need need)
{
    switch (need) {
    case SETTLE_COMPLETE:
        make_ready(files, file);
        break;
    case SETTLE_LOOK:
        if (file->job)
            wait_until(files, file, loop_now_us(files->source->loop) + LOST_WAIT_US);
        else
            ask(files, file, false);
        break;
    case SETTLE_WAIT:
        set_state(files, file, FILE_WAITING);
        wait_until(files, file, file->settle.due_us);
        break;
    }
}

static void pump(struct files *files)
{
    while (files->outstanding < SOURCE_CREDIT) {
        struct list *link = list_pop(&files->ready);
        if (!link)
            break;
        struct file *file = LIST_ITEM(link, struct file, ready);
        files->outstanding++;
        ask(files, file, true);
        settle_reported(&file->settle, loop_now_us(files->source->loop));
        file->from_scan = file->missed = file->again = false;
    }
    scan_go_on(files->source->scan);
}

void files_owe(struct files *files, unsigned n)
{
    files->outstanding += n;
}

void files_credit(struct files *files, unsigned n)
{
    files->outstanding -= n < files->outstanding ? n : files->outstanding;
    pump(files);
}

/* --- answers ---------------------------------------------------------------------------------- */

static void count(struct source *source, enum disk_result result)
{
    switch (result) {
    case DISK_VANISHED:
        source->counts.vanished++;
        break;
    case DISK_UNREADABLE:
        source->counts.unreadable++;
        break;
    case DISK_SPECIAL:
        source->counts.skipped_special++;
        break;
    case DISK_LARGE:
        source->counts.skipped_large++;
        break;
    case DISK_OK:
    case DISK_DIRECTORY:
    case DISK_ROOT:
    case DISK_BUSY:
        return;
    }
    source_told(source);
}

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
        set_state(files, file, FILE_LOST);
        wait_until(files, file, loop_now_us(source->loop) + LOST_WAIT_US);
        return;
    case DISK_BUSY:
        file->from_scan = job->from_scan;
        file->again = job->again;
        file->settle.open = false;
        set_state(files, file, FILE_WAITING);
        wait_until(files, file, loop_now_us(source->loop) + BUSY_WAIT_US);
        return;
    case DISK_ROOT:
        drop(files, file);
        root_check(source->root, false);
        return;
    case DISK_DIRECTORY: {
        AUTO_FREE char *path = mem_strdup(file->path);
        drop(files, file);
        found_directory(source, path);
        return;
    }
    case DISK_OK:
    case DISK_UNREADABLE:
    case DISK_SPECIAL:
    case DISK_LARGE:
        break;
    }
    count(source, job->answer.result);
    drop(files, file);
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
    if (rule_of(files).growing && until_us > loop_now_us(files->source->loop)) {
        set_state(files, file, FILE_RESTING);
        wait_until(files, file, until_us);
    } else {
        drop(files, file);
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
        make_ready(files, file);
    if (file && !same && !newer)
        make_ready(files, file);
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
            make_ready(files, file);
        return;
    }
    if (!str_equal(file->path, job->path)) {
        ask(files, file, false);
        return;
    }
    if (job->answer.result != DISK_OK) {
        refused(files, file, job);
        return;
    }
    struct settle_rule rule = rule_of(files);
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
    do_need(files, file,
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
    pump(files);
}

static void came_due(struct files *files, struct file *file)
{
    switch (file->state) {
    case FILE_WAITING:
        do_need(files, file, settle_due(&file->settle));
        return;
    case FILE_LOST:
        if (!events_idle(files->source->events)) {
            wait_until(files, file, loop_now_us(files->source->loop) + LOST_WAIT_US);
            return;
        }
        count(files->source, DISK_VANISHED);
        drop(files, file);
        return;
    case FILE_RESTING:
        drop(files, file);
        return;
    case FILE_LOOKING:
    case FILE_READY:
    case FILE_OPENING:
        return;
    }
}

static void fired(void *arg)
{
    struct files *files = arg;
    int64_t now_us = loop_now_us(files->source->loop);
    struct due *first;
    while ((first = due_first(&files->due)) && first->at_us <= now_us) {
        due_clear(&files->due, first);
        came_due(files, LIST_ITEM(first, struct file, due));
    }
    timer_follow(files);
    pump(files);
}

/* --- what happened ---------------------------------------------------------------------------- */

void files_event(struct files *files, const char *path, enum settle_event event)
{
    struct file *file = file_of(files, path);
    struct settle_rule rule = rule_of(files);
    file->from_scan = file->missed = false;
    file->seen_us = loop_now_us(files->source->loop);
    do_need(files, file, settle_event(&rule, &file->settle, event, file->seen_us));
    pump(files);
}

void files_found(struct files *files, const char *path, const struct disk_entry *entry,
                 bool from_scan, bool missed)
{
    if (entry->result != DISK_OK) {
        count(files->source, entry->result);
        return;
    }
    struct file *file = map_get_text(files->by_path, path);
    if (file && file->state != FILE_RESTING)
        return;
    struct settle_rule rule = rule_of(files);
    struct loop *loop = files->source->loop;
    struct settle_stat stat = {.size_bytes = entry->key.size_bytes,
                               .mtime_ns = entry->key.mtime_ns,
                               .ctime_ns = entry->key.ctime_ns,
                               .links = entry->links};
    bool rested = file != NULL;
    file = file_of(files, path);
    file->from_scan = from_scan;
    file->missed = missed;
    file->seen_us = loop_now_us(loop);
    enum settle_need need =
        rested
            ? settle_event(&rule, &file->settle, SETTLE_WRITTEN, file->seen_us)
            : settle_look(&rule, &file->settle, &stat, file->seen_us, loop_wall_ms(loop) * 1000000);
    /* Young: perhaps it is still being written, perhaps its writer was faster than the watch. */
    if (!rested && need == SETTLE_WAIT && rule.trust_clock)
        need = SETTLE_LOOK;
    do_need(files, file, need);
    pump(files);
}

/* Deleted, or another took its name, before it was opened. */
static void lose(struct files *files, struct file *file)
{
    if (file->state != FILE_RESTING)
        count(files->source, DISK_VANISHED);
    drop(files, file);
}

void files_gone(struct files *files, const char *path)
{
    struct file *file = map_get_text(files->by_path, path);
    if (file)
        lose(files, file);
}

static void rename_file(struct files *files, struct file *file, const char *to)
{
    map_remove_text(files->by_path, file->path);
    free(file->path);
    file->path = mem_strdup(to);
    map_set_text(files->by_path, to, file);
    if (file->state == FILE_LOST)
        make_ready(files, file);
}

void files_renamed(struct files *files, const char *from, const char *to)
{
    struct file *over = map_get_text(files->by_path, to);
    if (over)
        lose(files, over);
    struct file *file = map_get_text(files->by_path, from);
    if (file)
        rename_file(files, file, to);
    pump(files);
}

void files_tree_moved(struct files *files, const char *from, const char *to)
{
    size_t from_len = strlen(from), at = 0, len, n = 0, cap = 0;
    const void *key;
    void *value;
    struct file **moved = NULL;
    while (map_next(files->by_path, &at, &key, &len, &value)) {
        const char *path = ((struct file *)value)->path;
        if (str_starts(path, from) && path[from_len] == '/') {
            moved = mem_grow(moved, &cap, n + 1, sizeof(struct file *));
            moved[n++] = value;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (!to) {
            lose(files, moved[i]);
            continue;
        }
        AUTO_FREE char *path = mem_printf("%s%s", to, moved[i]->path + from_len);
        struct file *over = map_get_text(files->by_path, path);
        if (!over)
            rename_file(files, moved[i], path);
    }
    free(moved);
    pump(files);
}

void files_retry(struct files *files, const char *path, int64_t delay_ms)
{
    struct file *file = map_get_text(files->by_path, path);
    if (file && file->state != FILE_RESTING) {
        file->again = true;
        return;
    }
    file = file_of(files, path);
    file->again = true;
    file->settle.open = false;
    file->seen_us = loop_now_us(files->source->loop);
    set_state(files, file, FILE_WAITING);
    wait_until(files, file, file->seen_us + delay_ms * 1000);
}
