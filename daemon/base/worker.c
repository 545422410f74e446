/* A thread and two queues, one there and one back; see worker.h. */
#include "base/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"

struct job {
    struct list link;
    void (*run)(void *arg);
    void (*done)(void *arg);
    void *arg;
};

struct worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t asked;
    pthread_cond_t ended;
    struct list todo; /* under lock */
    struct list back; /* under lock */
    bool stop;        /* under lock */
    bool has_ended;   /* under lock */
    size_t backlog;   /* the loop's */
    struct loop_wake *wake;
    char name[16];
};

static void *worker_main(void *arg)
{
    struct worker *worker = arg;
    pthread_setname_np(pthread_self(), worker->name);
    pthread_mutex_lock(&worker->lock);
    for (;;) {
        struct list *link = list_pop(&worker->todo);
        if (!link) {
            if (worker->stop)
                break;
            pthread_cond_wait(&worker->asked, &worker->lock);
            continue;
        }
        pthread_mutex_unlock(&worker->lock);
        struct job *job = LIST_ITEM(link, struct job, link);
        job->run(job->arg);
        pthread_mutex_lock(&worker->lock);
        bool was_empty = list_empty(&worker->back);
        list_append(&worker->back, &job->link);
        if (!was_empty)
            continue;
        /* Whoever is woken wants the lock. */
        pthread_mutex_unlock(&worker->lock);
        loop_wake_send(worker->wake);
        pthread_mutex_lock(&worker->lock);
    }
    worker->has_ended = true;
    pthread_cond_signal(&worker->ended);
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

static void hand_back(void *arg)
{
    struct worker *worker = arg;
    for (;;) {
        pthread_mutex_lock(&worker->lock);
        struct list *link = list_pop(&worker->back);
        pthread_mutex_unlock(&worker->lock);
        if (!link)
            return;
        struct job *job = LIST_ITEM(link, struct job, link);
        worker->backlog--;
        if (job->done)
            job->done(job->arg);
        free(job);
    }
}

struct worker *worker_new(struct loop *loop, const char *name)
{
    struct worker *worker = NEW(struct worker);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->asked, NULL);
    pthread_cond_init(&worker->ended, &attr);
    pthread_condattr_destroy(&attr);
    list_init(&worker->todo);
    list_init(&worker->back);
    for (size_t i = 0; i < sizeof(worker->name) - 1 && name[i]; i++)
        worker->name[i] = name[i];
    worker->wake = loop_wake_new(loop, hand_back, worker);
    /* Signals are the loop's: a new thread inherits the mask of its maker. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&worker->thread, NULL, worker_main, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error) {
        errno = error;
        log_fatal("cannot start the thread %s: %m", worker->name);
    }
    return worker;
}

void worker_submit(struct worker *worker, void (*run)(void *arg), void (*done)(void *arg),
                   void *arg)
{
    struct job *job = NEW(struct job);
    *job = (struct job){.run = run, .done = done, .arg = arg};
    list_init(&job->link);
    worker->backlog++;
    pthread_mutex_lock(&worker->lock);
    bool was_empty = list_empty(&worker->todo);
    list_append(&worker->todo, &job->link);
    pthread_mutex_unlock(&worker->lock);
    if (was_empty)
        pthread_cond_signal(&worker->asked);
}

size_t worker_backlog(const struct worker *worker)
{
    return worker->backlog;
}

static void stop(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    worker->stop = true;
    pthread_cond_signal(&worker->asked);
    pthread_mutex_unlock(&worker->lock);
}

static void destroy(struct worker **worker)
{
    struct worker *w = *worker;
    pthread_join(w->thread, NULL);
    hand_back(w);
    loop_wake_free(&w->wake);
    pthread_cond_destroy(&w->asked);
    pthread_cond_destroy(&w->ended);
    pthread_mutex_destroy(&w->lock);
    free(w);
    *worker = NULL;
}

void worker_free(struct worker **worker)
{
    if (!*worker)
        return;
    stop(*worker);
    destroy(worker);
}

bool worker_free_within(struct worker **worker, int64_t wait_ms)
{
    if (!*worker)
        return true;
    struct worker *w = *worker;
    stop(w);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += wait_ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&w->lock);
    int error = 0;
    while (!w->has_ended && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&w->ended, &w->lock, &until);
    bool ended = w->has_ended;
    pthread_mutex_unlock(&w->lock);
    if (!ended) {
        pthread_detach(w->thread);
        *worker = NULL;
        return false;
    }
    destroy(worker);
    return true;
}
