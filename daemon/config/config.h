/*
 * The configuration in force: one immutable, typed, reference-counted snapshot.
 *
 * It is made from the main file and its drop-ins (tocsin.yaml, tocsin.yaml.d/NAME.yaml in lexical
 * order) by config_load, which checks everything and keeps, for every value, the file, line and
 * column it was written at. A snapshot never changes: a reload makes another. Safe to read from
 * every thread while a reference is held.
 */
#ifndef TOCSIN_CONFIG_CONFIG_H
#define TOCSIN_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tocsin/plugin.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "config/diag.h"

enum config_growth { CONFIG_GROWTH_WHOLE, CONFIG_GROWTH_LOG };
enum config_match { CONFIG_MATCH_NEW_TEXT, CONFIG_MATCH_WHOLE };
enum config_first_start { CONFIG_FIRST_BASELINE, CONFIG_FIRST_NEWER_THAN, CONFIG_FIRST_ALL };

/* A NULL-terminated array of texts. */
struct config_texts {
    char **items;
    size_t n;
};

struct config_folder {
    char *name;
    char *path; /* absolute, ~ expanded, no trailing slash, not resolved */
    bool recursive;
    bool follow_symlinks;
    struct config_texts include; /* glob patterns on the name, or on the path below the root if they
                                    hold a '/'; empty: everything */
    struct config_texts exclude;
    int64_t settle_ms;
    int64_t max_size_bytes;
    enum config_growth growth;
    enum config_first_start first_start;
    int64_t newer_than_ms; /* with CONFIG_FIRST_NEWER_THAN */
    int64_t expect_ms;     /* something new is expected within so long; 0: nothing is */
    struct config_at at;
    struct config_at *places; /* where each option was written, in the order of config/schema.h */
};

/* What a plugin's table makes of an option's values, as far as others have to know. */
enum config_option_kind {
    CONFIG_OPTION_PLAIN,
    CONFIG_OPTION_PATH,    /* files or folders to read */
    CONFIG_OPTION_COMMAND, /* a program and its arguments */
    CONFIG_OPTION_OUTPUT,  /* a file to append to */
    CONFIG_OPTION_LISTEN,  /* where to listen */
    CONFIG_OPTION_SECRET,  /* the file that holds it */
};

/* One option of a plugin, as written; the plugin's own table gives it its type. */
struct config_option {
    char *name;
    struct config_texts values;
    bool is_list;
    enum config_option_kind kind; /* set by config_resolve, as is */
    char *secret;                 /* what the file of a SECRET holds; never printed */
    struct config_at at;
};

/* A deep copy; free it with config_options_free. */
struct config_option *config_options_copy(const struct config_option *options, size_t n);
/* Frees the array and what it holds, secrets wiped; sets both to nothing. */
void config_options_free(struct config_option **options, size_t *n);

/* A detector or a notifier: a plugin under a name, with its options. */
struct config_plugin {
    char *name;   /* of the instance */
    char *plugin; /* of the plugin; equals name unless `plugin:` says otherwise */
    struct config_option *options;
    size_t n_options;
    enum config_match match; /* of a detector: what of a changed document can be news */
    int64_t deadline_ms;     /* per job */
    int64_t memory_bytes;    /* RLIMIT_AS above what the host needs itself */
    /* What the plugin says of itself; set by config_resolve. */
    enum tocsin_powers powers;
    bool interrupts, resolves, follows;     /* of a notifier, see tocsin/plugin.h */
    bool prepares, compares, tells_changes; /* of a detector, likewise */
    struct config_at at;
    struct config_at *places; /* of the options in config/schema.h */
    struct hash hash; /* of this slice: a host lives on over a reload while it is the same */
    bool unseen;      /* its secret is for another process alone: it cannot be started here */
};

struct config_notifier {
    struct config_plugin plugin;
    int64_t per_minute;     /* storm valve: revisions a minute before a summary; 0: no valve;
                               -1: the plugin's default (5 if it interrupts, else 0) */
    int64_t retry_first_ms; /* back-off: first delay, doubled up to retry_max, jitter +-20 % */
    int64_t retry_max_ms;
    int64_t give_up_ms;  /* dead letter after so long */
    int64_t concurrency; /* hosts */
};

struct config_route {
    struct config_texts topics;    /* glob patterns on the topic or fact status; empty: any */
    struct config_texts detectors; /* names; empty: any */
    struct config_texts sources;   /* names; empty: any */
    struct config_texts labels;    /* every one must be there; empty: any */
    int min_severity;              /* enum tocsin_severity, 1 to 4 */
    struct config_texts notify;    /* names of notifiers; empty: nobody, the alert is listed only */
    struct config_texts quiet;     /* hours; see timing.h for these and what follows */
    char *zone, *at_most, *digest;
    int64_t batch_ms;
    struct config_texts remind;   /* durations, each after the one before */
    int64_t escalate_ms;          /* so long after each other are the notifiers told; 0: together */
    bool stop;                    /* no later route is asked when this one matched */
    bool shadow;                  /* on trial: it is recorded whom it would tell, and nobody is */
    struct config_timing *timing; /* made of quiet to escalate_ms; NULL: it rings at any time */
    struct config_at at;
    struct config_at *places;
};

/* What is to be found now and then. */
struct config_expect {
    struct config_texts topics, detectors; /* as in a route */
    int64_t within_ms;                     /* 0: never */
    struct config_at at;
    struct config_at *places;
};

/* A document of the daemon's own that goes the whole way; see daemon/canary.h. */
#define CONFIG_CANARY "canary" /* its folder's name */
struct config_canary {
    char *schedule; /* a calendar expression, or "none" */
    char *word;
    int64_t within_ms;
};

struct config_keep {
    int64_t archive_ms, archive_bytes, removed_ms, sent_ms, alert_ms, identity_ms;
    int64_t story_ms; /* 0: documents have no stories */
};

struct config {
    int refs; /* config_ref, config_unref */
    char *file;
    /* It is looked at for a daemon in another process, whose unit may hand it what is not to be
     * seen here. Set by whoever loaded it, before config_resolve. */
    bool elsewhere;
    struct config_folder *folders;
    size_t n_folders;
    struct config_plugin *detectors;
    size_t n_detectors;
    struct config_notifier *notifiers;
    size_t n_notifiers;
    struct config_route *routes; /* in order; none written: every alert to every notifier */
    size_t n_routes;
    struct config_expect *expect;
    size_t n_expect;
    struct config_canary canary;
    struct config_at *canary_places;
    struct config_keep keep;
    struct config_at *keep_places;
    char *metrics_listen; /* an address, or "none" */
    struct config_at *metrics_places;
    struct config_plugin *exporter; /* made of it; NULL: none */
    int64_t hosts_max;              /* detector hosts under backlog; 0: one a core */
    struct config_at *hosts_places;
};

/* Reads and checks. On -1, `diags` says everything that is wrong, and *config is NULL; warnings may
 * stand in `diags` on success, too. Reads files: for start-up and worker threads, never the loop.
 * Checks the folders on disk: existence, overlap, permission. `watched` holds the paths of folders
 * that were watched before; one of those may be away (a disk that is not plugged in) without the
 * configuration being wrong. May be NULL. */
int config_load(const char *file, const struct config_texts *watched, struct config **config,
                struct diags *diags);
struct config *config_ref(struct config *config);
void config_unref(struct config **config);

/* The default main file: $XDG_CONFIG_HOME/tocsin/tocsin.yaml for a user, tocsin/tocsin.yaml under
 * the build's sysconfdir for the system. The caller frees it. */
char *config_default_file(bool system);
/* The directories of the store and of the control socket: what systemd hands to a service, else
 * the XDG base directories for a user, /var/lib/tocsin and /run/tocsin for the system. The caller
 * frees them. */
char *config_default_state_dir(bool system);
char *config_default_runtime_dir(bool system);

/* The snapshot in the form of the main file, every default spelled out, with the place of each
 * value that was written as a comment: what `tocsinctl config show` prints. */
void config_print(const struct config *config, struct buf *out);

/* NULL when there is none of that name. */
const struct config_folder *config_folder_find(const struct config *config, const char *name);
const struct config_notifier *config_notifier_find(const struct config *config, const char *name);
const struct config_plugin *config_detector_find(const struct config *config, const char *name);

#endif
