/*
 * Renames, of which inotify tells in two halves. A name that left waits a moment for where it
 * arrives: without that, it is gone. Of a renamed file it is asked what it is now, and no event is
 * handled before that is answered. Called by events.c.
 */
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/mem.h"
#include "source/folder.h"

#define MOVE_WAIT_MS 10 /* the two halves of a rename are queued one after the other */

/* A name that left and may arrive under another. */
struct move {
    struct list link;
    uint32_t cookie;
    bool is_directory;
    char *from;
};

struct rename_job {
    struct source *source;
    char *from, *to;
    struct disk_look look;
};

struct moves {
    struct source *source;
    struct list halves;
    struct loop_timer *late;
    unsigned looks; /* at what a renamed file is now */
};

static void came_late(void *arg);

struct moves *moves_new(struct source *source)
{
    struct moves *moves = NEW(struct moves);
    moves->source = source;
    list_init(&moves->halves);
    moves->late = loop_timer_new(source->loop, came_late, moves);
    return moves;
}

static void move_free(struct move *move)
{
    list_remove(&move->link);
    free(move->from);
    free(move);
}

void moves_forget(struct moves *moves)
{
    list_each_safe (link, &moves->halves)
        move_free(LIST_ITEM(link, struct move, link));
}

void moves_stop(struct moves *moves)
{
    loop_timer_free(&moves->late);
}

void moves_free(struct moves **moves)
{
    if (!*moves)
        return;
    moves_stop(*moves);
    moves_forget(*moves);
    free(*moves);
    *moves = NULL;
}

bool moves_known(const struct moves *moves)
{
    return !moves->looks;
}

bool moves_idle(const struct moves *moves)
{
    return !moves->looks && list_empty(&moves->halves);
}

/* --- a whole rename --------------------------------------------------------------------------- */

static void run_rename(void *arg)
{
    struct rename_job *job = arg;
    struct disk_look *look = &job->look;
    disk_look(job->source->disk, &look, 1);
}

static void rename_free(struct rename_job *job)
{
    free(job->from);
    free(job->to);
    free(job);
}

/* Renamed, and then held against what is known: a file that was not (it came from where nobody
 * looked yet, or was not read in time) is read now. */
static void tell_rename(struct source *source, const struct rename_job *job)
{
    struct change change = {.kind = CHANGE_RENAMED,
                            .path = job->to,
                            .old_path = job->from,
                            .fd = -1,
                            .key = job->look.answer.key,
                            .seen_us = loop_now_us(source->loop)};
    source->ops->change(source->arg, source, &change);
    bool known_path = false;
    if (job->look.answer.result != DISK_OK || files_waits(source->files, job->to) ||
        source->ops->known(source->arg, source, job->to, &job->look.answer.key, &known_path))
        return;
    files_event(source->files, job->to, SETTLE_ARRIVED);
}

static void renamed(void *arg)
{
    struct rename_job *job = arg;
    struct source *source = job->source;
    if (source->closing) {
        rename_free(job);
        return;
    }
    source->moves->looks--;
    if (job->look.answer.result == DISK_SPECIAL || job->look.answer.result == DISK_DIRECTORY)
        source_remove(source, job->to);
    else
        tell_rename(source, job);
    rename_free(job);
    events_go_on(source->events);
}

static void rename_file(struct source *source, const char *from, const char *to)
{
    files_renamed(source->files, from, to);
    struct rename_job *job = NEW(struct rename_job);
    *job = (struct rename_job){.source = source,
                               .from = mem_strdup(from),
                               .to = mem_strdup(to),
                               .look = {.root = *root_identity(source->root)}};
    job->look.path = job->to;
    source->moves->looks++;
    worker_submit(source->worker, run_rename, renamed, job);
}

static void split(const char *path, char **above, const char **name)
{
    const char *slash = strrchr(path, '/');
    *above = mem_strndup(path, slash ? (size_t)(slash - path) : 0);
    *name = slash ? slash + 1 : path;
}

static void rename_directory(struct source *source, const char *from, const char *to)
{
    AUTO_FREE char *above = NULL;
    const char *name = NULL;
    split(to, &above, &name);
    struct node *node = dirs_find(source->dirs, from);
    struct node *parent = dirs_find(source->dirs, above);
    struct node *over = dirs_find(source->dirs, to);
    if (!parent)
        return;
    if (over && over != node)
        watches_drop(source, over);
    if (node && over != node) {
        node = dirs_move(source->dirs, node, parent, name);
        scan_follow(node);
        source_tree_moved(source, from, to);
    } else if (!node) {
        node = dirs_add(source->dirs, parent, name);
    }
    scan_moved(source->scan, node);
}

/* --- its halves ------------------------------------------------------------------------------- */

/* The name left for good, or for where it is not wanted. */
static void departed(struct source *source, const struct move *move)
{
    if (!source_wants(source, move->from, move->is_directory))
        return;
    if (!move->is_directory) {
        source_remove(source, move->from);
        return;
    }
    struct node *node = dirs_find(source->dirs, move->from);
    if (node)
        watches_drop(source, node);
    source_tree_moved(source, move->from, NULL);
}

static void arrived(struct source *source, struct node *parent, const char *name, const char *path,
                    bool is_directory)
{
    if (!source_wants(source, path, is_directory))
        return;
    if (is_directory)
        scan_appeared(source->scan, parent, name);
    else
        files_event(source->files, path, SETTLE_ARRIVED);
}

void moves_began(struct moves *moves, const struct inotify_event *event, const char *path)
{
    struct move *move = NEW(struct move);
    *move = (struct move){
        .cookie = event->cookie, .is_directory = event->mask & IN_ISDIR, .from = mem_strdup(path)};
    list_append(&moves->halves, &move->link);
    loop_timer_set(moves->late, MOVE_WAIT_MS);
}

void moves_ended(struct moves *moves, const struct inotify_event *event, struct node *parent,
                 const char *path)
{
    struct source *source = moves->source;
    bool is_directory = event->mask & IN_ISDIR;
    struct move *move = NULL;
    list_each (link, &moves->halves)
        if (LIST_ITEM(link, struct move, link)->cookie == event->cookie)
            move = LIST_ITEM(link, struct move, link);
    if (!move) {
        arrived(source, parent, event->name, path, is_directory);
        return;
    }
    if (!source_wants(source, path, is_directory)) {
        departed(source, move);
    } else if (!source_wants(source, move->from, is_directory)) {
        arrived(source, parent, event->name, path, is_directory);
    } else if (is_directory) {
        rename_directory(source, move->from, path);
    } else {
        rename_file(source, move->from, path);
    }
    move_free(move);
}

/* The other half did not come. */
static void flush(struct source *source, struct move *move)
{
    departed(source, move);
    move_free(move);
}

static void came_late(void *arg)
{
    struct moves *moves = arg;
    if (events_behind(moves->source->events) || moves->looks) {
        loop_timer_set(moves->late, MOVE_WAIT_MS);
        return;
    }
    list_each_safe (link, &moves->halves)
        flush(moves->source, LIST_ITEM(link, struct move, link));
}

static bool is_at_or_below(const char *path, const char *above)
{
    size_t len = strlen(above);
    return strncmp(path, above, len) == 0 && (!path[len] || path[len] == '/');
}

void moves_settle(struct moves *moves, uint32_t cookie, const char *path)
{
    list_each_safe (link, &moves->halves) {
        struct move *move = LIST_ITEM(link, struct move, link);
        if (move->cookie != cookie && is_at_or_below(move->from, path))
            flush(moves->source, move);
    }
}
