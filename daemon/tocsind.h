/*
 * The daemon as a whole: which rooms there are and how they are joined. Only the files beside it
 * and verbs/ see this header; no room knows it.
 */
#ifndef TOCSIN_TOCSIND_H
#define TOCSIN_TOCSIND_H

#include <stdbool.h>

#include "alert/alert.h"
#include "base/list.h"
#include "base/worker.h"
#include "config/config.h"
#include "control/control.h"
#include "deliver/deliver.h"
#include "detect/detect.h"
#include "document/archive.h"
#include "document/document.h"
#include "hosts/hosts.h"
#include "metrics/listener.h"
#include "metrics/metrics.h"
#include "source/source.h"
#include "store/store.h"

struct options {
    char *config_file, *state_dir, *runtime_dir, *host_program, *plugin_dirs;
    char *group;   /* whose members may speak to the daemon; NULL nobody else */
    gid_t gid;     /* of the group */
    char *restore; /* a back-up to put in place, instead of running; NULL: none */
    bool system, once;
};

/* A source with what it needs to live: its handle in documents/ and the configuration its folder
 * belongs to. */
struct watched {
    struct list link;
    struct daemon *daemon;
    struct source *source;
    struct config *config;
    bool said; /* what it watches was told */
    bool calm; /* its trouble was told to be over */
    char *why; /* the trouble that was told, NULL none */
};

/* How configurations were taken while running; the one of the start is good, and not counted. */
struct reload_counts {
    uint64_t n_good, n_bad;
    bool last_is_good;
    int64_t last_good_ms; /* UTC */
};

struct daemon {
    const struct options *options;
    struct loop *loop;
    struct config *config; /* in force; NULL until the first one was taken */
    struct store *store;
    char *store_lost; /* why it was begun anew, NULL: it was not; also in a later start, until every
                         source has its baseline */
    struct hosts *hosts;
    struct documents *documents;
    struct archive_keeper *keeper;
    struct detect *detect;
    struct alerts *alerts;
    struct deliver *deliver;
    struct listener *listener; /* for metrics */
    struct control *control;
    struct list sources;   /* struct watched */
    struct worker *helper; /* blocking work of the daemon itself: reading a configuration */
    struct canary *canary;
    struct reload *reload; /* at work, or NULL */
    struct service *service;
    uint64_t n_store_faults; /* since the start */
    struct reload_counts reloads;
    int64_t started_ms; /* UTC */
    bool ready;
    int lock_fd;
    int exit_status;
};

/* ---- options.c: the command line ---- */
/* Reads it and fills in what it leaves open. -1 to go on, else the exit status. */
int options_read(struct options *options, int argc, char **argv);
/* Makes the state and the runtime directory, mode 0700; the latter 0750 and the group's, if there
 * is one. */
int options_make_dirs(const struct options *options, struct err *err);
/* The state directory alone. */
int options_make_state(const struct options *options, struct err *err);
void options_deinit(struct options *options);

/* ---- restore.c: --restore ---- */
/* Returns the exit status. */
int restore_run(const struct options *options);

/* ---- flow.c: the stages joined, and the sources ---- */
extern const struct documents_ops flow_documents_ops;
extern const struct detect_ops flow_detect_ops;
extern const struct alerts_ops flow_alerts_ops;
extern const struct deliver_ops flow_deliver_ops;
/* Makes the sources of daemon->config that are new or changed, ends those that are gone. */
void flow_sources(struct daemon *daemon);
void flow_sources_free(struct daemon *daemon);
struct source *flow_source_find(struct daemon *daemon, const char *name);
/* For store_on_fault. */
void flow_store_fault(void *arg, const char *fault);
/* For store_on_damage: ends the daemon. */
void flow_store_damaged(void *arg, const char *fault);
/* For loop_on_jump. */
void flow_clock_jumped(void *arg, int64_t by_ms);
/* Nothing is on its way anywhere. */
bool flow_idle(const struct daemon *daemon);
/* Likewise, but for detectors that fail time after time. */
bool flow_gives_up(const struct daemon *daemon);

/* ---- reload.c: a configuration, the first one too, checked whole before anything changes ---- */
/* `done` gets NULL, or everything that is wrong. At most one at a time: `done` says so at once. */
void reload_start(struct daemon *daemon, void (*done)(void *arg, const char *problems), void *arg);
/* The same up to the point where it would be taken. `checked` gets the configuration, NULL when it
 * is bad, and what is wrong or worth a warning. */
void reload_check(struct daemon *daemon,
                  void (*checked)(void *arg, const struct config *config, const char *text),
                  void *arg);
/* As the one with `take`, else as the other, telling what differs: `planned` borrows the plan, NULL
 * when the configuration is bad. */
void reload_plan(struct daemon *daemon, bool take,
                 void (*planned)(void *arg, json_t *plan, const char *text), void *arg);
void reload_cancel(struct daemon *daemon);

/* ---- plan.c: what a reload changes ---- */
/* {"folders": CHANGES, "detectors", "topics", "notifiers", "routes", "expect", "settings"}, each as
 * in hosts/topic_plan.h; new ref. */
json_t *plan_json(const struct config *old, const struct config *new, struct topic_plan *topics);

/* ---- service.c: what systemd and `--once` need ---- */
struct service *service_new(struct daemon *daemon);
void service_free(struct service **service);
/* Everything is up: READY=1. */
void service_ready(struct daemon *daemon);
/* Counts changed: the status line follows within a second. */
void service_touch(struct daemon *daemon);
void service_reloading(struct daemon *daemon, bool begins);

/* ---- figures.c: what the rooms counted ---- */
/* Gathers a page and hands it to `done`, on the loop. */
void figures_gather(struct daemon *daemon, void (*done)(void *arg, const struct metrics *metrics),
                    void *arg);

/* ---- pages.c: what an exporter may ask ---- */
extern const struct listener_ops pages_listener_ops;

/* ---- verbs/: what tocsinctl may ask ---- */
extern const struct control_verb daemon_verbs[];
extern const size_t daemon_n_verbs;

#endif
