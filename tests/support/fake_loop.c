/* base/loop.h on a clock wound by hand; see fake_loop.h. */
#include "fake_loop.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"

#define PATIENCE_MS 10000

struct loop {
    int64_t now_us, wall_offset_ms;
    struct list timers, ios, wakes, signals, children;
    int wake_fd; /* readable when any loop_wake was sent */
    uint64_t serial;
    bool stopped;
    void (*jumped)(void *arg, int64_t by_ms);
    void *jumped_arg;
};

struct loop_timer {
    struct list link;
    struct loop *loop;
    void (*fired)(void *arg);
    void *arg;
    int64_t at_us;
    uint64_t serial; /* of the setting: equal times fire in the order they were set */
    bool active;
};

struct loop_io {
    struct list link;
    struct loop *loop;
    int fd;
    unsigned mask;
    void (*ready)(void *arg, unsigned events);
    void *arg;
};

struct loop_wake {
    struct list link;
    struct loop *loop;
    atomic_bool sent;
    void (*woken)(void *arg);
    void *arg;
};

struct loop_signal {
    struct list link;
    struct loop *loop;
    int signum;
    void (*raised)(void *arg);
    void *arg;
};

struct loop_child {
    struct list link;
    struct loop *loop;
    int pid;
    void (*ended)(void *arg, int status);
    void *arg;
};

struct loop *loop_new(void)
{
    struct loop *loop = NEW(struct loop);
    loop->now_us = 1000000;
    loop->wall_offset_ms = FAKE_LOOP_START_MS - 1000;
    list_init(&loop->timers);
    list_init(&loop->ios);
    list_init(&loop->wakes);
    list_init(&loop->signals);
    list_init(&loop->children);
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->wake_fd < 0)
        log_fatal("eventfd: %m");
    return loop;
}

void loop_free(struct loop **loop)
{
    if (!*loop)
        return;
    fd_close(&(*loop)->wake_fd);
    free(*loop);
    *loop = NULL;
}

int64_t loop_now_ms(struct loop *loop)
{
    return loop->now_us / 1000;
}

int64_t loop_now_us(struct loop *loop)
{
    return loop->now_us;
}

int64_t loop_wall_ms(struct loop *loop)
{
    return loop->now_us / 1000 + loop->wall_offset_ms;
}

int64_t loop_longest_turn_us(const struct loop *loop)
{
    (void)loop;
    return 0;
}

/* ---- timers ---- */

struct loop_timer *loop_timer_new(struct loop *loop, void (*fired)(void *arg), void *arg)
{
    struct loop_timer *timer = NEW(struct loop_timer);
    *timer = (struct loop_timer){.loop = loop, .fired = fired, .arg = arg};
    list_init(&timer->link);
    list_append(&loop->timers, &timer->link);
    return timer;
}

void loop_timer_set(struct loop_timer *timer, int64_t delay_ms)
{
    timer->at_us = timer->loop->now_us + (delay_ms > 0 ? delay_ms * 1000 : 0);
    timer->serial = ++timer->loop->serial;
    timer->active = true;
}

void loop_timer_stop(struct loop_timer *timer)
{
    timer->active = false;
}

bool loop_timer_active(const struct loop_timer *timer)
{
    return timer->active;
}

void loop_timer_free(struct loop_timer **timer)
{
    if (!*timer)
        return;
    list_remove(&(*timer)->link);
    free(*timer);
    *timer = NULL;
}

int fake_loop_timers(const struct loop *loop)
{
    int n = 0;
    list_each (link, &loop->timers)
        n += LIST_ITEM(link, struct loop_timer, link)->active;
    return n;
}

static struct loop_timer *next_timer(struct loop *loop)
{
    struct loop_timer *next = NULL;
    list_each (link, &loop->timers) {
        struct loop_timer *timer = LIST_ITEM(link, struct loop_timer, link);
        if (timer->active && (!next || timer->at_us < next->at_us ||
                              (timer->at_us == next->at_us && timer->serial < next->serial)))
            next = timer;
    }
    return next;
}

/* Timers that are set while these run wait for the next turn. */
static bool fire_due(struct loop *loop)
{
    bool any = false;
    uint64_t until = loop->serial;
    for (struct loop_timer *timer;
         (timer = next_timer(loop)) && timer->at_us <= loop->now_us && timer->serial <= until;) {
        timer->active = false;
        timer->fired(timer->arg);
        any = true;
    }
    return any;
}

/* ---- descriptors ---- */

struct loop_io *loop_io_new(struct loop *loop, int fd, unsigned mask,
                            void (*ready)(void *arg, unsigned events), void *arg)
{
    struct loop_io *io = NEW(struct loop_io);
    *io = (struct loop_io){.loop = loop, .fd = fd, .mask = mask, .ready = ready, .arg = arg};
    list_init(&io->link);
    list_append(&loop->ios, &io->link);
    return io;
}

void loop_io_mask(struct loop_io *io, unsigned mask)
{
    io->mask = mask;
}

void loop_io_free(struct loop_io **io)
{
    if (!*io)
        return;
    list_remove(&(*io)->link);
    free(*io);
    *io = NULL;
}

static unsigned io_ready(const struct loop_io *io)
{
    struct pollfd item = {.fd = io->fd,
                          .events = (short)((io->mask & LOOP_READ ? POLLIN : 0) |
                                            (io->mask & LOOP_WRITE ? POLLOUT : 0))};
    if (!io->mask || poll(&item, 1, 0) <= 0)
        return 0;
    bool broken = item.revents & (POLLERR | POLLHUP | POLLNVAL);
    unsigned events = (item.revents & POLLIN ? LOOP_READ : 0) |
                      (item.revents & POLLOUT ? LOOP_WRITE : 0) | (broken ? io->mask : 0);
    return events & io->mask;
}

/* One at a time, from the start again: a callback may free any of them. The list turns, so that
 * none starves another. */
static bool serve_ios(struct loop *loop)
{
    list_each (link, &loop->ios) {
        struct loop_io *io = LIST_ITEM(link, struct loop_io, link);
        unsigned events = io_ready(io);
        if (!events)
            continue;
        list_remove(&io->link);
        list_append(&loop->ios, &io->link);
        io->ready(io->arg, events);
        return true;
    }
    return false;
}

/* ---- wakes, signals, children ---- */

struct loop_wake *loop_wake_new(struct loop *loop, void (*woken)(void *arg), void *arg)
{
    struct loop_wake *wake = NEW(struct loop_wake);
    wake->loop = loop;
    wake->woken = woken;
    wake->arg = arg;
    list_init(&wake->link);
    list_append(&loop->wakes, &wake->link);
    return wake;
}

void loop_wake_send(struct loop_wake *wake)
{
    uint64_t one = 1;
    atomic_store(&wake->sent, true);
    if (write(wake->loop->wake_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
        log_fatal("eventfd: %m");
}

void loop_wake_free(struct loop_wake **wake)
{
    if (!*wake)
        return;
    list_remove(&(*wake)->link);
    free(*wake);
    *wake = NULL;
}

static bool serve_wakes(struct loop *loop)
{
    uint64_t count;
    if (read(loop->wake_fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
        log_fatal("eventfd: %m");
    list_each (link, &loop->wakes) {
        struct loop_wake *wake = LIST_ITEM(link, struct loop_wake, link);
        if (!atomic_exchange(&wake->sent, false))
            continue;
        wake->woken(wake->arg);
        serve_wakes(loop);
        return true;
    }
    return false;
}

struct loop_signal *loop_signal_new(struct loop *loop, int signum, void (*raised)(void *arg),
                                    void *arg)
{
    struct loop_signal *signal = NEW(struct loop_signal);
    *signal = (struct loop_signal){.loop = loop, .signum = signum, .raised = raised, .arg = arg};
    list_init(&signal->link);
    list_append(&loop->signals, &signal->link);
    return signal;
}

void loop_signal_free(struct loop_signal **signal)
{
    if (!*signal)
        return;
    list_remove(&(*signal)->link);
    free(*signal);
    *signal = NULL;
}

void fake_loop_raise(struct loop *loop, int signum)
{
    list_each_safe (link, &loop->signals) {
        struct loop_signal *signal = LIST_ITEM(link, struct loop_signal, link);
        if (signal->signum == signum)
            signal->raised(signal->arg);
    }
}

struct loop_child *loop_child_new(struct loop *loop, int pid, void (*ended)(void *arg, int status),
                                  void *arg)
{
    struct loop_child *child = NEW(struct loop_child);
    *child = (struct loop_child){.loop = loop, .pid = pid, .ended = ended, .arg = arg};
    list_init(&child->link);
    list_append(&loop->children, &child->link);
    return child;
}

void loop_child_free(struct loop_child **child)
{
    if (!*child)
        return;
    list_remove(&(*child)->link);
    free(*child);
    *child = NULL;
}

static bool serve_children(struct loop *loop)
{
    list_each (link, &loop->children) {
        struct loop_child *child = LIST_ITEM(link, struct loop_child, link);
        int status;
        if (child->pid <= 0 || waitpid(child->pid, &status, WNOHANG) != child->pid)
            continue;
        child->pid = 0;
        child->ended(child->arg, status);
        return true;
    }
    return false;
}

/* ---- turns ---- */

bool fake_loop_pump(struct loop *loop)
{
    bool any = false;
    while (!loop->stopped && (serve_wakes(loop) || serve_ios(loop) || serve_children(loop)))
        any = true;
    return fire_due(loop) || any;
}

static int64_t real_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Sleeps until a thread or a descriptor has something, or a while has passed. */
static void wait_for_world(struct loop *loop)
{
    struct pollfd items[64] = {{.fd = loop->wake_fd, .events = POLLIN}};
    nfds_t n = 1;
    list_each (link, &loop->ios) {
        const struct loop_io *io = LIST_ITEM(link, struct loop_io, link);
        if (io->mask && n < ARRAY_LEN(items))
            items[n++] = (struct pollfd){.fd = io->fd,
                                         .events = (short)((io->mask & LOOP_READ ? POLLIN : 0) |
                                                           (io->mask & LOOP_WRITE ? POLLOUT : 0))};
    }
    poll(items, n, list_empty(&loop->children) ? 100 : 5);
}

bool fake_loop_wait(struct loop *loop, bool (*done)(void *arg), void *arg)
{
    for (int64_t until = real_ms() + PATIENCE_MS;;) {
        if (fake_loop_pump(loop))
            continue;
        if (done(arg))
            return true;
        if (real_ms() >= until)
            return false;
        wait_for_world(loop);
    }
}

void fake_loop_advance(struct loop *loop, int64_t ms, void (*settle)(void *arg), void *arg)
{
    int64_t until_us = loop->now_us + ms * 1000;
    for (;;) {
        while (fake_loop_pump(loop))
            ;
        if (settle)
            settle(arg);
        struct loop_timer *next = next_timer(loop);
        if (!next || next->at_us > until_us)
            break;
        if (next->at_us > loop->now_us)
            loop->now_us = next->at_us;
    }
    loop->now_us = until_us;
    while (fake_loop_pump(loop))
        ;
    if (settle)
        settle(arg);
}

void fake_loop_jump(struct loop *loop, int64_t ms)
{
    loop->wall_offset_ms += ms;
    if (loop->jumped)
        loop->jumped(loop->jumped_arg, ms);
}

void loop_on_jump(struct loop *loop, void (*jumped)(void *arg, int64_t by_ms), void *arg)
{
    loop->jumped = jumped;
    loop->jumped_arg = arg;
}

void loop_run(struct loop *loop)
{
    loop->stopped = false;
    while (!loop->stopped) {
        if (!fake_loop_pump(loop))
            wait_for_world(loop);
    }
}

void loop_stop(struct loop *loop)
{
    loop->stopped = true;
}
