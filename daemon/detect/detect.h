/*
 * Detection: which document goes to which host. Keeps the pool of detector hosts (one warm, more
 * under backlog, idle ones end after 60 s), hands them documents with their descriptors, puts the
 * results together, and lives with plugins that crash or hang: a strike for the plugin that was at
 * work, a second try with its plugins one at a time, then quarantine of that document for that
 * plugin, visibly.
 */
#ifndef TOCSIN_DETECT_DETECT_H
#define TOCSIN_DETECT_DETECT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "config/config.h"
#include "document/document.h"
#include "hosts/hosts.h"
#include "hosts/topic_plan.h"

struct detect;

struct detect_quote {
    uint32_t start, end, mark_start, mark_end;
    bool is_old; /* the document had it before its last change */
    char *quote;
};

struct detect_field {
    char *name, *value;
};

struct detect_finding {
    bool is_fact;
    char *topic; /* or the fact's status */
    char *summary;
    char *shadow; /* where it is said that it rings nobody; NULL: it may ring */
    int severity;
    double score;
    struct config_texts labels;
    struct detect_field *fields;
    size_t n_fields;
    struct detect_quote *evidence;
    size_t n_evidence;
};

/* All that one detector says about one version. */
struct detect_result {
    char *detector; /* instance name */
    int64_t document, version;
    struct hash origin, text_hash;
    int32_t date; /* never 0: the document's own, else the day it was seen */
    bool has_date;
    char *source, *path, *title;
    /* Of a detector of facts, from its description; NULL-terminated; NULL: topics. */
    struct config_texts key_fields, statuses;
    char *edition_field;
    struct detect_finding *findings;
    size_t n_findings;
    void *
        sketch; /* of the document's text, base/sketch.h; NULL: nothing was found, or it is short */
    size_t sketch_len;
    bool resumed;    /* its version was pending in the store, and may have been judged meanwhile */
    int64_t seen_us; /* of the change, for the latency people see; 0: not live */
};
void detect_result_free(struct detect_result **result);

struct detect_ops {
    /* One detector's result, after its version's commit. The receiver owns it and commits it in one
     * transaction, which also removes the pending row (store_pending_done). */
    void (*result)(void *arg, struct detect_result *result);
    /* Something people must hear of: quarantine, a plugin that cannot start. */
    void (*trouble)(void *arg, const char *subject, const char *text);
    /* A trouble of that subject has passed: a reload mended it. May be NULL. */
    void (*trouble_over)(void *arg, const char *subject);
    /* A detector has learnt from documents what its index is to be prepared with: the configuration
     * in force is to be given to detect_configure again. May be NULL. */
    void (*learnt)(void *arg);
};

struct detect *detect_new(struct loop *loop, struct hosts *hosts, struct documents *documents,
                          struct store *store, const struct detect_ops *ops, void *arg);
/* After store_flush: operations of this room's may be under way until then. */
void detect_free(struct detect **detect);
/* Takes the detectors of a (new) configuration: hosts whose slice is the same live on, the others
 * are drained and replaced. */
void detect_configure(struct detect *detect, struct config *config);
/* Takes work from the documents room. */
void detect_read(struct detect *detect, struct document_work *work);
/* Takes up what was pending in the store when the daemon ended. */
void detect_resume(struct detect *detect);
/* Tries quarantined documents again: all of a detector (NULL: any) or one document (0: all). `done`
 * gets how many there were, or an error. */
void detect_release(struct detect *detect, const char *detector, int64_t document,
                    void (*done)(void *arg, int n_released, const char *error), void *arg);
/* Looks for a topic in all versions since then that the archive keeps and that were judged without
 * it; a row each in the store, so it goes on after a restart. New documents go before. `done` hears
 * when all is written down, with their number, or an error. */
void detect_backfill(struct detect *detect, const char *detector, const char *topic,
                     int64_t since_ms,
                     void (*done)(void *arg, int64_t n_versions, const char *error), void *arg);
/* Why does this text match, or not? JSON for people: [{"detector", "topic", "matches",
 * "parts": [{"depth", "holds", "part", "text"}]}]. `detector` NULL: all, `topic` NULL: all. Takes
 * text_fd. The answer is the receiver's reference; NULL with an error. */
void detect_explain(struct detect *detect, const char *detector, const char *topic,
                    const char *source, const char *path, const char *title, int32_t date,
                    int text_fd, void (*done)(void *arg, json_t *parts, const char *error),
                    void *arg);
/* [{"detector", "name", "severity", "labels", "query", "details", "file", "line"}], details being
 * an object of texts; the receiver's reference. */
void detect_topics(struct detect *detect,
                   void (*done)(void *arg, json_t *topics, const char *error), void *arg);
/* Of each detector that is at work and has prepared one: its index, the room's. */
void detect_each_index(const struct detect *detect,
                       void (*each)(void *arg, const char *detector,
                                    const struct host_index *index),
                       void *arg);
/* Tells `plan` of the topics that a detector has in force; `done` gets NULL, or why that failed.
 * The plan is one detector's at a time. */
void detect_plan_topics(struct detect *detect, const char *detector, struct topic_plan *plan,
                        void (*done)(void *arg, const char *error), void *arg);
/* Nothing more is told, and `done` does not come. */
void detect_plan_cancel(struct detect *detect, const struct topic_plan *plan);
bool detect_idle(const struct detect *detect);
/* Is all that is left to do for detectors that fail time after time? It is in the store, too. */
bool detect_gives_up(const struct detect *detect);
/* What is at hand. What is taken up from the store counts as one until it is all done. */
size_t detect_queued(const struct detect *detect);
size_t detect_running(const struct detect *detect);

/* What one detector did since the start, also under earlier configurations. How long it took is
 * counted by classes: at most detect_bounds_us[i], the last class holding all that took longer. */
#define DETECT_N_BOUNDS 16
extern const uint64_t detect_bounds_us[DETECT_N_BOUNDS];
struct detect_counts {
    uint64_t took[DETECT_N_BOUNDS + 1];
    uint64_t took_us; /* all together */
    uint64_t findings, strikes;
};
/* Those that are configured. */
void detect_each_counts(const struct detect *detect,
                        void (*each)(void *arg, const char *detector,
                                     const struct detect_counts *counts),
                        void *arg);
/* {"queued", "running", "documents", "strikes", "quarantined", "apart": [{"detector", "why",
 * "for_ms"}]}; new ref. */
json_t *detect_status(const struct detect *detect);

#endif
