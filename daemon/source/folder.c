/* A folder as a source: puts its parts together; the public face of this room. See folder.h. */
#include "source/folder.h"

#include <stdlib.h>

#include "base/mem.h"

#define CLOSE_WAIT_MS 1000

struct source *source_new(struct loop *loop, const struct config_folder *folder,
                          const struct source_ops *ops, void *arg)
{
    struct source *source = NEW(struct source);
    source->loop = loop;
    source->folder = folder;
    source->ops = ops;
    source->arg = arg;
    int error = 0;
    int fd = events_open(&error);
    AUTO_FREE char *thread = mem_printf("disk %s", folder->name);
    source->worker = worker_new(loop, thread);
    source->disk = disk_new(folder, fd);
    source->dirs = dirs_new();
    source->scan = scan_new(source);
    source->looks = looks_new();
    source->files = files_new(source);
    source->moves = moves_new(source);
    source->events = events_new(source, fd);
    source->root = root_new(source, error);
    root_check(source->root, true);
    return source;
}

void source_go_on(struct source *source, const struct source_counts *before)
{
    struct source_counts *counts = &source->counts;
    counts->events += before->events;
    counts->overflows += before->overflows;
    counts->scans += before->scans;
    counts->opened += before->opened;
    counts->skipped_large += before->skipped_large;
    counts->skipped_special += before->skipped_special;
    counts->vanished += before->vanished;
    counts->unreadable += before->unreadable;
}

void source_free(struct source **source)
{
    struct source *s = *source;
    if (!s)
        return;
    *source = NULL;
    s->closing = true;
    bool ended = worker_free_within(&s->worker, CLOSE_WAIT_MS);
    events_stop(s->events);
    moves_stop(s->moves);
    root_free(&s->root);
    files_free(&s->files);
    scan_free(&s->scan);
    /* A thread that hangs still reads `disk` and `looks`, and the answer it may give one day asks
     * `closing`. */
    if (!ended)
        return;
    events_free(&s->events);
    moves_free(&s->moves);
    dirs_free(&s->dirs);
    disk_free(&s->disk);
    looks_free(&s->looks);
    free(s);
}

void source_owe(struct source *source, unsigned n)
{
    files_owe(source->files, n);
}

void source_credit(struct source *source, unsigned n)
{
    files_credit(source->files, n);
}

void source_vanished(struct source *source)
{
    source->counts.vanished++;
    source_told(source);
}

void source_rescan(struct source *source)
{
    root_accept(source->root);
}

void source_retry(struct source *source, const char *path, int64_t delay_ms)
{
    files_retry(source->files, path, delay_ms);
}

const char *source_name(const struct source *source)
{
    return source->folder->name;
}

const struct config_folder *source_folder(const struct source *source)
{
    return source->folder;
}

const char *source_state_name(enum source_state state)
{
    static const char *const names[SOURCE_N_STATES] = {
        [SOURCE_STARTING] = "starting",
        [SOURCE_WATCHING] = "watching",
        [SOURCE_POLLING] = "polling",
        [SOURCE_UNAVAILABLE] = "unavailable",
    };
    return names[state];
}

enum source_state source_state(const struct source *source)
{
    return root_state(source->root);
}

const char *source_why(const struct source *source)
{
    return root_why(source->root);
}

const struct source_counts *source_counts(const struct source *source)
{
    return &source->counts;
}

bool source_polls(const struct source *source)
{
    return root_polled(source->root);
}

bool source_idle(const struct source *source)
{
    return !source->counts.waiting && scan_idle(source->scan) && events_idle(source->events) &&
           root_idle(source->root);
}

bool source_wants(const struct source *source, const char *path, bool is_directory)
{
    if (is_directory)
        return source->folder->recursive && names_enters(source->disk->names, path);
    return names_wants_file(source->disk->names, path);
}

void source_told(struct source *source)
{
    if (source->ops->state)
        source->ops->state(source->arg, source);
}

void source_remove(struct source *source, const char *path)
{
    files_gone(source->files, path);
    struct change change = {
        .kind = CHANGE_REMOVED, .path = path, .fd = -1, .seen_us = loop_now_us(source->loop)};
    source->ops->change(source->arg, source, &change);
}

void source_tree_moved(struct source *source, const char *from, const char *to)
{
    files_tree_moved(source->files, from, to);
    source->ops->tree_moved(source->arg, source, from, to);
}
