/*
 * Figures for those who watch the watcher: the table of all metrics, and a page of their values in
 * the two forms in which they are shown, Prometheus' text format 0.0.4 and JSON.
 *
 * The table is the one place where a metric is declared; man/tocsin-metrics.7, the dashboard and
 * the alert rules are compared with it. Names follow the customs of Prometheus: the prefix tocsin_,
 * base units (seconds, bytes), _total for counters; process_ for what any process has. The values
 * of labels are names from the configuration and words of the program, never anything that a
 * document or a stranger chose, so that their number is bounded.
 *
 * Nothing is counted here: the rooms count, and figures.c gathers a page when somebody asks for it.
 */
#ifndef TOCSIN_METRICS_METRICS_H
#define TOCSIN_METRICS_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/buf.h"

enum metric {
    /* the daemon */
    METRIC_BUILD_INFO,
    METRIC_READY,
    METRIC_PAUSED,
    METRIC_RELOAD_SUCCESSFUL,
    METRIC_RELOAD_SUCCESS_TIMESTAMP,
    METRIC_RELOADS,
    METRIC_LOOP_LONGEST_TURN,
    METRIC_STORE_BACKLOG,
    METRIC_STORE_FAILING,
    METRIC_STORE_FAULTS,
    /* sources */
    METRIC_SOURCE_STATE,
    METRIC_SOURCE_BACKEND,
    METRIC_SOURCE_EVENTS,
    METRIC_SOURCE_OPENED,
    METRIC_SOURCE_SCANS,
    METRIC_SOURCE_OVERFLOWS,
    METRIC_SOURCE_WATCHES,
    METRIC_SOURCE_WAITING,
    /* documents */
    METRIC_DOCUMENTS,
    METRIC_DOCUMENTS_KNOWN,
    /* detection */
    METRIC_DETECT_DURATION,
    METRIC_FINDINGS,
    METRIC_STRIKES,
    METRIC_DETECT_JOBS,
    METRIC_DETECTIONS_PENDING,
    METRIC_DETECTIONS_QUARANTINED,
    /* alerts */
    METRIC_ALERTS,
    METRIC_REVISIONS_RUNG,
    METRIC_SUPPRESSED,
    /* deliveries */
    METRIC_DELIVERIES,
    METRIC_DELIVERY_FAILURES,
    METRIC_OUTBOX_DELIVERIES,
    METRIC_OUTBOX_OLDEST_AGE,
    METRIC_NOTIFIER_UP,
    /* hosts */
    METRIC_HOSTS,
    METRIC_HOST_STARTS,
    METRIC_HOST_ENDS,
    /* the process */
    METRIC_PROCESS_START_TIME,
    METRIC_PROCESS_CPU,
    METRIC_PROCESS_RESIDENT_MEMORY,
    METRIC_PROCESS_VIRTUAL_MEMORY,
    METRIC_PROCESS_OPEN_FDS,
    METRIC_PROCESS_MAX_FDS,
    METRIC_N
};

enum metric_type { METRIC_TYPE_COUNTER, METRIC_TYPE_GAUGE, METRIC_TYPE_HISTOGRAM };
/* "counter", "gauge", "histogram" */
const char *metric_type_name(enum metric_type type);

#define METRIC_MAX_LABELS 3
struct metric_family {
    const char *name;
    enum metric_type type;
    const char *labels[METRIC_MAX_LABELS + 1]; /* NULL-terminated */
    const char *help;                          /* one sentence */
};
extern const struct metric_family metric_families[METRIC_N];

struct metrics; /* a page */

struct metrics *metrics_new(void);
void metrics_free(struct metrics **metrics);
/* One sample. `labels` are the values of the family's labels in its order, METRIC_LABELS(...), or
 * NULL when it has none; bytes that are no UTF-8 become '?'. */
void metrics_put(struct metrics *metrics, enum metric metric, double value,
                 const char *const *labels);
#define METRIC_LABELS(...) ((const char *const[METRIC_MAX_LABELS + 1]){__VA_ARGS__})
/* One histogram of times: counts[i] of them took at most bounds_us[i], and more than the bound
 * before; counts[n_bounds] took longer than all bounds. Labels as above. */
struct metric_times {
    const uint64_t *bounds_us, *counts;
    size_t n_bounds;
    uint64_t sum_us;
};
void metrics_put_times(struct metrics *metrics, enum metric metric,
                       const struct metric_times *times, const char *const *labels);

/* The text format, families in the order of the table, those without samples left out. Appends. */
void metrics_text(const struct metrics *metrics, struct buf *out);
/* {NAME: {"type", "help", "samples": [{"labels": {}, "value"}]}}, every family; of a histogram
 * {"labels", "buckets": {BOUND: how many up to it}, "count", "sum"}. A new reference. */
json_t *metrics_json(const struct metrics *metrics);

#endif
