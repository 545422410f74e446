/*
 * A call that may hang for good (a disk or server that does not answer), and a bound on the wait
 * for it. For threads that may block for so long; the loop has worker.h.
 */
#ifndef TOCSIN_BASE_PATIENCE_H
#define TOCSIN_BASE_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

/* Does run(arg) on a thread of its own. True: it is done, and `arg` is the caller's. False: it was
 * not within so long; the thread is left behind, and frees `arg` by `end` if it comes back. */
bool patience_run(int64_t wait_ms, void (*run)(void *arg), void (*end)(void *arg), void *arg);

#endif
