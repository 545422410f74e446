/*
 * A thread that does blocking work for the loop, in the order it was asked.
 *
 * A job runs `run` on the worker's thread, then `done` on the loop's. What `run` touches belongs to
 * the job until `done`. A worker whose jobs hang (a dead mount) hangs alone.
 */
#ifndef TOCSIN_BASE_WORKER_H
#define TOCSIN_BASE_WORKER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/loop.h"

struct worker;

/* `name` shows in ps(1) and is cut to 15 characters. */
struct worker *worker_new(struct loop *loop, const char *name);
/* `done` may be NULL. Callable on the loop's thread only. */
void worker_submit(struct worker *worker, void (*run)(void *arg), void (*done)(void *arg),
                   void *arg);
/* Jobs asked for and not yet done. */
size_t worker_backlog(const struct worker *worker);
/* Finishes every job, then the thread; `done` of the jobs is called before it returns. */
void worker_free(struct worker **worker);
/* As worker_free, but waits at most so long for the job at hand. False: it hangs, the thread is
 * left behind (the process is about to end) and its memory with it. */
bool worker_free_within(struct worker **worker, int64_t wait_ms);

#endif
