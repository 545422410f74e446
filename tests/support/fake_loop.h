/*
 * The loop of base/loop.h with a clock that a test winds by hand. Nothing happens by itself: the
 * test pumps. Descriptors, worker threads (loop_wake) and child processes are real; time is not.
 */
#ifndef TOCSIN_TESTS_FAKE_LOOP_H
#define TOCSIN_TESTS_FAKE_LOOP_H

#include "base/loop.h"

/* Where the clock begins: 2026-01-01T00:00:00Z. */
#define FAKE_LOOP_START_MS INT64_C(1767225600000)

/* Runs what is due and ready, without waiting. False when there was nothing. */
bool fake_loop_pump(struct loop *loop);
/* Pumps, waiting for threads and descriptors but never past the patience of a test (10 s of real
 * time), until `done` says so. False when it never did. */
bool fake_loop_wait(struct loop *loop, bool (*done)(void *arg), void *arg);
/* Winds the clock, stopping at every timer on the way; `settle` (may be NULL) is called after each
 * stop, to wait for threads. */
void fake_loop_advance(struct loop *loop, int64_t ms, void (*settle)(void *arg), void *arg);
/* The wall clock alone jumps. */
void fake_loop_jump(struct loop *loop, int64_t ms);
void fake_loop_raise(struct loop *loop, int signum);
/* How many timers are armed: an idle daemon has few. */
int fake_loop_timers(const struct loop *loop);

#endif
