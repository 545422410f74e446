/*
 * inotify's events, strictly in their order. Owns the descriptor's watcher; changes the tree, tells
 * moves.c, files.c, scan.c and root.c what happened.
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

#include "base/log.h"
#include "base/mem.h"
#include "source/folder.h"

#define BUFFER_BYTES 65536

struct events {
    struct source *source;
    int fd;
    struct loop_io *io;
    bool held;      /* the event at `at` waits for its watch */
    uint64_t asked; /* scan_asked when the buffer was read */
    char *buffer;
    size_t at, len;
};

static void ready(void *arg, unsigned events);

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
    if (fd < 0)
        return events;
    events->buffer = mem_alloc(BUFFER_BYTES);
    events->io = loop_io_new(source->loop, fd, LOOP_READ, ready, events);
    return events;
}

void events_stop(struct events *events)
{
    loop_io_free(&events->io);
}

void events_free(struct events **events)
{
    struct events *e = *events;
    if (!e)
        return;
    events_stop(e);
    fd_close(&e->fd);
    free(e->buffer);
    free(e);
    *events = NULL;
}

bool events_behind(const struct events *events)
{
    return events->at < events->len;
}

bool events_idle(const struct events *events)
{
    return events->at == events->len && moves_idle(events->source->moves);
}

/* --- one event -------------------------------------------------------------------------------- */

static void on_directory(struct events *events, const struct inotify_event *event,
                         struct node *parent, const char *path)
{
    struct source *source = events->source;
    if (!source_wants(source, path, true))
        return;
    if (event->mask & IN_CREATE)
        scan_appeared(source->scan, parent, event->name);
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
    if (!source_wants(source, path, false))
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
    struct moves *moves = events->source->moves;
    AUTO_BUF struct buf path = {0};
    dirs_path(node, event->name, &path);
    moves_settle(moves, event->cookie, path.data);
    if (event->mask & IN_MOVED_FROM)
        moves_began(moves, event, path.data);
    else if (event->mask & IN_MOVED_TO)
        moves_ended(moves, event, node, path.data);
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
    const struct moves *moves = events->source->moves;
    events->held = false;
    while (events_behind(events) && moves_known(moves) && !events->held) {
        const struct inotify_event *event = (const void *)(events->buffer + events->at);
        if (!handle(events, event)) {
            events->held = true;
            break;
        }
        events->source->counts.events++;
        events->at += sizeof(*event) + event->len;
    }
    bool waits = events_behind(events) || !moves_known(moves);
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
    if (events_behind(events) || !moves_known(events->source->moves))
        handle_buffer(events);
    else if (events->io)
        loop_io_mask(events->io, LOOP_READ);
}
