/*
 * inotify's events, strictly in their order. Owns the descriptor's watcher and the halves of
 * renames; changes the tree, tells files.c, scan.c and root.c what happened.
 *
 * Two things hold an event, and all behind it, back until the disk thread has answered: a watch
 * descriptor that is not known yet (its directory is just being listed), and a renamed file, whose
 * new status is asked for. What is not read meanwhile waits in the kernel; if that runs over,
 * everything is listed again. The only system call made here on the loop is read(2).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "source/folder.h"

#define BUFFER_BYTES 65536
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
    struct disk_identity root;
    char *from, *to;
    struct disk_file answer;
};

struct events {
    struct source *source;
    int fd;
    struct loop_io *io;
    struct list moves;
    struct loop_timer *moves_timer;
    unsigned renames; /* being looked at; nothing is handled before they are answered */
    bool held;        /* the event at `at` waits for its watch */
    uint64_t asked;   /* scan_asked when the buffer was read */
    char *buffer;
    size_t at, len;
};

static void ready(void *arg, unsigned events);
static void moves_late(void *arg);

int events_open(int *error)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    *error = fd < 0 ? errno : 0;
    return fd;
}

struct events *events_new(struct source *source, int fd)
{
    struct events *events = NEW(struct events);
    events->source = source;
    events->fd = fd;
    list_init(&events->moves);
    events->moves_timer = loop_timer_new(source->loop, moves_late, events);
    if (fd < 0)
        return events;
    events->buffer = mem_alloc(BUFFER_BYTES);
    events->io = loop_io_new(source->loop, fd, LOOP_READ, ready, events);
    return events;
}

static void move_free(struct move *move)
{
    list_remove(&move->link);
    free(move->from);
    free(move);
}

void events_stop(struct events *events)
{
    loop_timer_free(&events->moves_timer);
    loop_io_free(&events->io);
}

void events_free(struct events **events)
{
    struct events *e = *events;
    if (!e)
        return;
    events_stop(e);
    list_each_safe (link, &e->moves)
        move_free(LIST_ITEM(link, struct move, link));
    fd_close(&e->fd);
    free(e->buffer);
    free(e);
    *events = NULL;
}

bool events_idle(const struct events *events)
{
    return events->at == events->len && !events->renames && list_empty(&events->moves);
}

void events_forget(struct events *events)
{
    list_each_safe (link, &events->moves)
        move_free(LIST_ITEM(link, struct move, link));
}

/* --- renames ---------------------------------------------------------------------------------- */

static void run_rename(void *arg)
{
    struct rename_job *job = arg;
    disk_look(job->source->disk, &job->root, job->to, false, &job->answer);
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
                            .key = job->answer.key,
                            .seen_us = loop_now_us(source->loop)};
    source->ops->change(source->arg, source, &change);
    bool known_path = false;
    if (job->answer.result != DISK_OK || files_waits(source->files, job->to) ||
        source->ops->known(source->arg, source, job->to, &job->answer.key, &known_path))
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
    source->events->renames--;
    if (job->answer.result == DISK_SPECIAL || job->answer.result == DISK_DIRECTORY)
        source_remove(source, job->to);
    else
        tell_rename(source, job);
    rename_free(job);
    events_go_on(source->events);
}

static void rename_file(struct events *events, const char *from, const char *to)
{
    struct source *source = events->source;
    files_renamed(source->files, from, to);
    struct rename_job *job = NEW(struct rename_job);
    *job = (struct rename_job){.source = source,
                               .root = *root_identity(source->root),
                               .from = mem_strdup(from),
                               .to = mem_strdup(to)};
    events->renames++;
    worker_submit(source->worker, run_rename, renamed, job);
}

static void split(const char *path, char **above, const char **name)
{
    const char *slash = strrchr(path, '/');
    *above = mem_strndup(path, slash ? (size_t)(slash - path) : 0);
    *name = slash ? slash + 1 : path;
}

static void rename_directory(struct events *events, const char *from, const char *to)
{
    struct source *source = events->source;
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

static bool wanted(const struct source *source, const char *path, bool is_directory)
{
    if (is_directory)
        return source->folder->recursive && names_enters(source->disk->names, path);
    return names_wants_file(source->disk->names, path);
}

/* The name left for good, or for where it is not wanted. */
static void departed(struct events *events, const struct move *move)
{
    struct source *source = events->source;
    if (!wanted(source, move->from, move->is_directory))
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

static void directory_appeared(struct source *source, struct node *parent, const char *name)
{
    struct node *node = dirs_child(source->dirs, parent, name);
    if (!node)
        node = dirs_add(source->dirs, parent, name);
    else if (node->wd >= 0)
        return;
    scan_directory(source->scan, node);
}

static void arrived(struct events *events, struct node *parent, const char *name, const char *path,
                    bool is_directory)
{
    if (!wanted(events->source, path, is_directory))
        return;
    if (is_directory)
        directory_appeared(events->source, parent, name);
    else
        files_event(events->source->files, path, SETTLE_ARRIVED);
}

static void move_began(struct events *events, const struct inotify_event *event, const char *path)
{
    struct move *move = NEW(struct move);
    *move = (struct move){
        .cookie = event->cookie, .is_directory = event->mask & IN_ISDIR, .from = mem_strdup(path)};
    list_append(&events->moves, &move->link);
    loop_timer_set(events->moves_timer, MOVE_WAIT_MS);
}

static void move_ended(struct events *events, const struct inotify_event *event,
                       struct node *parent, const char *path)
{
    struct source *source = events->source;
    bool is_directory = event->mask & IN_ISDIR;
    struct move *move = NULL;
    list_each (link, &events->moves)
        if (LIST_ITEM(link, struct move, link)->cookie == event->cookie)
            move = LIST_ITEM(link, struct move, link);
    if (!move) {
        arrived(events, parent, event->name, path, is_directory);
        return;
    }
    if (!wanted(source, path, is_directory)) {
        departed(events, move);
    } else if (!wanted(source, move->from, is_directory)) {
        arrived(events, parent, event->name, path, is_directory);
    } else if (is_directory) {
        rename_directory(events, move->from, path);
    } else {
        rename_file(events, move->from, path);
    }
    move_free(move);
}

/* The other half did not come. */
static void move_flush(struct events *events, struct move *move)
{
    departed(events, move);
    move_free(move);
}

static void moves_late(void *arg)
{
    struct events *events = arg;
    if (events->at < events->len || events->renames) {
        loop_timer_set(events->moves_timer, MOVE_WAIT_MS);
        return;
    }
    list_each_safe (link, &events->moves)
        move_flush(events, LIST_ITEM(link, struct move, link));
}

static bool is_at_or_below(const char *path, const char *above)
{
    size_t len = strlen(above);
    return strncmp(path, above, len) == 0 && (!path[len] || path[len] == '/');
}

/* A name that left is used again, or one above it is about to change: first things first. */
static void moves_settle(struct events *events, const struct inotify_event *event, const char *path)
{
    list_each_safe (link, &events->moves) {
        struct move *move = LIST_ITEM(link, struct move, link);
        if (move->cookie != event->cookie && is_at_or_below(move->from, path))
            move_flush(events, move);
    }
}

/* --- one event -------------------------------------------------------------------------------- */

static void on_directory(struct events *events, const struct inotify_event *event,
                         struct node *parent, const char *path)
{
    struct source *source = events->source;
    if (!wanted(source, path, true))
        return;
    if (event->mask & IN_CREATE)
        directory_appeared(source, parent, event->name);
    struct node *node = dirs_child(source->dirs, parent, event->name);
    if (!node)
        return;
    if (event->mask & IN_DELETE)
        watches_drop(source, node);
    else if ((event->mask & IN_ATTRIB) && node->wd < 0)
        scan_directory(source->scan, node); /* it may have become readable */
}

static void on_file(struct events *events, const struct inotify_event *event, const char *path)
{
    struct source *source = events->source;
    if (!wanted(source, path, false))
        return;
    if (event->mask & IN_DELETE)
        source_remove(source, path);
    else if (event->mask & IN_CLOSE_WRITE)
        files_event(source->files, path, SETTLE_CLOSED);
    else if (event->mask & IN_CREATE)
        files_event(source->files, path, SETTLE_CREATED);
    else if (event->mask & IN_MODIFY)
        files_event(source->files, path, SETTLE_WRITTEN);
    else if (event->mask & IN_ATTRIB)
        files_event(source->files, path, SETTLE_CHMODDED);
}

static void on_name(struct events *events, const struct inotify_event *event, struct node *node)
{
    AUTO_BUF struct buf path = {0};
    dirs_path(node, event->name, &path);
    moves_settle(events, event, path.data);
    if (event->mask & IN_MOVED_FROM)
        move_began(events, event, path.data);
    else if (event->mask & IN_MOVED_TO)
        move_ended(events, event, node, path.data);
    else if (event->mask & IN_ISDIR)
        on_directory(events, event, node, path.data);
    else
        on_file(events, event, path.data);
}

/* A watch that ended although its directory is still in the tree: the directory is gone, which its
 * parent's event tells, or this is another one of its name, or it came back so fast that it was
 * watched anew by the old watch, just before that was taken away. */
static void watch_ended(struct source *source, struct node *node)
{
    dirs_unwatch(source->dirs, node);
    source->counts.watches = dirs_watches(source->dirs);
    if (node == dirs_root(source->dirs))
        root_check(source->root, true);
    else
        scan_directory(source->scan, node);
}

static void on_self(struct events *events, const struct inotify_event *event, struct node *node)
{
    struct source *source = events->source;
    if (event->mask & IN_IGNORED)
        watch_ended(source, node);
    else if (node == dirs_root(source->dirs) || (event->mask & IN_UNMOUNT))
        root_check(source->root, false);
}

static void overflowed(struct source *source)
{
    source->counts.overflows++;
    log_notice("source %s: more happened than the kernel's queue holds; listing everything again",
               source->folder->name);
    source_told(source);
    scan_all(source->scan, false);
}

/* False: it has to wait. */
static bool handle(struct events *events, const struct inotify_event *event)
{
    struct source *source = events->source;
    if (event->mask & IN_Q_OVERFLOW) {
        overflowed(source);
        return true;
    }
    if (root_is_away_watch(source->root, event->wd)) {
        root_away_event(source->root, event->len ? event->name : NULL);
        return true;
    }
    struct node *node = dirs_watched(source->dirs, event->wd);
    if (!node)
        return scan_answered(source->scan) >= events->asked && root_idle(source->root);
    if (event->mask & (IN_IGNORED | IN_UNMOUNT | IN_DELETE_SELF | IN_MOVE_SELF))
        on_self(events, event, node);
    else if (event->len)
        on_name(events, event, node);
    return true;
}

static void handle_buffer(struct events *events)
{
    events->held = false;
    while (events->at < events->len && !events->renames && !events->held) {
        const struct inotify_event *event = (const void *)(events->buffer + events->at);
        if (!handle(events, event)) {
            events->held = true;
            break;
        }
        events->source->counts.events++;
        events->at += sizeof(*event) + event->len;
    }
    bool waits = events->at < events->len || events->renames;
    loop_io_mask(events->io, waits ? 0 : LOOP_READ);
}

static void ready(void *arg, unsigned mask)
{
    (void)mask;
    struct events *events = arg;
    ssize_t n = read(events->fd, events->buffer, BUFFER_BYTES);
    if (n <= 0) {
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            log_panic("source %s: cannot read inotify events: %m", events->source->folder->name);
        return;
    }
    events->at = 0;
    events->len = (size_t)n;
    events->asked = scan_asked(events->source->scan);
    handle_buffer(events);
}

void events_go_on(struct events *events)
{
    if (events->at < events->len || events->renames)
        handle_buffer(events);
    else if (events->io)
        loop_io_mask(events->io, LOOP_READ);
}
