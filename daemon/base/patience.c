/* A thread that is waited for, or left behind; see patience.h. */
#include "base/patience.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"

struct call {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    void (*run)(void *arg);
    void (*end)(void *arg);
    void *arg;
    bool done, left; /* under lock */
};

static void call_free(struct call *call)
{
    pthread_cond_destroy(&call->ended);
    pthread_mutex_destroy(&call->lock);
    free(call);
}

static void *call_main(void *arg)
{
    struct call *call = arg;
    call->run(call->arg);
    pthread_mutex_lock(&call->lock);
    call->done = true;
    bool left = call->left;
    pthread_cond_signal(&call->ended);
    pthread_mutex_unlock(&call->lock);
    if (left) {
        call->end(call->arg);
        call_free(call);
    }
    return NULL;
}

static void call_start(struct call *call)
{
    pthread_t thread;
    pthread_condattr_t clock;
    pthread_mutex_init(&call->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&call->ended, &clock);
    pthread_condattr_destroy(&clock);
    /* Signals are for others: a new thread inherits the mask of its maker. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread, NULL, call_main, call);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error) {
        errno = error;
        log_fatal("cannot start a thread: %m");
    }
    pthread_detach(thread);
}

bool patience_run(int64_t wait_ms, void (*run)(void *arg), void (*end)(void *arg), void *arg)
{
    struct call *call = NEW(struct call);
    *call = (struct call){.run = run, .end = end, .arg = arg};
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += wait_ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    call_start(call);
    pthread_mutex_lock(&call->lock);
    for (int error = 0; !call->done && error != ETIMEDOUT;)
        error = pthread_cond_timedwait(&call->ended, &call->lock, &until);
    bool done = call->done;
    call->left = !done;
    pthread_mutex_unlock(&call->lock);
    if (done)
        call_free(call);
    return done;
}
