/*
 * Is the root there, is it the one it was, and can events be relied on: the state that people see,
 * and why. Decides when everything is listed again.
 *
 * It learns of the root's end by its watch, of its return by a watch on the nearest directory above
 * that is there, of mounts by /proc/self/mountinfo; a slow timer stands behind all three. While
 * idle it wakes nobody but for the hourly look at everything.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/filesystem.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "source/folder.h"
#include "source/poll.h"

#define ABSENT_CHECK_MS INT64_C(60000)

/* What a look at the root is to lead to. */
struct order {
    bool rescan;  /* list everything, also if nothing changed */
    bool routine; /* that listing is the regular one */
    bool accept;  /* what stands there is right */
};

struct root {
    struct source *source;
    struct disk_identity identity; /* of the last time it was there */
    uint64_t file_system;
    uint64_t mounts;
    bool has_identity, present;
    bool scanned;      /* completely, since it is there */
    struct order next; /* for the look after the one at hand */
    bool checking, check_again;
    struct loop_timer *timer;
    int mounts_fd, epoll_fd;
    struct loop_io *mounts_io;
    int away_wd;
    char *away_name;
    const char *shared; /* kind of file system that changes without events */
    int inotify_error;  /* no instance to be had */
    bool missed;        /* a look found what no event had told */
    struct scan_outcome outcome;
    struct buf why;
    enum source_state told_state;
};

struct root_job {
    struct source *source;
    struct order order;
    struct disk_root answer;
};

/* --- mounts ----------------------------------------------------------------------------------- */

/* Being asked takes the signal away, and the loop's own question may have done so: that this is
 * called at all says that there was one. */
static void mounts_changed(void *arg, unsigned events)
{
    (void)events;
    struct root *root = arg;
    struct epoll_event event;
    epoll_wait(root->epoll_fd, &event, 1, 0);
    root_check(root, false);
}

/* The table signals by EPOLLPRI, which the loop does not wait for; an epoll descriptor that does is
 * readable when it comes. Without it the slow timer remains. */
static void mounts_watch(struct root *root)
{
    root->mounts_fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    root->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLPRI};
    if (root->mounts_fd < 0 || root->epoll_fd < 0 ||
        epoll_ctl(root->epoll_fd, EPOLL_CTL_ADD, root->mounts_fd, &event) < 0) {
        log_notice("source %s: mounts cannot be noticed: %m", root->source->folder->name);
        return;
    }
    root->mounts_io =
        loop_io_new(root->source->loop, root->epoll_fd, LOOP_READ, mounts_changed, root);
}

/* --- state ------------------------------------------------------------------------------------ */

bool root_polled(const struct root *root)
{
    return root->shared || root->inotify_error || root->outcome.watch_error || root->missed;
}

enum source_state root_state(const struct root *root)
{
    if (root->has_identity && !root->present)
        return SOURCE_UNAVAILABLE;
    if (!root->present)
        return root->why.len ? SOURCE_UNAVAILABLE : SOURCE_STARTING;
    if (!root->scanned)
        return SOURCE_STARTING;
    return root_polled(root) ? SOURCE_POLLING : SOURCE_WATCHING;
}

const char *root_why(const struct root *root)
{
    return buf_text(&root->why);
}

static void say_exhausted(struct root *root, const char *what, const char *sysctl, int error)
{
    buf_printf(&root->why, "%s (%s); raise the limit with: sysctl -w %s=", what, strerror(error),
               sysctl);
}

static void say_watches(struct root *root)
{
    const struct scan_outcome *outcome = &root->outcome;
    AUTO_BUF struct buf what = {0};
    buf_printf(&what, "%llu of its directories cannot be watched",
               (unsigned long long)outcome->unwatched);
    if (outcome->watch_error != ENOSPC) {
        buf_printf(&root->why, "%s: %s", what.data, strerror(outcome->watch_error));
        return;
    }
    say_exhausted(root, what.data, "fs.inotify.max_user_watches", ENOSPC);
    buf_puts(&root->why, "1048576");
}

/* Why it is polled, or what else a person should know of a root that is there. */
static void explain(struct root *root)
{
    buf_clear(&root->why);
    if (root->inotify_error == EMFILE) {
        say_exhausted(root, "no more inotify instances for this user",
                      "fs.inotify.max_user_instances", EMFILE);
        buf_puts(&root->why, "1024");
    } else if (root->inotify_error) {
        buf_printf(&root->why, "inotify is not to be had: %s", strerror(root->inotify_error));
    } else if (root->outcome.watch_error) {
        say_watches(root);
    } else if (root->shared) {
        buf_printf(&root->why, "on %s others can change files without an event here", root->shared);
    } else if (root->missed) {
        buf_puts(&root->why, "files changed here without an event");
    } else if (root->outcome.unreadable) {
        buf_printf(&root->why, "%llu of its directories cannot be read",
                   (unsigned long long)root->outcome.unreadable);
    }
}

static void tell(struct root *root)
{
    enum source_state state = root_state(root);
    const char *name = root->source->folder->name;
    if (state == SOURCE_POLLING && root->told_state != state) {
        char interval[48];
        str_duration_format(poll_interval_ms(root->outcome.took_us), interval, sizeof(interval));
        log_warning("source %s: looked through every %s: %s", name, interval, root_why(root));
    } else if (state == SOURCE_WATCHING && root->told_state != state && root->why.len) {
        log_warning("source %s: %s", name, root_why(root));
    }
    root->told_state = state;
    source_told(root->source);
}

static void timer_follow(struct root *root)
{
    int64_t delay_ms = ABSENT_CHECK_MS;
    if (root->present)
        delay_ms = root_polled(root) ? poll_interval_ms(root->outcome.took_us) : POLL_CHECK_MS;
    loop_timer_set(root->timer, delay_ms);
}

/* --- answers ---------------------------------------------------------------------------------- */

static uint64_t known_count(struct source *source)
{
    return source->ops->known_count ? source->ops->known_count(source->arg, source) : 0;
}

static bool is_same(const struct root *root, const struct disk_root *answer)
{
    return root->has_identity && root->identity.device == answer->identity.device &&
           root->identity.inode == answer->identity.inode;
}

static bool is_foreign(const struct root *root, const struct disk_root *answer)
{
    return root->has_identity && root->identity.device != answer->identity.device &&
           (!root->file_system || root->file_system != answer->file_system);
}

static void say_absent(const struct disk_root *answer, struct buf *why)
{
    const char *path = answer->disk->root;
    if (answer->error == ENOENT)
        buf_printf(why, "%s is not there", path);
    else if (answer->error == EACCES || answer->error == EPERM)
        buf_printf(why, "%s may not be read by this user", path);
    else
        buf_printf(why, "%s cannot be read: %s", path, strerror(answer->error));
}

/* Why it is not available; nothing when it is. Emptiness is only looked at where events did not
 * tell of the removals. */
static void judge(const struct root *root, const struct root_job *job, struct buf *why)
{
    const struct disk_root *answer = &job->answer;
    struct source *source = root->source;
    if (!answer->present) {
        say_absent(answer, why);
        return;
    }
    if (job->order.accept || (root->present && is_same(root, answer) && !root_polled(root)))
        return;
    uint64_t known = known_count(source);
    if (!known || (!is_foreign(root, answer) && !answer->empty))
        return;
    buf_printf(why,
               "%s is %s, though %llu %s known there; if that is right: "
               "tocsinctl source rescan %s",
               answer->disk->root, answer->empty ? "empty" : "on another device than before",
               (unsigned long long)known, known == 1 ? "file is" : "files are",
               source->folder->name);
}

static void is_away(struct root *root, struct buf *why)
{
    struct source *source = root->source;
    bool is_news = root->present || !str_equal(root_why(root), buf_text(why));
    root->present = root->scanned = false;
    buf_clear(&root->why);
    buf_puts(&root->why, buf_text(why));
    scan_abort(source->scan);
    watches_drop_all(source);
    moves_forget(source->moves);
    files_forget(source->files);
    if (is_news) {
        log_warning("source %s: not available: %s", source->folder->name, root_why(root));
        tell(root);
    }
}

static void is_there(struct root *root, const struct root_job *job)
{
    const struct disk_root *answer = &job->answer;
    struct source *source = root->source;
    bool same = root->present && is_same(root, answer);
    bool scan = job->order.rescan || !same || root->mounts != answer->mounts;
    bool back = root->has_identity && !root->present;
    if (!same) {
        scan_abort(source->scan);
        watches_drop_all(source);
        moves_forget(source->moves);
        root->scanned = false;
    }
    root->identity = answer->identity;
    root->file_system = answer->file_system;
    root->mounts = answer->mounts;
    root->shared = filesystem_shared(answer->type);
    root->has_identity = root->present = true;
    explain(root);
    if (back)
        log_notice("source %s: available again", source->folder->name);
    tell(root);
    if (scan)
        scan_all(source->scan, same && job->order.routine);
}

static void take_away_watch(struct root *root, struct disk_root *answer)
{
    if (root->away_wd >= 0 && root->away_wd != answer->away_wd)
        watches_end(root->source, root->away_wd);
    if (answer->present && answer->away_wd >= 0) {
        watches_end(root->source, answer->away_wd);
        answer->away_wd = -1;
    }
    root->away_wd = answer->away_wd;
    free(root->away_name);
    root->away_name = answer->away_name;
    answer->away_name = NULL;
}

static void run(void *arg)
{
    disk_root_look(&((struct root_job *)arg)->answer);
}

static void job_free(struct root_job *job)
{
    free(job->answer.away_name);
    free(job);
}

static void checked(void *arg)
{
    struct root_job *job = arg;
    if (job->source->closing) {
        job_free(job);
        return;
    }
    struct root *root = job->source->root;
    AUTO_BUF struct buf why = {0};
    root->checking = false;
    take_away_watch(root, &job->answer);
    judge(root, job, &why);
    if (why.len)
        is_away(root, &why);
    else
        is_there(root, job);
    job_free(job);
    timer_follow(root);
    if (root->check_again)
        root_check(root, false);
    events_go_on(root->source->events);
}

/* --- public to the room ----------------------------------------------------------------------- */

void root_check(struct root *root, bool rescan)
{
    if (rescan)
        root->next = (struct order){.rescan = true, .accept = root->next.accept};
    if (root->checking) {
        root->check_again = true;
        return;
    }
    root->checking = true;
    root->check_again = false;
    struct root_job *job = NEW(struct root_job);
    job->source = root->source;
    job->order = root->next;
    root->next = (struct order){0};
    job->answer.disk = root->source->disk;
    worker_submit(root->source->worker, run, checked, job);
}

void root_accept(struct root *root)
{
    root->next.accept = true;
    root_check(root, true);
}

static void look_through(void *arg)
{
    struct root *root = arg;
    if (!root->next.rescan)
        root->next = (struct order){.rescan = true, .routine = true};
    root_check(root, false);
}

bool root_is_away_watch(const struct root *root, int wd)
{
    return root->away_wd >= 0 && root->away_wd == wd;
}

void root_away_event(struct root *root, const char *name)
{
    if (!name || str_equal(name, root->away_name))
        root_check(root, false);
}

void root_scanned(struct root *root, const struct scan_outcome *outcome)
{
    root->outcome = *outcome;
    root->scanned = true;
    explain(root);
    tell(root);
    timer_follow(root);
}

void root_missed(struct root *root, const char *path)
{
    if (root->missed || root_polled(root))
        return;
    root->missed = true;
    log_warning("source %s: %s changed, but no event told of it", root->source->folder->name, path);
    explain(root);
    tell(root);
    timer_follow(root);
}

const struct disk_identity *root_identity(const struct root *root)
{
    return &root->identity;
}

bool root_idle(const struct root *root)
{
    return !root->checking;
}

struct root *root_new(struct source *source, int inotify_error)
{
    struct root *root = NEW(struct root);
    root->source = source;
    root->inotify_error = inotify_error;
    root->away_wd = root->mounts_fd = root->epoll_fd = -1;
    root->told_state = SOURCE_STARTING;
    root->timer = loop_timer_new(source->loop, look_through, root);
    mounts_watch(root);
    return root;
}

void root_free(struct root **root)
{
    struct root *r = *root;
    if (!r)
        return;
    loop_io_free(&r->mounts_io);
    fd_close(&r->epoll_fd);
    fd_close(&r->mounts_fd);
    loop_timer_free(&r->timer);
    buf_deinit(&r->why);
    free(r->away_name);
    free(r);
    *root = NULL;
}
