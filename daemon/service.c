/*
 * What the service manager is told (sd_notify(3)): ready, a line of counts, the watchdog's
 * heartbeat, a reload at work; and the end of a run with --once. No timer runs when nothing
 * happens, the watchdog's aside.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include <systemd/sd-daemon.h>

#include "base/log.h"
#include "base/mem.h"
#include "tocsind.h"

#define STATUS_DELAY_MS 1000
#define ONCE_LOOK_MS    50
#define ONCE_QUIET      4 /* looks in a row that found nothing on its way */

struct service {
    struct daemon *daemon;
    struct loop_timer *status;
    struct loop_timer *watchdog;
    int64_t watchdog_ms;
    struct loop_timer *once;
    int quiet;
};

static void say_status(void *arg)
{
    struct service *service = arg;
    const struct daemon *daemon = service->daemon;
    const struct documents_counts *counts = documents_counts(daemon->documents);
    const char *fault = store_fault(daemon->store);
    sd_notifyf(0, "STATUS=%" PRIu64 " documents known, %" PRIu64 " read, %" PRIu64 " rang%s%s",
               counts->known, counts->read, alerts_revisions(daemon->alerts),
               fault ? "; the store fails: " : "", fault ? fault : "");
}

void service_touch(struct daemon *daemon)
{
    struct service *service = daemon->service;
    if (service && !loop_timer_active(service->status))
        loop_timer_set(service->status, STATUS_DELAY_MS);
}

static void beat(void *arg)
{
    struct service *service = arg;
    sd_notify(0, "WATCHDOG=1");
    loop_timer_set(service->watchdog, service->watchdog_ms);
}

static void look_for_the_end(void *arg)
{
    struct service *service = arg;
    struct daemon *daemon = service->daemon;
    bool over = flow_idle(daemon);
    service->quiet = over || flow_gives_up(daemon) ? service->quiet + 1 : 0;
    if (service->quiet < ONCE_QUIET) {
        loop_timer_set(service->once, ONCE_LOOK_MS);
        return;
    }
    const struct documents_counts *counts = documents_counts(daemon->documents);
    log_notice("%" PRIu64 " documents read, %" PRIu64 " not readable as text, %" PRIu64
               " alerts rang",
               counts->read, counts->unsupported + counts->unreadable + counts->too_large,
               alerts_revisions(daemon->alerts));
    if (!over)
        log_warning("what waits for detectors that fail time after time is kept for the next run");
    loop_stop(daemon->loop);
}

struct service *service_new(struct daemon *daemon)
{
    struct service *service = NEW(struct service);
    service->daemon = daemon;
    service->status = loop_timer_new(daemon->loop, say_status, service);
    service->watchdog = loop_timer_new(daemon->loop, beat, service);
    service->once = loop_timer_new(daemon->loop, look_for_the_end, service);
    uint64_t watchdog_us = 0;
    if (sd_watchdog_enabled(0, &watchdog_us) > 0)
        service->watchdog_ms = (int64_t)(watchdog_us / 2000);
    return service;
}

void service_free(struct service **service)
{
    if (!*service)
        return;
    sd_notify(0, "STOPPING=1");
    loop_timer_free(&(*service)->status);
    loop_timer_free(&(*service)->watchdog);
    loop_timer_free(&(*service)->once);
    free(*service);
    *service = NULL;
}

void service_ready(struct daemon *daemon)
{
    struct service *service = daemon->service;
    daemon->ready = true;
    sd_notify(0, "READY=1");
    say_status(service);
    if (service->watchdog_ms)
        beat(service);
    if (daemon->options->once)
        loop_timer_set(service->once, ONCE_LOOK_MS);
}

void service_reloading(struct daemon *daemon, bool begins)
{
    if (!daemon->ready)
        return; /* starting is not reloading */
    if (!begins) {
        sd_notify(0, "READY=1");
        return;
    }
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
               (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}
