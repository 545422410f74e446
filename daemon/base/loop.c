/*
 * The event loop over libev; see loop.h. Owns the watchers' memory and measures each turn: the time
 * between the kernel's answer (check) and the next question (prepare).
 */
#include "base/loop.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

#define JUMP_MS 5000 /* less is steering, not setting */
#define FAR_S   (365 * 24 * 3600)

struct loop {
    struct ev_loop *ev;
    ev_prepare prepare;
    ev_check check;
    int64_t turn_began_us; /* 0 before the first turn */
    int64_t longest_turn_us;
    void (*jumped)(void *arg, int64_t by_ms);
    void *jumped_arg;
    int64_t wall_ahead_ms; /* of the monotonic clock, when last looked at */
    ev_io set;             /* becomes readable when the wall clock is set, or after a sleep */
};

struct loop_io {
    ev_io ev;
    struct loop *loop;
    void (*ready)(void *arg, unsigned events);
    void *arg;
    unsigned mask;
};

struct loop_timer {
    ev_timer ev;
    struct loop *loop;
    void (*fired)(void *arg);
    void *arg;
};

struct loop_signal {
    ev_signal ev;
    struct loop *loop;
    void (*raised)(void *arg);
    void *arg;
};

struct loop_child {
    ev_child ev;
    struct loop *loop;
    void (*ended)(void *arg, int status);
    void *arg;
};

struct loop_wake {
    ev_async ev;
    struct loop *loop;
    void (*woken)(void *arg);
    void *arg;
};

static int64_t clock_us(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* ---- jumps of the wall clock ---- */

static int64_t wall_ahead_ms(void)
{
    return (clock_us(CLOCK_REALTIME) - clock_us(CLOCK_MONOTONIC)) / 1000;
}

static void look_at_clock(struct loop *loop)
{
    int64_t ahead_ms = wall_ahead_ms(), by_ms = ahead_ms - loop->wall_ahead_ms;
    if (by_ms > -JUMP_MS && by_ms < JUMP_MS)
        return;
    loop->wall_ahead_ms = ahead_ms;
    loop->jumped(loop->jumped_arg, by_ms);
}

/* A timer that fires once a year, but is cancelled when the clock is set: wakes a loop that is
 * idle. */
static void watch_set(int fd)
{
    const struct itimerspec far = {.it_value = {.tv_sec = time(NULL) + FAR_S}};
    if (timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, NULL) < 0 &&
        errno != ECANCELED)
        log_warning("a clock that is set is noticed late: %m");
}

static void clock_was_set(struct ev_loop *ev, ev_io *watcher, int revents)
{
    (void)ev;
    (void)revents;
    uint64_t n;
    ssize_t got = read(watcher->fd, &n, sizeof(n)); /* of no matter: it is readable no more */
    (void)got;
    watch_set(watcher->fd);
    look_at_clock(watcher->data);
}

void loop_on_jump(struct loop *loop, void (*jumped)(void *arg, int64_t by_ms), void *arg)
{
    if (loop->jumped) {
        ev_io_stop(loop->ev, &loop->set);
        close(loop->set.fd);
    }
    loop->jumped = jumped;
    loop->jumped_arg = arg;
    if (!jumped)
        return;
    loop->wall_ahead_ms = wall_ahead_ms();
    int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0)
        log_fatal("there is no timer: %m");
    watch_set(fd);
    ev_io_init(&loop->set, clock_was_set, fd, EV_READ);
    loop->set.data = loop;
    ev_io_start(loop->ev, &loop->set);
}

/* ---- turns ---- */

static void turn_ends(struct ev_loop *ev, ev_prepare *prepare, int revents)
{
    (void)ev;
    (void)revents;
    struct loop *loop = prepare->data;
    if (!loop->turn_began_us)
        return;
    int64_t took = clock_us(CLOCK_MONOTONIC) - loop->turn_began_us;
    if (took > loop->longest_turn_us)
        loop->longest_turn_us = took;
}

static void turn_begins(struct ev_loop *ev, ev_check *check, int revents)
{
    (void)ev;
    (void)revents;
    struct loop *loop = check->data;
    loop->turn_began_us = clock_us(CLOCK_MONOTONIC);
    if (loop->jumped)
        look_at_clock(loop);
}

struct loop *loop_new(void)
{
    struct loop *loop = NEW(struct loop);
    /* The default loop, because only it can watch child processes. */
    loop->ev = ev_default_loop(EVFLAG_AUTO);
    if (!loop->ev)
        log_fatal("libev finds no way to wait for events on this system");
    ev_prepare_init(&loop->prepare, turn_ends);
    ev_check_init(&loop->check, turn_begins);
    ev_set_priority(&loop->prepare, EV_MINPRI);
    ev_set_priority(&loop->check, EV_MAXPRI);
    loop->prepare.data = loop->check.data = loop;
    ev_prepare_start(loop->ev, &loop->prepare);
    ev_check_start(loop->ev, &loop->check);
    return loop;
}

void loop_free(struct loop **loop)
{
    if (!*loop)
        return;
    ev_prepare_stop((*loop)->ev, &(*loop)->prepare);
    ev_check_stop((*loop)->ev, &(*loop)->check);
    ev_loop_destroy((*loop)->ev);
    free(*loop);
    *loop = NULL;
}

void loop_run(struct loop *loop)
{
    ev_run(loop->ev, 0);
}

void loop_stop(struct loop *loop)
{
    ev_break(loop->ev, EVBREAK_ALL);
}

int64_t loop_now_ms(struct loop *loop)
{
    return loop_now_us(loop) / 1000;
}

int64_t loop_now_us(struct loop *loop)
{
    (void)loop;
    return clock_us(CLOCK_MONOTONIC);
}

int64_t loop_wall_ms(struct loop *loop)
{
    (void)loop;
    return clock_us(CLOCK_REALTIME) / 1000;
}

int64_t loop_longest_turn_us(const struct loop *loop)
{
    return loop->longest_turn_us;
}

static int ev_mask(unsigned mask)
{
    return (mask & LOOP_READ ? EV_READ : 0) | (mask & LOOP_WRITE ? EV_WRITE : 0);
}

static void io_ready(struct ev_loop *ev, ev_io *watcher, int revents)
{
    (void)ev;
    struct loop_io *io = watcher->data;
    io->ready(io->arg,
              (revents & EV_READ ? LOOP_READ : 0u) | (revents & EV_WRITE ? LOOP_WRITE : 0u));
}

struct loop_io *loop_io_new(struct loop *loop, int fd, unsigned mask,
                            void (*ready)(void *arg, unsigned events), void *arg)
{
    struct loop_io *io = NEW(struct loop_io);
    io->loop = loop;
    io->ready = ready;
    io->arg = arg;
    ev_io_init(&io->ev, io_ready, fd, EV_READ);
    io->ev.data = io;
    loop_io_mask(io, mask);
    return io;
}

void loop_io_mask(struct loop_io *io, unsigned mask)
{
    if (mask == io->mask)
        return;
    ev_io_stop(io->loop->ev, &io->ev);
    io->mask = mask;
    if (!mask)
        return;
    ev_io_set(&io->ev, io->ev.fd, ev_mask(mask));
    ev_io_start(io->loop->ev, &io->ev);
}

void loop_io_free(struct loop_io **io)
{
    if (!*io)
        return;
    ev_io_stop((*io)->loop->ev, &(*io)->ev);
    free(*io);
    *io = NULL;
}

static void timer_fired(struct ev_loop *ev, ev_timer *watcher, int revents)
{
    (void)ev;
    (void)revents;
    struct loop_timer *timer = watcher->data;
    timer->fired(timer->arg);
}

struct loop_timer *loop_timer_new(struct loop *loop, void (*fired)(void *arg), void *arg)
{
    struct loop_timer *timer = NEW(struct loop_timer);
    timer->loop = loop;
    timer->fired = fired;
    timer->arg = arg;
    ev_timer_init(&timer->ev, timer_fired, 0., 0.);
    timer->ev.data = timer;
    return timer;
}

void loop_timer_set(struct loop_timer *timer, int64_t delay_ms)
{
    struct ev_loop *ev = timer->loop->ev;
    ev_timer_stop(ev, &timer->ev);
    /* libev counts from the time it noted when the turn began; a long callback makes that stale. */
    ev_now_update(ev);
    ev_timer_set(&timer->ev, delay_ms > 0 ? (double)delay_ms / 1000. : 0., 0.);
    ev_timer_start(ev, &timer->ev);
}

void loop_timer_stop(struct loop_timer *timer)
{
    ev_timer_stop(timer->loop->ev, &timer->ev);
}

bool loop_timer_active(const struct loop_timer *timer)
{
    return timer->ev.active; /* ev_is_active takes no const */
}

void loop_timer_free(struct loop_timer **timer)
{
    if (!*timer)
        return;
    ev_timer_stop((*timer)->loop->ev, &(*timer)->ev);
    free(*timer);
    *timer = NULL;
}

static void signal_raised(struct ev_loop *ev, ev_signal *watcher, int revents)
{
    (void)ev;
    (void)revents;
    struct loop_signal *signal = watcher->data;
    signal->raised(signal->arg);
}

struct loop_signal *loop_signal_new(struct loop *loop, int signum, void (*raised)(void *arg),
                                    void *arg)
{
    struct loop_signal *signal = NEW(struct loop_signal);
    signal->loop = loop;
    signal->raised = raised;
    signal->arg = arg;
    ev_signal_init(&signal->ev, signal_raised, signum);
    signal->ev.data = signal;
    ev_signal_start(loop->ev, &signal->ev);
    return signal;
}

void loop_signal_free(struct loop_signal **signal)
{
    if (!*signal)
        return;
    ev_signal_stop((*signal)->loop->ev, &(*signal)->ev);
    free(*signal);
    *signal = NULL;
}

static void child_ended(struct ev_loop *ev, ev_child *watcher, int revents)
{
    (void)revents;
    struct loop_child *child = watcher->data;
    ev_child_stop(ev, watcher);
    child->ended(child->arg, watcher->rstatus);
}

struct loop_child *loop_child_new(struct loop *loop, int pid, void (*ended)(void *arg, int status),
                                  void *arg)
{
    struct loop_child *child = NEW(struct loop_child);
    child->loop = loop;
    child->ended = ended;
    child->arg = arg;
    ev_child_init(&child->ev, child_ended, pid, 0);
    child->ev.data = child;
    ev_child_start(loop->ev, &child->ev);
    return child;
}

void loop_child_free(struct loop_child **child)
{
    if (!*child)
        return;
    ev_child_stop((*child)->loop->ev, &(*child)->ev);
    free(*child);
    *child = NULL;
}

static void wake_woken(struct ev_loop *ev, ev_async *watcher, int revents)
{
    (void)ev;
    (void)revents;
    struct loop_wake *wake = watcher->data;
    wake->woken(wake->arg);
}

struct loop_wake *loop_wake_new(struct loop *loop, void (*woken)(void *arg), void *arg)
{
    struct loop_wake *wake = NEW(struct loop_wake);
    wake->loop = loop;
    wake->woken = woken;
    wake->arg = arg;
    ev_async_init(&wake->ev, wake_woken);
    wake->ev.data = wake;
    ev_async_start(loop->ev, &wake->ev);
    return wake;
}

void loop_wake_send(struct loop_wake *wake)
{
    ev_async_send(wake->loop->ev, &wake->ev);
}

void loop_wake_free(struct loop_wake **wake)
{
    if (!*wake)
        return;
    ev_async_stop((*wake)->loop->ev, &(*wake)->ev);
    free(*wake);
    *wake = NULL;
}
