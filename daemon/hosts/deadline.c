/*
 * The deadline of a host: of its set-up, of the job at hand (every sign of progress starts it
 * again), of its farewell. Past it, it is killed, and why is decided here. Before that, its owner
 * is told once that a job is late.
 */
#include "base/str.h"
#include "hosts/host.h"

#define SETUP_LEAST_MS 10000 /* whatever the deadline of a job is */
/* What is late: this part of the deadline, and no less than a busy machine may need for anything.
 */
#define LATE_PART     10
#define LATE_LEAST_MS 100

static int64_t deadline_of_plugin(const struct host *host, int plugin)
{
    int64_t own = plugin < 0 ? 0 : host->spec.plugins[plugin].deadline_ms;
    return own ? own : host->spec.deadline_ms;
}

static int64_t setup_deadline(const struct host *host)
{
    return host->spec.deadline_ms > SETUP_LEAST_MS ? host->spec.deadline_ms : SETUP_LEAST_MS;
}

/* The deadline itself when it is so short that there is nothing to tell before. */
static int64_t late_after(const struct host *host)
{
    int64_t deadline = deadline_of_plugin(host, host->running);
    int64_t late = deadline / LATE_PART > LATE_LEAST_MS ? deadline / LATE_PART : LATE_LEAST_MS;
    return host->ops.late && late < deadline ? late : deadline;
}

void deadline_renew(struct host *host)
{
    if (host->state == HOST_DYING || host->state == HOST_SETTING_UP)
        return;
    host->late = false;
    if (host->jobs_open)
        loop_timer_set(host->deadline, late_after(host));
    else if (host->state == HOST_QUITTING)
        loop_timer_set(host->deadline, deadline_of_plugin(host, host->running));
    else
        loop_timer_stop(host->deadline);
}

/* False: it is past the deadline itself. */
static bool tell_late(struct host *host)
{
    int64_t left_ms = deadline_of_plugin(host, host->running) - late_after(host);
    if (host->late || host->closed || host->abandoned || !host->jobs_open || !left_ms)
        return false;
    host->late = true;
    loop_timer_set(host->deadline, left_ms);
    host->ops.late(host->arg, host->running);
    return true;
}

static void decide_overdue(struct host *host)
{
    char time[48];
    bool setting_up = host->state == HOST_SETTING_UP;
    str_duration_format(setting_up ? setup_deadline(host) : deadline_of_plugin(host, host->running),
                        time, sizeof(time));
    if (setting_up && host->problems.n)
        host_decide(host, HOST_UNUSABLE, "%s", buf_text(&host->problems.text));
    else if (host->closed)
        host_decide(host, HOST_CRASHED, "%s closed its channel and would not end",
                    host_subject(host));
    else if (setting_up)
        host_decide(host, HOST_UNUSABLE, "%s: setting it up took longer than %s",
                    host_subject(host), time);
    else if (host->jobs_open)
        host_decide(host, HOST_HUNG, "%s took longer than %s", host_subject(host), time);
    else
        host_decide(host, HOST_ENDED, "%s did not end when asked to and was killed",
                    host_subject(host));
}

/* What it said while the loop did not listen, be it for a turn or because the daemon was stopped,
 * counts. True: that was enough. */
static bool has_got_on(struct host *host)
{
    if (host->closed || (host->state != HOST_READY && host->state != HOST_QUITTING))
        return false;
    bool had_job = host->jobs_open > 0;
    host_hear(host);
    return host->state == HOST_DYING || loop_timer_active(host->deadline) ||
           (had_job && !host->jobs_open);
}

static void host_overdue(void *arg)
{
    struct host *host = arg;
    if (host->pid < 0) { /* never started; said on a turn of its own */
        host_tell_end(host);
        return;
    }
    if (has_got_on(host) || tell_late(host))
        return;
    decide_overdue(host);
    host_slay(host);
}

void deadline_init(struct host *host)
{
    host->deadline = loop_timer_new(host->hosts->loop, host_overdue, host);
}

void deadline_begin(struct host *host)
{
    loop_timer_set(host->deadline, setup_deadline(host));
}
