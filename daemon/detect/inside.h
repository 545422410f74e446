/*
 * What the files of the room detect/ share; nobody else includes it.
 *
 *   detect.c   the public face        job.c      documents in hand and their jobs
 *   lineup.c   the detectors          serve.c    what hosts answer
 *   pool.c     the hosts              result.c   findings put together
 *   strikes.c  what failure leads to  ask.c      explain and topics
 *   counts.c   what detectors did     resume.c   pending rows of the store
 *   before.c   what a document was    backfill.c a new topic and old versions
 *   apart.c    detectors that hold others up
 */
#ifndef TOCSIN_DETECT_INSIDE_H
#define TOCSIN_DETECT_INSIDE_H

#include "base/list.h"
#include "base/map.h"
#include "detect/detect.h"
#include "detect/lineup.h"

struct pool;
struct member;
struct resume;

struct detect {
    struct loop *loop;
    struct hosts *hosts;
    struct documents *documents;
    struct store *store;
    struct detect_ops ops;
    void *arg;
    struct lineup *lineup;     /* in force; NULL until the first one is probed */
    struct lineup *coming;     /* being probed */
    struct pool *pool;         /* the hosts of all detectors */
    uint64_t n_hosts;          /* started so far: their names */
    struct map *aparts;        /* by the detector's name */
    int64_t apart_until_ms;    /* when the last of them comes back */
    struct loop_timer *learnt; /* while that is to be told */
    int64_t learnt_ms;         /* when it was last */
    struct list docs;          /* in hand */
    size_t n_docs;
    uint64_t last_job; /* its number */
    struct list asks;
    struct list early_asks; /* that wait for the first line-up */
    struct list resumes;
    struct map *troubled;         /* subjects that were told and are not over */
    struct map *counts;           /* by the detectors' names, also of earlier configurations */
    struct document_work **early; /* that came before the first lineup was ready */
    size_t n_early, early_cap;
    size_t hosts_max;
    size_t n_fetching;  /* documents whose text from before is on its way from the store */
    bool resume_wanted; /* likewise */
    bool going;         /* being freed */
    uint64_t n_strikes, n_quarantined; /* since start */
};

/* ---- detect.c ---- */

/* A detector has learnt this, a memory file; taken. */
void detect_learnt(struct detect *detect, const struct detector *detector, int fd);

/* ---- job.c ---- */

enum slot_state {
    SLOT_WAITING,  /* to be run, or running */
    SLOT_REPORTED, /* its result waits for the version's commit */
    SLOT_OVER,     /* handed on, or in quarantine */
    SLOT_LEFT,     /* its pending row is left in the store for later */
};

/* One detector's part in one document. */
struct slot {
    enum slot_state state;
    int strikes;
    int unsaved;                  /* of the strikes, not yet in the store */
    char *reason;                 /* of the last strike */
    struct detect_result *result; /* being put together, or waiting */
};

/* A document in hand: from detect_read to the last result. */
struct doc {
    struct list link;
    struct detect *detect;
    struct resume *resume;            /* that brought it, NULL */
    struct lineup *lineup;            /* whose detectors the slots are */
    struct document_work *work;       /* until it is passed on or given back */
    struct document_version *version; /* NULL until it was read */
    char *source, *path;
    int before_fd; /* the text it had before; -1 none */
    int64_t seen_us;
    int32_t day; /* it was seen: the date of a document without one */
    bool committed;
    bool over;    /* nothing came of the reading */
    bool no_news; /* what is found in it was found before, or its version was refused */
    int read_strikes;
    int kills;      /* of hosts at work on it */
    uint64_t apart; /* slots of detectors that are set apart, while it is being read for them */
    uint64_t left;  /* slots that are followed in the store from the commit on */
    size_t n_jobs;
    size_t n_slots;
    struct slot slots[];
};

enum job_kind { JOB_DOCUMENT, JOB_EXPLAIN, JOB_TOPICS };

/* What one host is asked to do at one time. */
struct job {
    struct list link;
    struct detect *detect;
    uint64_t id;
    enum job_kind kind;
    int64_t queued_ms;
    /* JOB_DOCUMENT */
    struct doc *doc;
    uint64_t slots; /* to be run; a bit is taken away when it was */
    bool reading;   /* VERSION is to come */
    size_t running; /* slot at work, SIZE_MAX none */
    /* questions */
    struct ask *ask;
    size_t detector; /* in the ask's lineup */
    json_t *entry;   /* of the answer, to which parts are added; borrowed */
};

struct doc *doc_new(struct detect *detect, const char *source, const char *path, size_t n_slots);
void doc_free(struct doc *doc);
const char *doc_detector(const struct doc *doc, size_t slot);
/* A job for these slots, into the queue. */
void doc_submit(struct doc *doc, uint64_t slots, bool front);
/* Likewise, into the queue of a detector that is set apart. */
void doc_submit_apart(struct doc *doc, size_t slot);
/* Its text is there, and its commit is the next thing: submits it to detectors that are set apart,
 * or leaves it in the store for them. */
void doc_is_read(struct doc *doc);
/* A job each. */
void doc_submit_alone(struct doc *doc, uint64_t slots);
/* One of its jobs is finished, or its commit: frees it when nothing is to come. */
void doc_settle(struct doc *doc);
void doc_committed(void *arg, struct document_version *version);
/* Reading it came to nothing: tells the documents room. */
void doc_unread(struct doc *doc, int ipc_read_status, const char *note);
/* A plugin failed on it. */
void doc_strike(struct doc *doc, size_t slot, const char *why);
/* A complete result: handed on now, or after the commit. */
void doc_reported(struct doc *doc, size_t slot);

struct job *job_new(struct detect *detect, enum job_kind kind);
void job_free(struct job *job);
/* Takes from it what is for detectors that are set apart. */
void job_part(struct job *job);
/* Hands it to a host. False: there was nothing for this host to do, the job is finished. */
bool job_send(struct job *job, struct member *member);
/* What became of a job's host. */
struct loss {
    bool at_work;  /* on this job; else it only waited for its turn */
    bool killed;   /* from outside */
    bool failed;   /* crashed, hung or lied: not ended in peace */
    bool outdated; /* it was of a lineup that is no longer in force */
    const char *why;
};
/* Takes the job. */
void job_lost(struct job *job, const struct loss *loss);

/* ---- serve.c ---- */

/* `*finished` is set by DONE: the job is the caller's to free. */
int serve_message(struct member *member, struct job *job, const struct ipc_message *message, int fd,
                  bool *finished, struct err *err);

/* ---- result.c ---- */

struct detect_result *result_new(const struct doc *doc, const struct detector *detector);
int result_add(struct detect_result *result, const struct ipc_finding *finding, struct err *err);
void result_sketch(struct detect_result *result, const struct ipc_bytes *sketch);
/* What is known only after the commit. */
void result_complete(struct detect_result *result, const struct doc *doc);

/* ---- ask.c ---- */

/* False: this host cannot answer it, the job is finished. */
bool ask_send(struct job *job, struct member *member);
int ask_part(struct job *job, const struct ipc_part *part);
int ask_topic(struct job *job, const struct ipc_topic *topic);
/* Of the topic that the job was told of last. */
int ask_detail(struct job *job, const struct ipc_part *detail);
/* `error` NULL: its answer is complete. */
void ask_job_over(struct job *job, const char *error);
/* Those that wait for the first line-up. */
void asks_begin(struct detect *detect);
void asks_free(struct detect *detect);

/* ---- resume.c ---- */

/* Pending rows of a detector (NULL: all) and document (0: all), as far as they are not in hand. */
void resume_start(struct detect *detect, const char *detector, int64_t document);
void resume_doc_over(struct resume *resume);
/* The pending row of a detector for this version, when those before it are judged. `*follower` is
 * NULL at first, and lives as long as the room; 8 bytes a version that waits. */
void resume_follow(struct resume **follower, struct detect *detect, const char *detector,
                   int64_t version);
/* Is it a follower? */
bool resume_follows(const struct resume *resume);
/* Does none of them get on? */
bool resumes_give_up(const struct detect *detect);
/* How many are at work. */
size_t resumes_busy(const struct detect *detect);
void resumes_free(struct detect *detect);
/* Writes strikes, and quarantine, of one version. */
void pending_strike(struct detect *detect, int64_t version, const char *detector, int strikes,
                    const char *reason, bool quarantine);

/* ---- before.c ---- */

/* Does a detector of the lineup in force ask what is new in a document? */
bool before_is_wanted(const struct detect *detect);
/* On the store's thread: a memory file with the text of a document before this version (0: the
 * next one), the caller's; -1 when it is not kept. */
int before_read(struct store_txn *txn, int64_t document, int64_t version);
/* Submits it for these slots when the text is there. */
void before_fetch(struct doc *doc, uint64_t slots);

/* ---- apart.c ---- */

/* From now on it has hosts of its own, for a while. `why` follows its name: "failed". */
void apart_set(struct detect *detect, const char *detector, const char *why);
/* Which of a document's slots are for such detectors. */
uint64_t apart_slots(const struct doc *doc, uint64_t slots);
/* Its hosts; it was set apart once. */
struct pool *apart_pool(const struct detect *detect, const char *detector);
/* A version is durable whose row was left for it. */
void apart_follow(struct detect *detect, const char *detector, int64_t version);
/* Another lineup is in force: all detectors are tried together again. */
void apart_renew(struct detect *detect);
/* The sum over the queues and hosts of all that were ever set apart. */
size_t apart_sum(const struct detect *detect, size_t (*count)(const struct pool *pool));
/* [{"detector", "why", "for_ms": until it is tried with the others}] of those that are apart now;
 * new ref. */
json_t *apart_status(const struct detect *detect);
/* Does none of them get on? */
bool aparts_give_up(const struct detect *detect);
void aparts_free(struct detect *detect);

/* ---- counts.c ---- */

/* Gives each detector of a lineup the counts under its name. */
void counts_attach(struct detect *detect, struct lineup *lineup);
void counts_took(struct detect_counts *counts, uint64_t took_us);

/* ---- detect.c ---- */

/* The detector of a lineup works again, or for the first time. */
void detect_works(struct detect *detect, const char *detector);
/* Tells the owner, under the subject "KIND:NAME". */
void detect_trouble(struct detect *detect, const char *kind, const char *name, const char *text);
/* Tells that it is over, if it was told in this run or an earlier one. */
void detect_trouble_over(struct detect *detect, const char *kind, const char *name);

#endif
