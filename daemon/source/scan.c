/*
 * Watching and listing directories, one batch of one directory on the disk thread at a time, so
 * that files which are complete get their turn in between.
 *
 * Two queues: directories that just appeared, which go first because their watch is what brings
 * the next events, and those of a complete listing. A listing holds its node, not a path; when the
 * node is removed, the answer goes nowhere. Called by events.c and root.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "source/folder.h"

#define WAITING_MAX   16384 /* paths; a complete listing pauses while so many wait to be read */
#define CONTESTED_MAX 3     /* times two paths may take one watch from each other */

struct listing {
    struct list link;
    struct source *source;
    struct node *node; /* NULL: removed meanwhile */
    bool counted;      /* part of the complete listing */
    bool once_more;    /* from the beginning, when it ends: as part of the complete listing */
    bool moved;        /* the same, because the directory got another path meanwhile */
    bool begun, opened;
    struct disk_listing disk;
};

struct scan {
    struct source *source;
    struct list fresh, counted;
    struct listing *current; /* with the disk thread */
    uint64_t asked, answered;
    uint64_t generation;
    bool handling; /* an answer: nothing else begins or ends meanwhile */
    bool running;  /* a complete listing */
    bool next;     /* another one after it */
    bool next_check;
    size_t pending; /* its directories, queued or at work */
    int64_t began_us, began_wall_ns, last_wall_ns;
    struct scan_outcome outcome;
};

static void finish(struct scan *scan);

struct scan *scan_new(struct source *source)
{
    struct scan *scan = NEW(struct scan);
    scan->source = source;
    list_init(&scan->fresh);
    list_init(&scan->counted);
    return scan;
}

static void listing_free(void *arg)
{
    struct listing *listing = arg;
    disk_listing_deinit(&listing->disk);
    free(listing);
}

static void nothing(void *arg)
{
    (void)arg;
}

/* An open directory is closed by the disk thread. */
static void listing_end(struct listing *listing)
{
    list_remove(&listing->link);
    if (listing->node)
        listing->node->listing = NULL;
    if (listing->disk.dir && !listing->source->closing)
        worker_submit(listing->source->worker, nothing, listing_free, listing);
    else
        listing_free(listing);
}

static void queue_free(struct list *queue)
{
    list_each_safe (link, queue)
        listing_end(LIST_ITEM(link, struct listing, link));
}

void scan_free(struct scan **scan)
{
    if (!*scan)
        return;
    queue_free(&(*scan)->fresh);
    queue_free(&(*scan)->counted);
    free(*scan);
    *scan = NULL;
}

bool scan_idle(const struct scan *scan)
{
    return !scan->running && !scan->next && !scan->current && list_empty(&scan->fresh);
}

uint64_t scan_asked(const struct scan *scan)
{
    return scan->asked;
}

uint64_t scan_answered(const struct scan *scan)
{
    return scan->answered;
}

/* --- queueing --------------------------------------------------------------------------------- */

static struct listing *listing_new(struct scan *scan, struct node *node, bool counted)
{
    struct listing *listing = NEW(struct listing);
    listing->source = scan->source;
    listing->node = node;
    listing->counted = counted;
    list_init(&listing->link);
    node->listing = listing;
    return listing;
}

static void queue(struct scan *scan, struct listing *listing)
{
    list_append(listing->counted ? &scan->counted : &scan->fresh, &listing->link);
}

/* Into the complete listing that is under way. What has begun already has been asked about too
 * early, and is listed once more. */
static void count_in(struct scan *scan, struct node *node)
{
    struct listing *listing = node->listing;
    node->scan = scan->generation;
    if (listing && (listing->counted || listing->once_more))
        return;
    scan->pending++;
    if (listing && listing->begun) {
        listing->once_more = true;
    } else if (listing) {
        list_remove(&listing->link);
        listing->counted = true;
        queue(scan, listing);
    } else {
        queue(scan, listing_new(scan, node, true));
    }
}

static void appeared(struct scan *scan, struct node *node)
{
    node->scan = scan->generation;
    if (!node->listing)
        queue(scan, listing_new(scan, node, false));
}

void scan_directory(struct scan *scan, struct node *node)
{
    appeared(scan, node);
    scan_go_on(scan);
}

void scan_follow(struct node *node)
{
    if (node->listing)
        node->listing->node = node;
}

void scan_appeared(struct scan *scan, struct node *parent, const char *name)
{
    struct dirs *dirs = scan->source->dirs;
    struct node *node = dirs_child(dirs, parent, name);
    if (!node)
        node = dirs_add(dirs, parent, name);
    else if (node->wd >= 0)
        return;
    scan_directory(scan, node);
}

/* Listed although it is watched: a file that was opened by its old path before the move was heard
 * of may have been one of another directory, which had that path by then. */
void scan_moved(struct scan *scan, struct node *node)
{
    struct node *at = node;
    do {
        if (at->listing && at->listing->begun)
            at->listing->moved = true;
        appeared(scan, at);
    } while ((at = dirs_next(node, at)));
    if (scan->running)
        count_in(scan, node);
    scan_go_on(scan);
}

static void pending_less(struct scan *scan, const struct listing *listing)
{
    if (listing->counted || listing->once_more)
        scan->pending--;
}

void scan_forget(struct scan *scan, struct node *node)
{
    struct listing *listing = node->listing;
    if (!listing)
        return;
    pending_less(scan, listing);
    node->listing = NULL;
    listing->node = NULL;
    listing->counted = listing->once_more = false;
    if (listing != scan->current)
        listing_end(listing);
}

/* --- a complete listing ----------------------------------------------------------------------- */

static void begin(struct scan *scan, bool check)
{
    struct source *source = scan->source;
    scan->running = true;
    scan->next = scan->next_check = false;
    scan->generation++;
    scan->began_us = loop_now_us(source->loop);
    scan->began_wall_ns = loop_wall_ms(source->loop) * 1000000;
    scan->outcome = (struct scan_outcome){.ok = true, .check = check};
    source->counts.scans++;
    source->ops->scan_began(source->arg, source);
    count_in(scan, dirs_root(source->dirs));
}

void scan_all(struct scan *scan, bool check)
{
    if (scan->running) {
        scan->next_check = scan->next ? scan->next_check && check : check;
        scan->next = true;
        return;
    }
    begin(scan, check);
    scan_go_on(scan);
}

/* Directories that were not met: they left while nobody saw it. */
static void drop_unmet(struct scan *scan)
{
    struct source *source = scan->source;
    struct node *root = dirs_root(source->dirs);
    struct node *at = root;
    while (at) {
        struct node *next = dirs_next(root, at);
        if (at->scan != scan->generation) {
            while (next && next->parent == at)
                next = dirs_next(root, next);
            struct node *unmet = at;
            at = unmet->parent;
            watches_drop(source, unmet);
            continue;
        }
        at = next;
    }
}

static void finish(struct scan *scan)
{
    struct source *source = scan->source;
    scan->running = false;
    scan->last_wall_ns = scan->began_wall_ns;
    scan->outcome.took_us = loop_now_us(source->loop) - scan->began_us;
    if (scan->outcome.ok)
        drop_unmet(scan);
    source->ops->scan_ended(source->arg, source, scan->outcome.ok);
    root_scanned(source->root, &scan->outcome);
    if (scan->next)
        begin(scan, scan->next_check);
}

void scan_abort(struct scan *scan)
{
    scan->next = false;
    if (!scan->running)
        return;
    scan->running = false;
    scan->source->ops->scan_ended(scan->source->arg, scan->source, false);
}

/* --- answers ---------------------------------------------------------------------------------- */

static void found_directory(struct scan *scan, struct listing *listing, const char *name)
{
    struct dirs *dirs = scan->source->dirs;
    struct node *node = dirs_child(dirs, listing->node, name);
    bool is_new = !node;
    if (is_new)
        node = dirs_add(dirs, listing->node, name);
    if (listing->counted)
        count_in(scan, node);
    else if (is_new)
        appeared(scan, node);
}

/* Events should have told of it: it changed after the last complete listing began, and long enough
 * before this one did. */
static bool was_missed(const struct scan *scan, const struct disk_entry *entry)
{
    return scan->outcome.check && scan->last_wall_ns && entry->key.ctime_ns > scan->last_wall_ns &&
           entry->key.ctime_ns < scan->began_wall_ns - 2 * SETTLE_STABLE_US * 1000;
}

/* What cannot be read is met again by every listing; it is counted when it is new. */
static bool is_news(const struct scan *scan, const struct listing *listing,
                    const struct disk_entry *entry)
{
    return !listing->counted || entry->key.ctime_ns >= scan->last_wall_ns;
}

static void found_file(struct scan *scan, const struct listing *listing,
                       const struct disk_entry *entry, const char *path)
{
    struct source *source = scan->source;
    bool known_path = false;
    if (entry->result == DISK_OK &&
        source->ops->known(source->arg, source, path, &entry->key, &known_path))
        return;
    if (entry->result != DISK_OK && !is_news(scan, listing, entry))
        return;
    files_found(source->files, path, entry, listing->counted,
                listing->counted && was_missed(scan, entry));
}

static void take_entries(struct scan *scan, struct listing *listing)
{
    AUTO_BUF struct buf path = {0};
    for (size_t i = 0; i < listing->disk.n; i++) {
        const struct disk_entry *entry = &listing->disk.entries[i];
        const char *name = listing->disk.names.data + entry->name;
        if (entry->is_directory) {
            found_directory(scan, listing, name);
            continue;
        }
        buf_clear(&path);
        dirs_path(listing->node, name, &path);
        found_file(scan, listing, entry, path.data);
    }
}

/* Another path had this watch. It may be an old name of the directory, or a second one (a link, a
 * bind mount) that is listed there already. False: leave it to that one. */
static bool take_watch(struct scan *scan, struct listing *listing)
{
    struct source *source = scan->source;
    int wd = listing->disk.wd;
    const struct node *holder = dirs_watched(source->dirs, wd);
    bool is_met = holder && holder != listing->node && holder->scan == scan->generation;
    if (is_met && (source->folder->follow_symlinks || listing->node->contested >= CONTESTED_MAX))
        return false;
    struct node *before = dirs_watch(source->dirs, listing->node, wd);
    source->counts.watches = dirs_watches(source->dirs);
    if (before && before != listing->node && !before->listing) {
        listing->node->contested++;
        queue(scan, listing_new(scan, before, false));
    }
    return true;
}

static void refused_watch(struct scan *scan, const struct listing *listing)
{
    scan->outcome.unwatched++;
    if (!scan->outcome.watch_error)
        scan->outcome.watch_error = listing->disk.watch_error;
    if (!scan->running)
        root_scanned(scan->source->root, &scan->outcome);
}

static void take_result(struct scan *scan, struct listing *listing)
{
    struct source *source = scan->source;
    switch (listing->disk.result) {
    case DISK_OK:
    case DISK_VANISHED: /* its removal or its new name is told by an event */
    case DISK_SPECIAL:
    case DISK_DIRECTORY:
    case DISK_LARGE:
        break;
    case DISK_ROOT:
        scan->outcome.ok = false;
        root_check(source->root, false);
        break;
    case DISK_UNREADABLE:
    case DISK_BUSY:
        source->counts.unreadable++;
        scan->outcome.unreadable++;
        scan->outcome.ok = false;
        break;
    }
}

static void ended(struct scan *scan, struct listing *listing)
{
    struct node *node = listing->node;
    bool once_more = listing->once_more, moved = listing->moved;
    if (listing->counted)
        scan->pending--;
    listing_end(listing);
    if (once_more) {
        scan->pending--;
        count_in(scan, node);
    } else if (moved) {
        appeared(scan, node);
    }
}

/* The directory was renamed between question and answer: what was opened under its old name was
 * another one, or nothing. */
static bool is_stale(const struct listing *listing)
{
    AUTO_BUF struct buf path = {0};
    dirs_path(listing->node, NULL, &path);
    return !listing->opened && !str_equal(buf_text(&path), listing->disk.path);
}

static void begin_again(struct scan *scan, struct listing *listing)
{
    struct node *node = listing->node;
    int wd = listing->disk.wd;
    if (wd >= 0 && !dirs_watched(scan->source->dirs, wd))
        watches_end(scan->source, wd);
    bool counted = listing->counted || listing->once_more;
    listing_end(listing);
    queue(scan, listing_new(scan, node, counted));
}

static void take_answer(struct scan *scan, struct listing *listing)
{
    if (is_stale(listing)) {
        begin_again(scan, listing);
        return;
    }
    listing->opened = true;
    take_result(scan, listing);
    if (listing->disk.watch_error)
        refused_watch(scan, listing);
    if (listing->disk.wd >= 0 && !take_watch(scan, listing)) {
        ended(scan, listing);
        return;
    }
    take_entries(scan, listing);
    if (listing->disk.ended)
        ended(scan, listing);
    else
        list_insert((listing->counted ? &scan->counted : &scan->fresh)->next, &listing->link);
}

static void answered(void *arg)
{
    struct listing *listing = arg;
    struct source *source = listing->source;
    struct scan *scan = source->scan;
    if (source->closing) {
        listing_free(listing);
        return;
    }
    scan->answered++;
    scan->current = NULL;
    scan->handling = true;
    if (listing->node)
        take_answer(scan, listing);
    else
        listing_end(listing);
    scan->handling = false;
    events_go_on(source->events);
    scan_go_on(scan);
}

static void run(void *arg)
{
    disk_list(&((struct listing *)arg)->disk);
}

static void ask(struct scan *scan, struct listing *listing)
{
    struct source *source = scan->source;
    list_remove(&listing->link);
    if (!listing->begun) {
        AUTO_BUF struct buf path = {0};
        dirs_path(listing->node, NULL, &path);
        listing->begun = true;
        listing->disk.disk = source->disk;
        listing->disk.root = *root_identity(source->root);
        listing->disk.directories = source->folder->recursive;
        listing->disk.path = buf_take(&path);
    }
    scan->current = listing;
    scan->asked++;
    worker_submit(source->worker, run, answered, listing);
}

void scan_go_on(struct scan *scan)
{
    if (scan->current || scan->handling)
        return;
    if (!list_empty(&scan->fresh)) {
        ask(scan, LIST_ITEM(scan->fresh.next, struct listing, link));
        return;
    }
    if (!list_empty(&scan->counted)) {
        if (scan->source->counts.waiting < WAITING_MAX)
            ask(scan, LIST_ITEM(scan->counted.next, struct listing, link));
        return;
    }
    if (scan->running && !scan->pending)
        finish(scan);
}
