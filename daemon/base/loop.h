/*
 * The event loop and the clock: the only face of libev in this tree.
 *
 * Deadlines are monotonic, wall-clock time is UTC in milliseconds. Handles are opaque, owned by
 * whoever made them, and freed before the loop. Callbacks run on the loop's thread, one at a time,
 * and never wait. Tests link tests/support/fake_loop.c instead, whose clock they wind by hand.
 */
#ifndef TOCSIN_BASE_LOOP_H
#define TOCSIN_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_io;
struct loop_timer;
struct loop_signal;
struct loop_wake;
struct loop_child;

#define LOOP_READ  1u
#define LOOP_WRITE 2u

struct loop *loop_new(void);
void loop_free(struct loop **loop);
void loop_run(struct loop *loop);
/* loop_run returns once the turn at hand is over. */
void loop_stop(struct loop *loop);

/* Milliseconds since an arbitrary point; never goes back. Fresh, not the turn's cached time. */
int64_t loop_now_ms(struct loop *loop);
/* The same clock in microseconds, for measuring. */
int64_t loop_now_us(struct loop *loop);
/* UTC milliseconds since 1970. */
int64_t loop_wall_ms(struct loop *loop);
/* Tells when the wall clock has gone another way than the monotonic one by more than a few seconds:
 * it was set, or the machine slept (then by_ms > 0). One at a time; NULL: nobody. */
void loop_on_jump(struct loop *loop, void (*jumped)(void *arg, int64_t by_ms), void *arg);
/* The longest turn since start: how long callbacks kept the loop from waiting again. */
int64_t loop_longest_turn_us(const struct loop *loop);

/* Watches a descriptor for the LOOP_* events of `mask`; mask 0 watches nothing until changed. */
struct loop_io *loop_io_new(struct loop *loop, int fd, unsigned mask,
                            void (*ready)(void *arg, unsigned events), void *arg);
void loop_io_mask(struct loop_io *io, unsigned mask);
/* Free before the descriptor is closed. */
void loop_io_free(struct loop_io **io);

/* Fires once per loop_timer_set; setting again moves it. A delay of 0 means the next turn. */
struct loop_timer *loop_timer_new(struct loop *loop, void (*fired)(void *arg), void *arg);
void loop_timer_set(struct loop_timer *timer, int64_t delay_ms);
void loop_timer_stop(struct loop_timer *timer);
bool loop_timer_active(const struct loop_timer *timer);
void loop_timer_free(struct loop_timer **timer);

struct loop_signal *loop_signal_new(struct loop *loop, int signum, void (*raised)(void *arg),
                                    void *arg);
void loop_signal_free(struct loop_signal **signal);

/* A child process; `ended` gets the status as waitpid(2) gives it. */
struct loop_child *loop_child_new(struct loop *loop, int pid, void (*ended)(void *arg, int status),
                                  void *arg);
void loop_child_free(struct loop_child **child);

/* loop_wake_send may be called from any thread; several sends may end in one call of `woken`. */
struct loop_wake *loop_wake_new(struct loop *loop, void (*woken)(void *arg), void *arg);
void loop_wake_send(struct loop_wake *wake);
void loop_wake_free(struct loop_wake **wake);

#endif
