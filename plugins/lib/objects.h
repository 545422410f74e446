/*
 * The insides of what tocsin/plugin.h calls opaque: shared by libtocsin-plugin, which reads and
 * fills these objects for plugins, and by tocsin-host (and tests of plugins), which makes them.
 *
 * Private to one build: the library and the host are always of the same one. Functions for the host
 * alone begin with tocsin_host_. What a plugin says is cleaned on its way in: made valid UTF-8, cut
 * at a whole character, counted where it is too much.
 */
#ifndef TOCSIN_LIB_OBJECTS_H
#define TOCSIN_LIB_OBJECTS_H

#include <tocsin/plugin.h>
#include <tocsin/text.h>

#define TOCSIN_MAX_FINDINGS      1000 /* a document and detector */
#define TOCSIN_MAX_EVIDENCE      100  /* a finding */
#define TOCSIN_MAX_LABELS        32   /* a finding */
#define TOCSIN_MAX_FIELDS        64   /* a finding */
#define TOCSIN_INDEX_PARTS       3    /* enum tocsin_index_part */
#define TOCSIN_MAX_NAME_BYTES    256  /* topics, statuses, labels, names of fields */
#define TOCSIN_MAX_VALUE_BYTES   1024 /* summaries, values of fields */
#define TOCSIN_MAX_MESSAGE_BYTES 4096 /* log lines, problems, explanations, reasons, queries */

/* The value of one option; only the member that fits its type is set. */
struct tocsin_value {
    const char *text;        /* TEXT, CHOICE, PATH, SECRET, OUTPUT, LISTEN; NULL: none */
    int64_t number;          /* INT, DURATION, SIZE; BOOL as 0 and 1 */
    const char *const *list; /* TEXTS, PATHS, COMMAND; NULL: none */
};

/* How the host has programs started for a plugin (tocsin/program.h). `arg` is the instance's. */
struct tocsin_starter {
    /* The number of the program and its three pipes, non-blocking; -1 with errno. */
    int64_t (*start)(void *arg, const char *option, const char *const *environment, int fds[3]);
    /* Waits until it has ended: its status as waitpid(2) gives it. False: not in that time. Each
     * program is waited for once. */
    bool (*wait)(int64_t number, int64_t timeout_ms, int *status);
    void (*stop)(int64_t number); /* kills it */
    /* Readable when a program may have ended. */
    int (*channel)(void);
};

/* How a plugin's words leave its host (tocsin/output.h); what its powers do not cover is NULL.
 * `arg` is the instance's; -1 with errno. */
struct tocsin_outlets {
    int (*open_output)(void *arg, const char *path);
    /* An entry in the journal's own form. */
    int (*tell_journal)(void *arg, const char *bytes, size_t len);
};

struct tocsin_instance {
    const char *name;
    const struct tocsin_option *options; /* the plugin's table, NULL: none */
    const struct tocsin_value *values;   /* parallel to it */
    void (*log)(void *arg, enum tocsin_log_level level, const char *text);
    /* `file` NULL: none. */
    void (*problem)(void *arg, bool warning, const char *file, int line, int column,
                    const char *text);
    void (*facts)(void *arg, const char *const *key_fields, const char *const *statuses,
                  const char *edition_field);
    const struct tocsin_starter *starter; /* NULL: it has no programs started */
    const struct tocsin_outlets *outlets; /* NULL: it has neither files nor the journal */
    /* By enum tocsin_index_part; of a trial, also what is at work. */
    struct tocsin_index_bytes {
        const void *bytes; /* NULL: none; mapped as long as the process */
        size_t len;
    } index[TOCSIN_INDEX_PARTS], in_force[TOCSIN_INDEX_PARTS];
    /* Takes a part of the index: 0, or -1, which has been said then. NULL: not now. */
    int (*index_give)(void *arg, enum tocsin_index_part part, const void *bytes, size_t len);
    bool is_prepared_now; /* `prepare` is at work */
    void *arg;
};

struct tocsin_document {
    const char *text;
    size_t len;
    const char *title, *path, *source, *media_type;
    int32_t date;       /* never 0 */
    const char *before; /* the text of the version before; NULL: none */
    size_t before_len;
    /* Made when first asked for; tocsin_host_document_deinit frees them. */
    struct tocsin_words words, title_words;
    struct tocsin_spans sentences, added;
    bool has_words, has_title_words, has_sentences, has_added;
};
void tocsin_host_document_deinit(struct tocsin_document *document);

struct tocsin_texts {
    char **items; /* NULL-terminated, or NULL */
    size_t n, cap;
};

struct tocsin_evidence {
    size_t start, end;
};

struct tocsin_finding {
    const struct tocsin_report *report;
    bool is_fact;
    char *topic; /* or the fact's status */
    char *summary;
    char *shadow; /* where it is said that it rings nobody, "file:line" or "?"; NULL: it may ring */
    enum tocsin_severity severity;
    double score;
    struct tocsin_texts labels, field_names, field_values;
    struct tocsin_evidence *evidence; /* each within the text, none empty */
    size_t n_evidence, evidence_cap;
    size_t n_cut; /* pieces left out or cut because they were too many, too long or made no sense */
};

/* What one call of `detect` says. The host sets text_len and frees it all with
 * tocsin_host_report_deinit. */
struct tocsin_report {
    size_t text_len; /* of the document's text: bounds the evidence */
    struct tocsin_finding **findings;
    size_t n, cap;
    size_t n_dropped;                /* findings beyond TOCSIN_MAX_FINDINGS */
    struct tocsin_finding *overflow; /* what those are filled into */
};
void tocsin_host_report_deinit(struct tocsin_report *report);

struct tocsin_explain {
    void (*topic)(void *arg, const char *topic, bool matches);
    void (*part)(void *arg, int depth, bool holds, const char *part, const char *text);
    void *arg;
};

struct tocsin_topics {
    void (*add)(void *arg, const char *name, enum tocsin_severity severity,
                const char *const *labels, const char *query, const char *file, int line);
    void (*detail)(void *arg, const char *name, const char *value); /* of the last one */
    void (*change)(void *arg, enum tocsin_change change, const char *name, const char *file,
                   int line);
    void *arg;
};

struct tocsin_delivery {
    const char *id;
    int attempt;
    const char *summary; /* NULL: none */
    const struct tocsin_revision *revisions;
    size_t n_revisions, n_total;
};

struct tocsin_outcome {
    size_t n_revisions; /* of the delivery; set by the host */
    char *reason;       /* NULL: none said */
    int64_t delay_ms;
    char **tokens; /* n_revisions, each NULL when none was said; NULL: none at all */
};
void tocsin_host_outcome_deinit(struct tocsin_outcome *outcome);

/* Where tocsin_action goes; called from any thread. Set once, before a plugin is loaded. */
void tocsin_host_on_action(void (*sink)(const char *alert_id, const char *verb));

/* Who answers tocsin_page; called from any thread. Set once, before a plugin is loaded. */
void tocsin_host_on_page(char *(*source)(const char *name));

/* A text as plugins' texts are cleaned: valid UTF-8, at most max_bytes, NULL as "". `n_cut` is
 * raised when it was cut, NULL: of no interest. free(3). */
char *tocsin_host_clean(const char *text, size_t max_bytes, size_t *n_cut);

#endif
