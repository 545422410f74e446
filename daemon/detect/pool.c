/*
 * Detector hosts; see pool.h. Decides how many there are and which job goes to which.
 *
 * One host is kept warm, for all detectors; one that is set apart (apart.c) has hosts when it has
 * jobs. Another is started when the queue is long or its head has waited; each host has a few jobs
 * in its own queue (credit), so that it never waits for the loop, and the loop never waits for it.
 * A host beyond the first that had nothing to do for a while ends. When one dies, the job at work
 * and the jobs behind it go back by job_lost; the next host is started after a pause that grows
 * with the number of deaths in a row.
 *
 * When a host is late with a job, nothing else waits for it: what it has not begun is handed to the
 * others, and another host may take its place. It was told of what is taken from it, so it ends
 * when the late job is over.
 */
#include "detect/pool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "detect/strikes.h"

#define CREDIT 4 /* jobs in a host's own queue */
/* What makes another host worth its start. */
#define BACKLOG_LONG 32
#define BACKLOG_MS   100
#define IDLE_MS      60000
/* For reading and decoding, where no plugin's own deadline holds. */
#define READING_DEADLINE_MS 30000

struct pool {
    struct detect *detect;
    const char *only; /* the detector, NULL: all of them */
    struct list queue;
    size_t n_queued, n_running;
    size_t n_cores; /* at the start: asking opens a file */
    struct list members;
    struct loop_timer *idle;  /* only while there are more hosts than the warm one */
    struct loop_timer *pause; /* before the next start */
    int deaths;               /* in a row */
    bool pumping;
};

static void member_start(struct pool *pool);

/* ---- counting ---- */

static bool member_counts(const struct member *member)
{
    return !member->leaving;
}

static size_t pool_max(const struct pool *pool)
{
    return pool->detect->hosts_max ? pool->detect->hosts_max : pool->n_cores;
}

/* A late one is as good as none; but there are at most twice as many as there may be. */
static size_t pool_size(const struct pool *pool)
{
    size_t n = 0, n_late = 0;
    list_each (link, &pool->members) {
        const struct member *member = LIST_ITEM(link, struct member, link);
        n += member_counts(member);
        n_late += member_counts(member) && host_is_late(member->host);
    }
    return n - (n_late < pool_max(pool) ? n_late : pool_max(pool));
}

/* How many stay when there is nothing to do. */
static size_t pool_least(const struct pool *pool)
{
    return pool->only ? 0 : 1;
}

static bool pool_starting(const struct pool *pool)
{
    list_each (link, &pool->members) {
        const struct member *member = LIST_ITEM(link, struct member, link);
        if (member_counts(member) && !member->ready)
            return true;
    }
    return false;
}

size_t pool_queued(const struct pool *pool)
{
    return pool->n_queued;
}

size_t pool_running(const struct pool *pool)
{
    return pool->n_running;
}

bool pool_gives_up(const struct pool *pool)
{
    return pool->n_queued && !pool->n_running && loop_timer_active(pool->pause) &&
           strikes_pause_ms(pool->deaths) >= STRIKES_LONG_PAUSE_MS;
}

size_t member_plugin(const struct member *member, const char *detector)
{
    for (size_t i = 0; i < member->n_plugins; i++)
        if (str_equal(member->lineup->items[member->detector_of[i]].name, detector))
            return i;
    return SIZE_MAX;
}

/* ---- handing out ---- */

/* It is telling its topics, which may be very many: no document waits behind that. */
static bool member_lists(const struct member *member)
{
    return member->n_jobs && LIST_ITEM(member->jobs.prev, struct job, link)->kind == JOB_TOPICS;
}

static bool pool_lists(const struct pool *pool)
{
    list_each (link, &pool->members) {
        const struct member *member = LIST_ITEM(link, struct member, link);
        if (member_counts(member) && member_lists(member))
            return true;
    }
    return false;
}

/* A detector that is set apart may keep what it has for long. */
static size_t pool_credit(const struct pool *pool)
{
    return pool->only ? 1 : CREDIT;
}

/* The one with the least to do; among equals the first, so that the others may fall idle. */
static struct member *pool_pick(const struct pool *pool)
{
    struct member *best = NULL;
    list_each (link, &pool->members) {
        struct member *member = LIST_ITEM(link, struct member, link);
        if (member->ready && member_counts(member) && !member->robbed &&
            !host_is_late(member->host) && member->n_jobs < pool_credit(pool) &&
            !member_lists(member) && (!best || member->n_jobs < best->n_jobs))
            best = member;
    }
    return best;
}

static void member_rests(struct member *member)
{
    struct pool *pool = member->pool;
    member->idle_since_ms = loop_now_ms(pool->detect->loop);
    if (pool_size(pool) > pool_least(pool) && !loop_timer_active(pool->idle))
        loop_timer_set(pool->idle, IDLE_MS);
}

static void pool_hand(struct pool *pool, struct member *member)
{
    struct job *job = LIST_ITEM(pool->queue.next, struct job, link);
    list_remove(&job->link);
    pool->n_queued--;
    if (!pool->only)
        job_part(job);
    list_append(&member->jobs, &job->link);
    member->n_jobs++;
    pool->n_running++;
    if (job_send(job, member))
        return;
    list_remove(&job->link);
    member->n_jobs--;
    pool->n_running--;
    job_free(job);
    if (!member->n_jobs)
        member_rests(member);
}

static bool pool_wants_host(const struct pool *pool)
{
    size_t size = pool_size(pool);
    if (!size)
        return pool->n_queued || pool_least(pool);
    if (!pool->n_queued || size >= pool_max(pool) || pool_starting(pool))
        return false;
    const struct job *head = LIST_ITEM(pool->queue.next, struct job, link);
    return pool->n_queued >= BACKLOG_LONG || pool_lists(pool) ||
           loop_now_ms(pool->detect->loop) - head->queued_ms >= BACKLOG_MS;
}

void pool_pump(struct pool *pool)
{
    if (!pool->detect->lineup || pool->pumping)
        return;
    pool->pumping = true;
    struct member *member;
    while (pool->n_queued && (member = pool_pick(pool)))
        pool_hand(pool, member);
    pool->pumping = false;
    if (!loop_timer_active(pool->pause) && pool_wants_host(pool))
        member_start(pool);
}

/* What came of a job may have brought another, which is for all hosts at first. */
static void pool_goes_on(struct pool *pool)
{
    pool_pump(pool);
    if (pool->only)
        pool_pump(pool->detect->pool);
}

void pool_push(struct pool *pool, struct job *job, bool front)
{
    job->queued_ms = loop_now_ms(pool->detect->loop);
    list_insert(front ? pool->queue.next : &pool->queue, &job->link);
    pool->n_queued++;
}

/* ---- a host's life ---- */

static void member_free(struct member *member)
{
    list_remove(&member->link);
    for (size_t i = 0; i < member->n_plugins; i++)
        buf_deinit(&member->problems[i]);
    lineup_unref(&member->lineup);
    free(member);
}

static void member_ready(void *arg)
{
    struct member *member = arg;
    struct pool *pool = member->pool;
    member->ready = true;
    member->idle_since_ms = loop_now_ms(pool->detect->loop);
    detect_trouble_over(pool->detect, "hosts", "detector");
    if (member->lineup == pool->detect->lineup)
        for (size_t i = 0; i < member->n_plugins; i++)
            detect_works(pool->detect, member->lineup->items[member->detector_of[i]].name);
    pool_pump(pool);
}

static void member_job_over(struct member *member, struct job *job)
{
    struct pool *pool = member->pool;
    list_remove(&job->link);
    member->n_jobs--;
    pool->n_running--;
    pool->deaths = 0;
    job_free(job);
    if (!member->n_jobs)
        member_rests(member);
    pool_goes_on(pool);
}

/* What it would do next was taken from it. */
static void member_robbed_ends(struct member *member)
{
    member->leaving = true;
    host_kill(member->host);
}

static int member_message(void *arg, const struct ipc_message *message, int fd, struct err *err)
{
    struct member *member = arg;
    bool finished = false;
    if (list_empty(&member->jobs)) {
        fd_close(&fd);
        return err_set(err, "it has no job");
    }
    struct job *job = LIST_ITEM(member->jobs.next, struct job, link);
    if (serve_message(member, job, message, fd, &finished, err) < 0)
        return -1;
    finished |= member->robbed && message->type == IPC_DETECTED && !job->slots;
    if (finished && member->robbed)
        member_robbed_ends(member);
    if (finished)
        member_job_over(member, job);
    return 0;
}

/* The slots of the job at work that it has not come to. */
static void member_rob_job(struct member *member, struct job *job)
{
    if (job->kind != JOB_DOCUMENT || job->running == SIZE_MAX)
        return;
    uint64_t waiting = job->slots & ~(1ull << job->running);
    if (!waiting)
        return;
    job->slots &= ~waiting;
    member->robbed = true;
    doc_submit(job->doc, waiting, true);
}

static void member_rob(struct member *member)
{
    const struct loss loss = {.why = "another job is late"};
    /* From the last to the first, each to the front of the queue: the order stays. */
    while (member->n_jobs > 1) {
        struct job *job = LIST_ITEM(member->jobs.prev, struct job, link);
        list_remove(&job->link);
        member->n_jobs--;
        member->pool->n_running--;
        member->robbed = true;
        job_lost(job, &loss);
    }
    member_rob_job(member, LIST_ITEM(member->jobs.next, struct job, link));
}

static void member_late(void *arg, int running)
{
    struct member *member = arg;
    struct pool *pool = member->pool;
    /* What a detector did before a reload says nothing of it, and alone it is slow for nobody. */
    if (running >= 0 && member->n_plugins > 1 && member->lineup == pool->detect->lineup)
        apart_set(pool->detect, member->lineup->items[member->detector_of[running]].name,
                  "is slow");
    if (!list_empty(&member->jobs))
        member_rob(member);
    pool_pump(pool);
}

static void member_problem(void *arg, const struct ipc_problem *problem)
{
    struct member *member = arg;
    struct buf *text = &member->problems[problem->plugin];
    if (problem->warning)
        return;
    if (text->len)
        buf_puts(text, "; ");
    if (problem->file[0])
        buf_printf(text, "%s:%u:%u: ", problem->file, problem->line, problem->column);
    /* What goes on in more lines (a query with a caret) is for where columns stay columns. */
    buf_append(text, problem->text, strcspn(problem->text, "\n"));
}

static void member_facts(void *arg, const struct ipc_facts *facts)
{
    struct member *member = arg;
    lineup_facts(member->lineup, member->detector_of[facts->plugin], facts);
}

static void member_blame(struct member *member, size_t plugin, const char *why)
{
    size_t at = member->detector_of[plugin];
    AUTO_FREE char *text =
        mem_printf("detector \"%s\" cannot work: %s", member->lineup->items[at].name, why);
    lineup_blame(member->lineup, at, text);
}

/* Set-up failed. True: it is known whose fault it was, and the next host goes without it. */
static bool member_blamed(struct member *member, int running, const char *why)
{
    bool blamed = false;
    for (size_t i = 0; i < member->n_plugins; i++)
        if (member->problems[i].len) {
            member_blame(member, i, buf_text(&member->problems[i]));
            blamed = true;
        }
    if (!blamed && member->n_plugins == 1)
        running = 0;
    if (!blamed && running >= 0) {
        member_blame(member, (size_t)running, why);
        blamed = true;
    }
    return blamed;
}

static void member_returns_jobs(struct member *member, struct loss *loss)
{
    struct pool *pool = member->pool;
    while (!list_empty(&member->jobs)) {
        struct job *job = LIST_ITEM(member->jobs.prev, struct job, link);
        list_remove(&job->link);
        member->n_jobs--;
        pool->n_running--;
        loss->at_work = list_empty(&member->jobs);
        job_lost(job, loss);
    }
}

static void member_ended(void *arg, enum host_end end, int running, const char *why)
{
    struct member *member = arg;
    struct pool *pool = member->pool;
    bool was_ready = member->ready;
    member->ready = false;
    member->leaving = true;
    if (end != HOST_ENDED)
        log_warning("%s: %s", host_name(member->host), why);
    struct loss loss = {.killed = host_was_killed(member->host),
                        .failed = end == HOST_CRASHED || end == HOST_HUNG || end == HOST_LIED,
                        .outdated = member->lineup != pool->detect->lineup,
                        .why = why};
    bool started = host_pid(member->host) > 0;
    member->host = NULL;
    member_returns_jobs(member, &loss);
    bool unusable = end == HOST_UNUSABLE && !loss.killed;
    bool blamed = unusable && !was_ready && started && member_blamed(member, running, why);
    if (end != HOST_ENDED && !blamed)
        pool->deaths++;
    if (unusable && !blamed)
        detect_trouble(pool->detect, "hosts", "detector", why);
    member_free(member);
    int64_t pause_ms = strikes_pause_ms(pool->deaths);
    if (pause_ms && end != HOST_ENDED)
        loop_timer_set(pool->pause, pause_ms);
    pool_goes_on(pool);
}

static const struct host_ops member_ops = {.ready = member_ready,
                                           .message = member_message,
                                           .problem = member_problem,
                                           .facts = member_facts,
                                           .late = member_late,
                                           .ended = member_ended};

static struct member *member_new(struct pool *pool)
{
    struct lineup *lineup = pool->detect->lineup;
    struct member *member = NEW(struct member);
    member->pool = pool;
    member->lineup = lineup_ref(lineup);
    list_init(&member->jobs);
    for (size_t i = 0; i < lineup->n; i++)
        if (!lineup->items[i].trouble &&
            (!pool->only || str_equal(pool->only, lineup->items[i].name)))
            member->detector_of[member->n_plugins++] = (uint8_t)i;
    list_append(&pool->members, &member->link);
    return member;
}

static void member_start(struct pool *pool)
{
    struct member *member = member_new(pool);
    struct host_plugin plugins[LINEUP_MAX];
    AUTO_FREE char *name = mem_printf("detect-%llu", (unsigned long long)++pool->detect->n_hosts);
    struct host_spec spec = {.name = name,
                             .role = HOST_DETECTOR,
                             .plugins = plugins,
                             .n_plugins = member->n_plugins,
                             .deadline_ms = READING_DEADLINE_MS};
    for (size_t i = 0; i < member->n_plugins; i++) {
        const struct detector *detector = &member->lineup->items[member->detector_of[i]];
        plugins[i] = lineup_plugin(detector);
    }
    member->host = host_spawn(pool->detect->hosts, &spec, &member_ops, member);
}

static void member_leave(struct member *member)
{
    member->leaving = true;
    host_quit(member->host);
}

/* ---- the pool's life ---- */

static void pool_idle(void *arg)
{
    struct pool *pool = arg;
    int64_t now_ms = loop_now_ms(pool->detect->loop);
    size_t size = pool_size(pool);
    list_each (link, &pool->members) {
        struct member *member = LIST_ITEM(link, struct member, link);
        if (size <= pool_least(pool) || !member->ready || member->leaving || member->n_jobs ||
            now_ms - member->idle_since_ms < IDLE_MS)
            continue;
        member_leave(member);
        size--;
    }
    if (size > pool_least(pool))
        loop_timer_set(pool->idle, IDLE_MS);
}

static void pool_paused(void *arg)
{
    pool_pump(arg);
}

struct pool *pool_new(struct detect *detect, const char *only)
{
    struct pool *pool = NEW(struct pool);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    pool->detect = detect;
    pool->only = only;
    pool->n_cores = cores > 0 ? (size_t)cores : 1;
    list_init(&pool->queue);
    list_init(&pool->members);
    pool->idle = loop_timer_new(detect->loop, pool_idle, pool);
    pool->pause = loop_timer_new(detect->loop, pool_paused, pool);
    return pool;
}

static void jobs_free(struct list *jobs)
{
    struct list *link;
    while ((link = list_pop(jobs)))
        job_free(LIST_ITEM(link, struct job, link));
}

void pool_free(struct pool **pool)
{
    if (!*pool)
        return;
    list_each_safe (link, &(*pool)->members) {
        struct member *member = LIST_ITEM(link, struct member, link);
        host_abandon(&member->host);
        jobs_free(&member->jobs);
        member_free(member);
    }
    jobs_free(&(*pool)->queue);
    loop_timer_free(&(*pool)->idle);
    loop_timer_free(&(*pool)->pause);
    free(*pool);
    *pool = NULL;
}

void pool_renew(struct pool *pool)
{
    list_each (link, &pool->members) {
        struct member *member = LIST_ITEM(link, struct member, link);
        if (member->lineup != pool->detect->lineup && !member->leaving)
            member_leave(member);
    }
    pool->deaths = 0;
    loop_timer_stop(pool->pause);
    pool_pump(pool);
}

void pool_dissolve(struct pool *pool, struct pool *into)
{
    struct list *link;
    while ((link = list_pop(&pool->queue))) {
        pool->n_queued--;
        pool_push(into, LIST_ITEM(link, struct job, link), false);
    }
    pool_renew(pool);
}
