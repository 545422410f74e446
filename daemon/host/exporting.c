/*
 * Pages: a thread of an exporter asks by ASK and waits; PAGE comes to the thread that serves the
 * channel, which hands it over. Whoever asked says DONE when it has the page, so that the daemon's
 * deadline runs while this host is at work with it, and a host that hangs over one is noticed; for
 * one that has stopped waiting, the serving thread says so.
 */
#include "host/exporting.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "base/list.h"
#include "base/memfd.h"
#include "host/jobs.h"
#include "host/post.h"
#include "host/voice.h"

#define PATIENCE_S     5
#define MAX_PAGE_BYTES ((size_t)64 * 1024 * 1024)

/* One that waits; on its thread's stack. */
struct waiting {
    struct list link;
    uint64_t job;
    bool is_answered;
    char *text;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
/* All under the lock. */
static struct list all_waiting = {&all_waiting, &all_waiting};
static uint64_t n_asked;
static bool is_open; /* the daemon has been told that this host is ready, and may be asked */

static struct waiting *find(uint64_t job)
{
    list_each (link, &all_waiting) {
        struct waiting *waiting = LIST_ITEM(link, struct waiting, link);
        if (waiting->job == job)
            return waiting;
    }
    return NULL;
}

static void wait_until(const bool *is_so, const struct timespec *end)
{
    int result = 0;
    while (!*is_so && result != ETIMEDOUT)
        result = pthread_cond_clockwait(&changed, &lock, CLOCK_MONOTONIC, end);
}

/* False: it is too early. One that asks while this host is set up waits for the end of that. */
static bool begin(struct waiting *waiting, const struct timespec *end)
{
    pthread_mutex_lock(&lock);
    wait_until(&is_open, end);
    bool began = is_open;
    if (began) {
        waiting->job = ++n_asked;
        list_append(&all_waiting, &waiting->link);
    }
    pthread_mutex_unlock(&lock);
    return began;
}

static void wait_for_it(struct waiting *waiting, const struct timespec *end)
{
    pthread_mutex_lock(&lock);
    wait_until(&waiting->is_answered, end);
    list_remove(&waiting->link);
    pthread_mutex_unlock(&lock);
}

static void page_done(uint64_t job)
{
    post(&(struct ipc_message){.type = IPC_DONE, .done = {.job = job}});
}

char *exporting_page(const char *name)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += PATIENCE_S;
    struct waiting waiting = {0};
    list_init(&waiting.link);
    if (!begin(&waiting, &end))
        return NULL;
    post(&(struct ipc_message){.type = IPC_ASK, .ask = {.job = waiting.job, .page = name}});
    wait_for_it(&waiting, &end);
    if (waiting.is_answered)
        page_done(waiting.job);
    return waiting.text;
}

void exporting_open(void)
{
    pthread_mutex_lock(&lock);
    is_open = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

/* Takes text. */
static bool hand_over(uint64_t job, char *text)
{
    pthread_mutex_lock(&lock);
    struct waiting *waiting = find(job);
    if (waiting) {
        waiting->text = text;
        waiting->is_answered = true;
        pthread_cond_broadcast(&changed);
    } else {
        free(text);
    }
    pthread_mutex_unlock(&lock);
    return waiting != NULL;
}

int job_page(struct host *host, const struct ipc_message *message, int fd, struct err *err)
{
    const struct ipc_page *page = &message->page;
    char *text = NULL;
    if (host->role != IPC_ROLE_EXPORTER)
        return err_set(err, "this host has no exporter");
    if (page->is_known) {
        struct memfd_map map;
        if (memfd_map(fd, MAX_PAGE_BYTES, &map, err) < 0)
            return -1;
        text = mem_strndup(map.data, map.len);
        memfd_unmap(&map);
    }
    voice_begin(&host->plugins[0]);
    if (!hand_over(page->job, text))
        page_done(page->job);
    return 0;
}
