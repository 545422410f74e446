/*
 * tocsin/plugin.h - all that a tocsin plugin needs to know.
 *
 * A plugin is a shared object that exports one symbol, `tocsin_plugin`, a table that describes it.
 * It runs in a tocsin-host process, never in the daemon, in a sandbox that fits its kind. Its
 * functions are plain, blocking and called one at a time, from one thread: there is no loop, no
 * lock and no callback to know about. If a call takes longer than the host's deadline, or crashes,
 * the process is killed and replaced, and only the job at hand gets a strike.
 *
 * THE LIFE OF A PLUGIN, call by call
 *
 *   1. dlopen. The host is already sandboxed: files can be read (libraries, and what the options
 *      name), nothing can be written, nobody can be reached. Constructors have no more power.
 *   2. The host reads the table below and checks `size` and the ABI: same major, minor not above
 *      its own. Before a plugin is used for the first time, this happens in a throw-away host.
 *   3. `prepare`, if the plugin has one, runs once for all hosts, in a host of its own, and makes
 * an index that they share; like `init`, it reads the options and the files that they name.
 *   4. `init` reads the options, opens and parses the files that they name, and builds its state.
 *      An option of type path is readable now and only now. Errors go to tocsin_fail, with the
 *      file, line and column if there are any; then return -1.
 *   5. The sandbox shrinks: a detector keeps nothing but the descriptors it is handed; a notifier
 *      keeps what its `powers` name; an exporter accepts on the socket it has.
 *   6. `detect` or `notify`, once a job, any number of times. An exporter answers by itself.
 *   7. `fini`, if the process ends in peace. It may also just be killed.
 *
 * MEMORY. What the host hands in (documents, deliveries, texts, arrays) belongs to the host and
 * lives until the call returns. What a plugin hands out is copied at once. Text is UTF-8,
 * NUL-terminated unless a length stands beside it.
 *
 * COMPILING. One command, no build system needed:
 *
 *     cc -std=c17 -fPIC -shared -o hello.so hello.c $(pkg-config --cflags --libs tocsin-plugin)
 *
 * See tocsin-plugin(7) and plugins/skeleton for a complete plugin with its explanation.
 *
 * THIS VERSION is 0.6. Until 1.0 a new minor version may break; from 1.0 on, tables only grow at
 * their end (that is what `size` is for) and functions are only added.
 */
#ifndef TOCSIN_PLUGIN_H
#define TOCSIN_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TOCSIN_ABI_MAJOR 0
#define TOCSIN_ABI_MINOR 6

#if defined(__GNUC__)
#define TOCSIN_EXPORT         __attribute__((visibility("default")))
#define TOCSIN_PRINTF(fmt, a) __attribute__((format(printf, fmt, a)))
#else
#define TOCSIN_EXPORT
#define TOCSIN_PRINTF(fmt, a)
#endif

/* Opaque to plugins; read and filled through the functions below. */
struct tocsin_instance; /* this plugin under one name of the configuration, with its options */
struct tocsin_document; /* one version of one document */
struct tocsin_report;   /* what a detector says about that version */
struct tocsin_finding;  /* one finding in a report */
struct tocsin_explain;  /* why a topic does or does not match */
struct tocsin_topics;   /* the list of topics that a detector holds */
struct tocsin_delivery; /* what a notifier has to carry */
struct tocsin_outcome;  /* what became of it, beyond ok, later or never */

/* ------------------------------------------------------------------------------------------
 * Options: a table. The configuration is checked against it, with file:line:column and a hint,
 * and `tocsinctl plugin info` and the manual are printed from it.
 * ---------------------------------------------------------------------------------------- */

enum tocsin_option_type {
    TOCSIN_OPTION_TEXT = 1,
    TOCSIN_OPTION_INT, /* min and max hold, both 0: any */
    TOCSIN_OPTION_BOOL,
    TOCSIN_OPTION_DURATION, /* milliseconds; written 500ms, 1h30m */
    TOCSIN_OPTION_SIZE,     /* bytes; written 64K, 16M */
    TOCSIN_OPTION_CHOICE,   /* one of `choices`, "a|b|c" */
    TOCSIN_OPTION_PATH,     /* a file or folder, readable in init; relative to the config file */
    TOCSIN_OPTION_TEXTS,    /* a list of TEXT */
    TOCSIN_OPTION_PATHS,    /* a list of PATH; each may be a glob(7) pattern */
    TOCSIN_OPTION_SECRET,   /* the file or credential that holds it is named in the configuration;
                               the plugin gets the content */
    TOCSIN_OPTION_COMMAND,  /* a list: a program, looked for in $PATH, and its arguments; read as
                               TEXTS, started through tocsin/program.h */
    TOCSIN_OPTION_OUTPUT,   /* a file to append to, in a folder that exists; opened through
                               tocsin/output.h */
    TOCSIN_OPTION_LISTEN,   /* where an exporter listens: 127.0.0.1:PORT or [::1]:PORT */
};

struct tocsin_option {
    const char *name; /* lower case, words joined by '-'; NULL ends the table */
    enum tocsin_option_type type;
    const char *fallback; /* the default, written as in the configuration; NULL: none */
    bool required;
    int64_t min, max;
    const char *choices;
    const char *help; /* one line, no full stop */
};

/* The value in force. A wrong name or type is a bug of the plugin and ends its host. A text or path
 * that was not given and has no default is NULL; a number then is 0. */
const char *tocsin_option_text(const struct tocsin_instance *instance, const char *name);
int64_t tocsin_option_int(const struct tocsin_instance *instance, const char *name);
bool tocsin_option_bool(const struct tocsin_instance *instance, const char *name);
/* For TEXTS, COMMAND and PATHS (patterns already expanded, sorted): a NULL-terminated array. */
const char *const *tocsin_option_list(const struct tocsin_instance *instance, const char *name);
/* The name that the configuration gives this instance ("topics", "ops-mail"). */
const char *tocsin_instance_name(const struct tocsin_instance *instance);

enum tocsin_log_level { TOCSIN_ERROR, TOCSIN_WARNING, TOCSIN_NOTICE, TOCSIN_INFO, TOCSIN_DEBUG };

/* A line in the daemon's log, under the instance's name. */
void tocsin_log(struct tocsin_instance *instance, enum tocsin_log_level level, const char *fmt, ...)
    TOCSIN_PRINTF(3, 4);
/* Why `init` fails. `file` may be NULL, line and column (from 1) 0. Always returns -1. May be said
 * several times, once a problem. */
int tocsin_fail(struct tocsin_instance *instance, const char *file, int line, int column,
                const char *fmt, ...) TOCSIN_PRINTF(5, 6);
/* As tocsin_fail, for what deserves attention and does not hinder. */
void tocsin_warn(struct tocsin_instance *instance, const char *file, int line, int column,
                 const char *fmt, ...) TOCSIN_PRINTF(5, 6);

/* What a plugin's process may do once it runs; the configuration cannot widen it. A detector has
 * none, or may start a program. */
enum tocsin_powers {
    TOCSIN_POWERS_NONE = 0,    /* a notifier: the inherited standard output */
    TOCSIN_POWERS_BUS = 1,     /* the session bus; no files, no network */
    TOCSIN_POWERS_NETWORK = 2, /* IPv4 and IPv6 as a client, names by files and DNS, CA files, files
                                  that options name */
    TOCSIN_POWERS_JOURNAL = 3, /* to have entries handed to the journal (tocsin/output.h) */
    TOCSIN_POWERS_EXEC = 4,    /* to have the programs started that its COMMAND options name, in
                                  sessions of their own (tocsin/program.h); nothing itself */
    TOCSIN_POWERS_FILES = 5,   /* to have the files opened that its OUTPUT options name, and append
                                  to them (tocsin/output.h) */
};

/* ------------------------------------------------------------------------------------------
 * Detectors
 * ---------------------------------------------------------------------------------------- */

struct tocsin_detector {
    size_t size;               /* sizeof(struct tocsin_detector) */
    enum tocsin_powers powers; /* NONE or EXEC */

    /* For detectors of facts: the names of the fields that together name a fact, the edition last
     * if there is one (see `edition_field`), and its statuses in ascending order. NULL-terminated;
     * NULL for detectors of topics. */
    const char *const *key_fields;
    const char *const *statuses;
    /* The key field that says which edition (a year) a fact is about, and that a document may leave
     * out; a fact without it joins the open edition. NULL: none. */
    const char *edition_field;

    int (*init)(struct tocsin_instance *instance, void **state);
    /* Reports what the document holds. -1 means that this document cannot be judged (say why with
     * tocsin_log); it counts as a strike. */
    int (*detect)(void *state, const struct tocsin_document *document,
                  struct tocsin_report *report);
    void (*fini)(void *state);

    /* Optional (NULL): */
    /* Why `topic` (NULL: every topic worth a word) does or does not match this document. */
    int (*explain)(void *state, const struct tocsin_document *document, const char *topic,
                   struct tocsin_explain *explain);
    /* Lists the topics held, for tocsinctl topic list and for the check of routes. */
    int (*topics)(void *state, struct tocsin_topics *topics);
    /* Makes what all hosts of the detector share, an index say, and gives it by tocsin_index_give.
     * Runs before any `init`, again whenever the options or a file that they name changed, and
     * beside hosts that go on with the index they have. 0, or -1 after tocsin_fail. */
    int (*prepare)(struct tocsin_instance *instance);
    /* With `prepare`: lists by tocsin_topics_change in which topics its index differs from the one
     * in force, tocsin_index_in_force, for what a reload says of itself. NULL: `topics` of both
     * are compared, which holds up the detectors that work and is slow for very many. */
    int (*changes)(void *state, struct tocsin_topics *topics);
    /* It asks tocsin_document_added, so the text from before has to come with each change. */
    bool compares;
};

/* The index: page-aligned, read-only memory, shared by all hosts, there as long as the process; a
 * base and, if the plugin likes, an update beside it, so that a small change of something large
 * costs what it changes: the base stays the one that all hosts have mapped. Beside them stands what
 * the detector has learnt from documents. */
enum tocsin_index_part { TOCSIN_INDEX_BASE, TOCSIN_INDEX_UPDATE, TOCSIN_INDEX_LEARNT };

/* From `init` on it is what `prepare` gave. In `prepare` it is what an earlier one gave, for the
 * same instance by the same version of the plugin, but maybe from other files and options, and by
 * another build of that version; NULL when there is none, or when the plugin died over it. What of
 * it still holds is the plugin's to find out. */
const void *tocsin_index(const struct tocsin_instance *instance, enum tocsin_index_part part,
                         size_t *len);
/* In `prepare`, at most once: these bytes, without a pointer among them, are the index, or the
 * update of the earlier one's base, in place of another that it had. Not called: the earlier one
 * still holds. In `detect`, at most once: they are what was learnt, in place of what was before;
 * `prepare` runs again to make use of it. The bytes are copied. 0, or -1, which has been said
 * then. */
int tocsin_index_give(struct tocsin_instance *instance, enum tocsin_index_part part,
                      const void *bytes, size_t len);
/* From `init` on, in a host that `changes` may be asked of: the index of the detector of this name
 * that is at work. NULL: there is none. */
const void *tocsin_index_in_force(const struct tocsin_instance *instance,
                                  enum tocsin_index_part part, size_t *len);

/* In `init`, for a detector whose table leaves them out because it learns them there: the key
 * fields and statuses of its facts, and the edition field (NULL: none), as in the table. Copied. 0,
 * or -1 when they do not fit together, which has been said then. */
int tocsin_facts(struct tocsin_instance *instance, const char *const *key_fields,
                 const char *const *statuses, const char *edition_field);

/* A document's version. */
const char *tocsin_document_text(const struct tocsin_document *document, size_t *len);
const char *tocsin_document_title(const struct tocsin_document *document);
const char *tocsin_document_path(const struct tocsin_document *document);   /* below its source */
const char *tocsin_document_source(const struct tocsin_document *document); /* the source's name */
const char *tocsin_document_media_type(const struct tocsin_document *document);
/* The document's own date as YYYYMMDD, else the day it was seen; never 0. */
int32_t tocsin_document_date(const struct tocsin_document *document);

/* A word: a maximal run of letters and digits (categories L*, N*, Mc, Me) of the text, folded by
 * NFKD, case folding, NFKD and dropping combining marks (Mn). A character of a script written
 * without spaces is a word of its own. `start` and `end` are byte offsets into the text, on whole
 * characters, covering the marks that folding drops. */
struct tocsin_word {
    const char *folded; /* not NUL-terminated */
    uint32_t folded_len;
    uint32_t start, end;
};

/* A sentence (UAX #29, with common abbreviations kept whole) or a paragraph: byte offsets without
 * the white space around, and its words [first_word, end_word). */
struct tocsin_span {
    uint32_t start, end;
    uint32_t first_word, end_word;
};

/* Made once per version when first asked for, and shared by all detectors on it. */
const struct tocsin_word *tocsin_document_words(const struct tocsin_document *document, size_t *n);
const struct tocsin_word *tocsin_document_title_words(const struct tocsin_document *document,
                                                      size_t *n);
const struct tocsin_span *tocsin_document_sentences(const struct tocsin_document *document,
                                                    size_t *n);

/* What this version has and the one before it had not, by lines and sentences (tocsin_diff_added):
 * byte spans in order, without words. The whole text when there is none before, when that is not
 * kept any more, or when the detector's table does not say `compares`. */
const struct tocsin_span *tocsin_document_added(const struct tocsin_document *document, size_t *n);

enum tocsin_severity { TOCSIN_LOW = 1, TOCSIN_NORMAL, TOCSIN_HIGH, TOCSIN_URGENT };
/* As the configuration writes it: "low", "normal", "high", "urgent". */
const char *tocsin_severity_name(enum tocsin_severity severity);

/* A finding begins with one of these two and is filled by what follows. The document's own limit
 * is 1,000 findings; what is beyond is dropped and counted, visibly. Never NULL. */
struct tocsin_finding *tocsin_report_topic(struct tocsin_report *report, const char *topic);
struct tocsin_finding *tocsin_report_fact(struct tocsin_report *report, const char *status);
/* One line that says what was found; the alert's headline. */
void tocsin_finding_summary(struct tocsin_finding *finding, const char *fmt, ...)
    TOCSIN_PRINTF(2, 3);
void tocsin_finding_severity(struct tocsin_finding *finding, enum tocsin_severity severity);
/* For routes. With TOCSIN_PRIVATE notifiers get neither its quote nor the document's title, and of
 * its summary what stands before the first ": ". */
void tocsin_finding_label(struct tocsin_finding *finding, const char *label);
#define TOCSIN_PRIVATE "private"
/* Several values under one name (the drivers of a crew) are several calls. Key fields of a fact are
 * fields too; their values are compared folded and in any order. */
void tocsin_finding_field(struct tocsin_finding *finding, const char *name, const char *value);
/* 0 to 1: how sure. 1 unless said. */
void tocsin_finding_score(struct tocsin_finding *finding, double score);
/* It is on trial: recorded and listed, and nobody is rung. `file` and `line` say where that is
 * asked for; the file may be NULL. */
void tocsin_finding_shadow(struct tocsin_finding *finding, const char *file, int line);
/* Bytes [start, end) of the text prove it. The host cuts the quote: the sentence around, with the
 * span marked in it. At least one for every finding; the first is the one that is shown. */
void tocsin_finding_evidence(struct tocsin_finding *finding, size_t start, size_t end);

/* Explanations, one call a part of the query, outermost first: depth 0, 1, 2 ... */
void tocsin_explain_part(struct tocsin_explain *explain, int depth, bool holds, const char *part,
                         const char *fmt, ...) TOCSIN_PRINTF(5, 6);
/* A heading: from now on, parts belong to this topic, which matches or does not. */
void tocsin_explain_topic(struct tocsin_explain *explain, const char *topic, bool matches);

/* One topic of the list; file, line and column say where it is written. */
void tocsin_topics_add(struct tocsin_topics *topics, const char *name,
                       enum tocsin_severity severity, const char *const *labels, const char *query,
                       const char *file, int line);
/* What else is written of the topic that was added last, "language" and "de" say: for people, and
 * so that its change is seen. One call for each. */
void tocsin_topics_detail(struct tocsin_topics *topics, const char *name, const char *value);
/* In `changes`, one that is new, written in another way, or gone; one that only moved in its file
 * is none of them. */
enum tocsin_change { TOCSIN_ADDED = 1, TOCSIN_CHANGED, TOCSIN_REMOVED };
void tocsin_topics_change(struct tocsin_topics *topics, enum tocsin_change change, const char *name,
                          const char *file, int line);

/* ------------------------------------------------------------------------------------------
 * Notifiers
 * ---------------------------------------------------------------------------------------- */

enum tocsin_result {
    TOCSIN_OK = 0,
    TOCSIN_LATER = 1, /* try again, after tocsin_outcome_delay or by the daemon's own back-off */
    TOCSIN_NEVER = 2, /* it cannot work with this delivery: a dead letter */
};

struct tocsin_notifier {
    size_t size; /* sizeof(struct tocsin_notifier) */
    enum tocsin_powers powers;
    /* Of a popup, which calls a person back: the storm valve applies. */
    bool interrupts;
    /* It wants to hear, too, when an alert that it was told of has ended: a delivery whose
     * revisions are `resolved`. */
    bool resolves;
    /* And what a person does with one meanwhile: a delivery whose revisions carry another `notice`.
     * It is no news and calls nobody: what was shown is taken away or marked, nothing is shown. */
    bool follows;

    int (*init)(struct tocsin_instance *instance, void **state);
    enum tocsin_result (*notify)(void *state, const struct tocsin_delivery *delivery,
                                 struct tocsin_outcome *outcome);
    void (*fini)(void *state);
};

/* Hex, stable over every attempt: the idempotency key, Message-ID and so on. */
const char *tocsin_delivery_id(const struct tocsin_delivery *delivery);
/* The attempt, from 1. */
int tocsin_delivery_attempt(const struct tocsin_delivery *delivery);
/* How many revisions it carries: 1, or more when it is a summary. */
size_t tocsin_delivery_count(const struct tocsin_delivery *delivery);
/* Said for a summary only: "12 more alerts in the last minute". NULL otherwise. */
const char *tocsin_delivery_summary(const struct tocsin_delivery *delivery);
/* How many revisions it tells of: with a summary of very many, more than it carries. */
size_t tocsin_delivery_total(const struct tocsin_delivery *delivery);

/* What has become of an alert since it was told. The last word holds: a later notice, or news,
 * comes in place of one that was not delivered yet. */
enum tocsin_notice {
    TOCSIN_NEWS = 0,     /* none: the revision itself is to be told */
    TOCSIN_ENDED,        /* closed by a person, or a trouble that is over */
    TOCSIN_ACKNOWLEDGED, /* a person has seen it */
    TOCSIN_SNOOZED,      /* a person does not want to be told of it until `until_ms` */
    TOCSIN_MUTED,        /* nor of anything on its topic, until then or (0) for good */
};
/* "ended", "acknowledged", "snoozed", "muted"; "" of news. */
const char *tocsin_notice_name(enum tocsin_notice notice);

/* One revision of one alert, as a notifier sees it. Texts are never NULL, at worst "". */
struct tocsin_revision {
    const char *alert_id;    /* hex */
    const char *revision_id; /* hex */
    int number;              /* 1: the alert is new */
    const char *detector;
    const char *topic;    /* the topic's name, or the fact's status */
    const char *headline; /* what a person reads first */
    const char *change;   /* "interest → confirmed" when a fact changed its status, else "" */
    enum tocsin_severity severity;
    const char *const *labels;      /* NULL-terminated */
    const char *const *field_names; /* NULL-terminated, parallel to field_values */
    const char *const *field_values;
    const char *quote;           /* the sentence(s) that prove it */
    size_t mark_start, mark_end; /* the match within the quote, in bytes */
    const char *document_title;
    const char *document_path; /* the whole path, for opening it */
    const char *source;
    int32_t document_date; /* YYYYMMDD */
    int64_t created_ms;    /* UTC */
    int n_sources;         /* documents that say so */
    /* What this notifier kept with tocsin_outcome_token when it last carried this alert. */
    const char *token;
    int64_t started_ms; /* UTC: when the alert began; created_ms is the revision's */
    bool resolved;      /* the alert has ended: `notice` is TOCSIN_ENDED */
    int64_t ended_ms;   /* UTC, 0 unless resolved */
    bool is_fact;       /* `topic` is the fact's status, which changes while the alert lives */
    enum tocsin_notice notice;
    int64_t notice_ms; /* UTC: of a notice, since when */
    int64_t until_ms;  /* UTC: of one that passes by itself, when; else 0 */
};

/* What programs are told of it: "firing" of news, "resolved" of what has ended, else the notice. */
const char *tocsin_revision_status(const struct tocsin_revision *revision);

const struct tocsin_revision *tocsin_delivery_revision(const struct tocsin_delivery *delivery,
                                                       size_t index);
/* One revision as a JSON object, the form in which programs are told of an alert by every notifier;
 * tocsin.yaml(5) lists its keys. One line without its end, valid UTF-8 whatever the texts are.
 * NULL: there is no such revision. free(3). */
char *tocsin_delivery_json(const struct tocsin_delivery *delivery, size_t index);

/* Why, for a person: shown by tocsinctl and in the log. */
void tocsin_outcome_reason(struct tocsin_outcome *outcome, const char *fmt, ...)
    TOCSIN_PRINTF(2, 3);
/* With TOCSIN_LATER: not before so many milliseconds. */
void tocsin_outcome_delay(struct tocsin_outcome *outcome, int64_t delay_ms);
/* With TOCSIN_OK: keep this short text with the alert (a popup's number), for its next revision. */
void tocsin_outcome_token(struct tocsin_outcome *outcome, size_t index, const char *token);

/* What a person did: "open", "acknowledge", "snooze", "mute", "close". The daemon carries it out.
 * Allowed from any thread, at any time after init. */
void tocsin_action(const char *alert_id, const char *verb);

/* ------------------------------------------------------------------------------------------
 * Exporters: programs on this machine ask them, they ask the daemon
 * ---------------------------------------------------------------------------------------- */

/* An exporter opens a socket in `init`, on the address that an option of the type LISTEN names, and
 * answers on threads that `init` has started. Its process may listen and accept there, nothing
 * else: after `init` no further socket, no files, no programs. */
struct tocsin_exporter {
    size_t size; /* sizeof(struct tocsin_exporter) */
    int (*init)(struct tocsin_instance *instance, void **state);
    /* Ends the threads. */
    void (*fini)(void *state);
};

/* A page that the daemon makes: "metrics" is what it counts, in the text format of Prometheus;
 * "ready" is empty when it is ready, else it says why it is not. NULL: there is no such page, or it
 * did not come within 5 s. From the threads that `init` has started; free it with free(3). */
char *tocsin_page(const char *name);

/* ------------------------------------------------------------------------------------------
 * The table
 * ---------------------------------------------------------------------------------------- */

struct tocsin_plugin {
    size_t size; /* sizeof(struct tocsin_plugin) */
    uint16_t abi_major, abi_minor;
    const char *name; /* lower case, words joined by '-'; equals the file's name */
    const char *version;
    const char *summary;                    /* one line */
    const char *licence;                    /* SPDX */
    const struct tocsin_option *options;    /* NULL: none */
    const struct tocsin_detector *detector; /* one of these two, or both: then it is used as */
    const struct tocsin_notifier *notifier; /* the one under which the configuration names it */
    const struct tocsin_exporter *exporter; /* or this one alone */
};

/* TOCSIN_PLUGIN = { TOCSIN_PLUGIN_HEAD, .name = "hello", ... }; */
#define TOCSIN_PLUGIN TOCSIN_EXPORT const struct tocsin_plugin tocsin_plugin
#define TOCSIN_PLUGIN_HEAD                                                                         \
    .size = sizeof(struct tocsin_plugin), .abi_major = TOCSIN_ABI_MAJOR,                           \
    .abi_minor = TOCSIN_ABI_MINOR
extern TOCSIN_EXPORT const struct tocsin_plugin tocsin_plugin;

#ifdef __cplusplus
}
#endif

#endif
