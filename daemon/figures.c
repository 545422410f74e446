/*
 * The figures of a page of metrics, gathered when somebody asks: first, on the store's reader
 * thread, what only the store and the kernel know, as both take a file; then, on the loop, what the
 * rooms have counted. Nothing is decided or kept here, and no timer runs for it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/alerts.h"
#include "store/documents.h"
#include "tocsind.h"

#define MS 1e3
#define US 1e6

static const char *const alert_states[] = {"open", "acknowledged", "closed"};
static const char *const open_states[] = {"queued", "held", "unknown", "deferred"};

/* A page on its way to the one who asked. */
struct figures {
    struct daemon *daemon;
    struct metrics *metrics;
    int64_t now_ms;
    struct config *config; /* NULL: none yet */
    /* From the store. */
    int64_t alerts[ARRAY_LEN(alert_states)];
    struct outbox_figures *outboxes; /* of config->notifiers[i] */
    void (*done)(void *arg, const struct metrics *metrics);
    void *arg;
};

struct outbox_figures {
    int64_t n[ARRAY_LEN(open_states)];
    int64_t oldest_ms; /* of those that are not held; 0: none */
};

static size_t index_of(const char *word, const char *const *words, size_t n)
{
    size_t i = 0;
    while (i < n && !str_equal(words[i], word))
        i++;
    return i;
}

/* ---- on the reader's thread: the store ---- */

static void take_alerts(void *arg, const char *state, int64_t n)
{
    struct figures *figures = arg;
    size_t i = index_of(state, alert_states, ARRAY_LEN(alert_states));
    if (i < ARRAY_LEN(alert_states))
        figures->alerts[i] = n;
}

/* Of a notifier that is not configured nothing is shown: its deliveries are about to be cancelled.
 */
static void take_open(void *arg, const char *notifier, const char *state, int64_t n,
                      int64_t oldest_ms)
{
    struct figures *figures = arg;
    const struct config *config = figures->config;
    size_t at = index_of(state, open_states, ARRAY_LEN(open_states));
    for (size_t i = 0; config && i < config->n_notifiers && at < ARRAY_LEN(open_states); i++) {
        struct outbox_figures *outbox = &figures->outboxes[i];
        if (!str_equal(config->notifiers[i].plugin.name, notifier))
            continue;
        outbox->n[at] = n;
        bool is_held = str_equal(state, "held");
        if (!is_held && (!outbox->oldest_ms || oldest_ms < outbox->oldest_ms))
            outbox->oldest_ms = oldest_ms;
    }
}

static void put_outboxes(const struct figures *figures)
{
    const struct config *config = figures->config;
    for (size_t i = 0; config && i < config->n_notifiers; i++) {
        const char *name = config->notifiers[i].plugin.name;
        const struct outbox_figures *outbox = &figures->outboxes[i];
        int64_t age_ms = outbox->oldest_ms ? figures->now_ms - outbox->oldest_ms : 0;
        for (size_t k = 0; k < ARRAY_LEN(open_states); k++)
            metrics_put(figures->metrics, METRIC_OUTBOX_DELIVERIES, (double)outbox->n[k],
                        METRIC_LABELS(name, open_states[k]));
        metrics_put(figures->metrics, METRIC_OUTBOX_OLDEST_AGE,
                    age_ms > 0 ? (double)age_ms / MS : 0, METRIC_LABELS(name));
    }
}

static int read_store(struct store_txn *txn, struct figures *figures, struct err *err)
{
    int64_t pending, quarantined;
    if (store_alert_counts(txn, take_alerts, figures, err) < 0 ||
        store_delivery_open(txn, take_open, figures, err) < 0 ||
        store_pending_count(txn, &pending, &quarantined, err) < 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(alert_states); i++)
        metrics_put(figures->metrics, METRIC_ALERTS, (double)figures->alerts[i],
                    METRIC_LABELS(alert_states[i]));
    put_outboxes(figures);
    metrics_put(figures->metrics, METRIC_DETECTIONS_PENDING, (double)pending, NULL);
    metrics_put(figures->metrics, METRIC_DETECTIONS_QUARANTINED, (double)quarantined, NULL);
    return 0;
}

/* ---- on the reader's thread: the process ---- */

static void put_memory(struct metrics *metrics)
{
    char text[128] = "", *rest;
    AUTO_FD int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
        return;
    double page = (double)sysconf(_SC_PAGESIZE);
    /* In pages: the whole, then what of it is resident (proc(5)). */
    metrics_put(metrics, METRIC_PROCESS_VIRTUAL_MEMORY, (double)strtoull(text, &rest, 10) * page,
                NULL);
    metrics_put(metrics, METRIC_PROCESS_RESIDENT_MEMORY, (double)strtoull(rest, NULL, 10) * page,
                NULL);
}

static void put_descriptors(struct metrics *metrics)
{
    struct rlimit limit;
    DIR *dir = opendir("/proc/self/fd");
    if (dir) {
        int n = -1; /* the one that is open for this */
        for (const struct dirent *entry; (entry = readdir(dir));)
            n += entry->d_name[0] != '.';
        closedir(dir);
        metrics_put(metrics, METRIC_PROCESS_OPEN_FDS, n, NULL);
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        metrics_put(metrics, METRIC_PROCESS_MAX_FDS, (double)limit.rlim_cur, NULL);
}

static void put_process(const struct figures *figures)
{
    struct timespec cpu;
    struct metrics *metrics = figures->metrics;
    metrics_put(metrics, METRIC_PROCESS_START_TIME, (double)figures->daemon->started_ms / MS, NULL);
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0)
        metrics_put(metrics, METRIC_PROCESS_CPU, (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9,
                    NULL);
    put_memory(metrics);
    put_descriptors(metrics);
}

static int run_read(struct store_txn *txn, void *arg, struct err *err)
{
    put_process(arg);
    return read_store(txn, arg, err);
}

/* ---- on the loop: the rooms ---- */

static void put_daemon(struct metrics *metrics, const struct daemon *daemon)
{
    const struct reload_counts *reloads = &daemon->reloads;
    metrics_put(metrics, METRIC_BUILD_INFO, 1, METRIC_LABELS(PACKAGE_VERSION));
    metrics_put(metrics, METRIC_READY, daemon->ready, NULL);
    metrics_put(metrics, METRIC_PAUSED, alerts_paused(daemon->alerts), NULL);
    metrics_put(metrics, METRIC_RELOAD_SUCCESSFUL, reloads->last_is_good, NULL);
    metrics_put(metrics, METRIC_RELOAD_SUCCESS_TIMESTAMP, (double)reloads->last_good_ms / MS, NULL);
    metrics_put(metrics, METRIC_RELOADS, (double)reloads->n_good, METRIC_LABELS("good"));
    metrics_put(metrics, METRIC_RELOADS, (double)reloads->n_bad, METRIC_LABELS("bad"));
    metrics_put(metrics, METRIC_LOOP_LONGEST_TURN, (double)loop_longest_turn_us(daemon->loop) / US,
                NULL);
    metrics_put(metrics, METRIC_STORE_BACKLOG, (double)store_backlog(daemon->store), NULL);
    metrics_put(metrics, METRIC_STORE_FAILING, store_fault(daemon->store) != NULL, NULL);
    metrics_put(metrics, METRIC_STORE_FAULTS, (double)daemon->n_store_faults, NULL);
}

static void put_source_state(struct metrics *metrics, const struct source *source)
{
    const char *name = source_name(source);
    for (int state = 0; state < SOURCE_N_STATES; state++)
        metrics_put(metrics, METRIC_SOURCE_STATE, (int)source_state(source) == state,
                    METRIC_LABELS(name, source_state_name((enum source_state)state)));
    metrics_put(metrics, METRIC_SOURCE_BACKEND, !source_polls(source),
                METRIC_LABELS(name, "inotify"));
    metrics_put(metrics, METRIC_SOURCE_BACKEND, source_polls(source),
                METRIC_LABELS(name, "polling"));
}

static void put_documents(struct metrics *metrics, const struct source *source,
                          const struct documents_counts *documents)
{
    const char *name = source_name(source);
    const struct source_counts *counts = source_counts(source);
    const struct {
        const char *result;
        uint64_t n;
    } results[] = {
        {"read", documents->read},
        {"unchanged", documents->unchanged},
        {"unsupported", documents->unsupported},
        {"unreadable", documents->unreadable + counts->unreadable},
        {"unstable", documents->unstable},
        {"too-large", documents->too_large + counts->skipped_large},
        {"special", counts->skipped_special},
        {"vanished", counts->vanished},
        {"removed", documents->removed},
        {"renamed", documents->renamed},
    };
    for (size_t i = 0; i < ARRAY_LEN(results); i++)
        metrics_put(metrics, METRIC_DOCUMENTS, (double)results[i].n,
                    METRIC_LABELS(name, results[i].result));
    metrics_put(metrics, METRIC_DOCUMENTS_KNOWN, (double)documents->known, METRIC_LABELS(name));
}

static void put_source(struct metrics *metrics, const struct daemon *daemon,
                       const struct source *source)
{
    const char *name = source_name(source);
    const struct source_counts *counts = source_counts(source);
    const struct documents_counts *documents = documents_source_counts(daemon->documents, name);
    put_source_state(metrics, source);
    metrics_put(metrics, METRIC_SOURCE_EVENTS, (double)counts->events, METRIC_LABELS(name));
    metrics_put(metrics, METRIC_SOURCE_OPENED, (double)counts->opened, METRIC_LABELS(name));
    metrics_put(metrics, METRIC_SOURCE_SCANS, (double)counts->scans, METRIC_LABELS(name));
    metrics_put(metrics, METRIC_SOURCE_OVERFLOWS, (double)counts->overflows, METRIC_LABELS(name));
    metrics_put(metrics, METRIC_SOURCE_WATCHES, (double)counts->watches, METRIC_LABELS(name));
    metrics_put(metrics, METRIC_SOURCE_WAITING, (double)counts->waiting, METRIC_LABELS(name));
    if (documents)
        put_documents(metrics, source, documents);
}

static void put_detector(void *arg, const char *detector, const struct detect_counts *counts)
{
    struct metrics *metrics = arg;
    const struct metric_times times = {.bounds_us = detect_bounds_us,
                                       .counts = counts->took,
                                       .n_bounds = DETECT_N_BOUNDS,
                                       .sum_us = counts->took_us};
    metrics_put_times(metrics, METRIC_DETECT_DURATION, &times, METRIC_LABELS(detector));
    metrics_put(metrics, METRIC_FINDINGS, (double)counts->findings, METRIC_LABELS(detector));
    metrics_put(metrics, METRIC_STRIKES, (double)counts->strikes, METRIC_LABELS(detector));
}

static void put_alerts(struct metrics *metrics, const struct daemon *daemon)
{
    const uint64_t *outcomes = alerts_outcome_counts(daemon->alerts);
    metrics_put(metrics, METRIC_REVISIONS_RUNG, (double)outcomes[OUTCOME_RANG], NULL);
    for (int i = 0; i < OUTCOME_N; i++) {
        if (i != OUTCOME_RANG)
            metrics_put(metrics, METRIC_SUPPRESSED, (double)outcomes[i],
                        METRIC_LABELS(outcome_word((enum alert_outcome)i)));
    }
}

/* Only those that there can be: who says never is not asked again, who says later may be. */
static void put_failure(struct metrics *metrics, const char *notifier, size_t failure,
                        const uint64_t *n)
{
    const char *reason = failure >= FAILURE_HOST
                             ? host_end_name((enum host_end)(failure - FAILURE_HOST))
                             : (failure == FAILURE_LATER ? "later" : "never");
    if (failure != FAILURE_NEVER)
        metrics_put(metrics, METRIC_DELIVERY_FAILURES, (double)n[0],
                    METRIC_LABELS(notifier, reason, "false"));
    metrics_put(metrics, METRIC_DELIVERY_FAILURES, (double)n[1],
                METRIC_LABELS(notifier, reason, "true"));
}

static void put_notifier(void *arg, const char *notifier, bool is_up,
                         const struct deliver_counts *counts)
{
    static const char *const results[ATTEMPT_N] = {
        [ATTEMPT_OK] = "sent",
        [ATTEMPT_LATER] = "later",
        [ATTEMPT_NEVER] = "never",
        [ATTEMPT_UNKNOWN] = "unknown",
    };
    struct metrics *metrics = arg;
    metrics_put(metrics, METRIC_NOTIFIER_UP, is_up, METRIC_LABELS(notifier));
    for (size_t i = 0; i < ATTEMPT_N; i++)
        metrics_put(metrics, METRIC_DELIVERIES, (double)counts->attempts[i],
                    METRIC_LABELS(notifier, results[i]));
    for (size_t i = 0; i < FAILURE_N; i++)
        put_failure(metrics, notifier, i, counts->failures[i]);
}

static void put_hosts(struct metrics *metrics, const struct hosts_counts *counts)
{
    for (int role = 0; role < HOST_N_ROLES; role++) {
        const char *name = host_role_name((enum host_role)role);
        metrics_put(metrics, METRIC_HOSTS, (double)counts->running[role], METRIC_LABELS(name));
        metrics_put(metrics, METRIC_HOST_STARTS, (double)counts->started[role],
                    METRIC_LABELS(name));
        for (int end = 0; end < HOST_N_ENDS; end++)
            metrics_put(metrics, METRIC_HOST_ENDS, (double)counts->ended[role][end],
                        METRIC_LABELS(name, host_end_name((enum host_end)end)));
    }
}

static void put_rooms(struct metrics *metrics, const struct daemon *daemon)
{
    put_daemon(metrics, daemon);
    list_each (link, &daemon->sources)
        put_source(metrics, daemon, LIST_ITEM(link, struct watched, link)->source);
    metrics_put(metrics, METRIC_DETECT_JOBS, (double)detect_queued(daemon->detect),
                METRIC_LABELS("queued"));
    metrics_put(metrics, METRIC_DETECT_JOBS, (double)detect_running(daemon->detect),
                METRIC_LABELS("running"));
    detect_each_counts(daemon->detect, put_detector, metrics);
    put_alerts(metrics, daemon);
    deliver_each_counts(daemon->deliver, put_notifier, metrics);
    put_hosts(metrics, hosts_counts(daemon->hosts));
}

/* ---- asked and answered ---- */

/* Without the store's figures, when it does not give them: the others say that it fails. */
static void have_read(void *arg, const char *error)
{
    (void)error;
    struct figures *figures = arg;
    put_rooms(figures->metrics, figures->daemon);
    figures->done(figures->arg, figures->metrics);
    metrics_free(&figures->metrics);
    config_unref(&figures->config);
    free(figures->outboxes);
    free(figures);
}

void figures_gather(struct daemon *daemon, void (*done)(void *arg, const struct metrics *metrics),
                    void *arg)
{
    struct figures *figures = NEW(struct figures);
    *figures = (struct figures){.daemon = daemon,
                                .metrics = metrics_new(),
                                .now_ms = loop_wall_ms(daemon->loop),
                                .config = daemon->config ? config_ref(daemon->config) : NULL,
                                .done = done,
                                .arg = arg};
    size_t n = daemon->config ? daemon->config->n_notifiers : 0;
    figures->outboxes = NEW_N(struct outbox_figures, n + 1);
    store_read(daemon->store, run_read, have_read, figures);
}
