/*
 * Every message between the daemon and a host, declared once: the structs, the encoder, the decoder
 * and the fuzz targets are made from the tables below.
 *
 * On the wire: u32 type, then the fields in order; integers little-endian, a text as u32 length,
 * its bytes and a NUL, bytes as u32 length and themselves, a list of texts as u32 count, u32 bytes
 * and the texts with their NULs, a list of evidence as u32 count and its members. A decoded message
 * points into the received bytes. The decoder checks every length, that texts hold no other NUL,
 * that marks lie in their quotes, and that numbers are finite: one message has exactly one form. A
 * packet is one message or several, one after another.
 *
 *   daemon -> host                                      host -> daemon
 *   SETUP, PLUGIN (OPTION..., (INDEX + memory file)...)...,  PROBLEM..., FACTS..., then READY or
 *   START                                               (exit 78)
 *   builder: the same, one plugin, the INDEX from before  PROBLEM..., PREPARED (+ memory file)
 *                                                       exit 0, or exit 78
 *   probe: the same, one plugin, no options             DESCRIBE, exit 0
 *   BEFORE + memory file, of the READ or TEXT after it
 *   READ + fd of a file, or TEXT (+ memory file)        VERSION (+ memory file; READ only),
 *                                                       per plugin: RUNNING, FINDING...,
 *                                                       LEARNT (+ memory file) or nothing,
 * DETECTED, at last DONE EXPLAIN (+ memory file)                             PART..., DONE TOPICS
 * (TOPIC, PART... for its details)..., DONE DELIVER, REVISION... OUTCOME PAGE + memory file (ASK
 * before it) DONE QUIT                                                exit 0 LOG, ACTION at any
 * time
 */
#ifndef TOCSIN_IPC_MESSAGES_H
#define TOCSIN_IPC_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"

enum ipc_direction { IPC_TO_HOST = 1, IPC_TO_DAEMON = 2 };
enum ipc_role {
    IPC_ROLE_PROBE,
    IPC_ROLE_DETECTOR,
    IPC_ROLE_NOTIFIER,
    IPC_ROLE_EXPORTER,
    IPC_ROLE_BUILDER
};
/* The descriptors that a host inherits; the lock may be missing. */
enum ipc_fixed_fd { IPC_FD_CHANNEL = 3, IPC_FD_LOCK = 4 };
/* How a host ends that cannot be set up; why, it has said before by PROBLEM. */
#define IPC_EXIT_UNUSABLE 78

/* A list of texts, and a list of pieces of evidence with their quotes. */
struct ipc_texts {
    uint32_t n;
    const char *packed; /* n texts, each with its NUL, one after the other */
    uint32_t bytes;     /* of packed; made by ipc_texts_pack */
};
struct ipc_quote {
    uint32_t start, end;           /* bytes of the document's text */
    uint32_t mark_start, mark_end; /* the same bytes within the quote */
    uint32_t is_old; /* 1: all of it was in the document before its last change; else 0 */
    const char *quote;
};
/* Bytes of any kind. */
struct ipc_bytes {
    uint32_t len;
    const uint8_t *data;
};
struct ipc_quotes {
    uint32_t n;
    const struct ipc_quote
        *items; /* encoding: the caller's; decoding: made, free by ipc_message_deinit */
};

/* What the values of an option are to the sandbox. */
enum ipc_option_kind {
    IPC_OPTION_PLAIN,
    IPC_OPTION_PATH,    /* files or folders to read */
    IPC_OPTION_COMMAND, /* a program and its arguments */
    IPC_OPTION_OUTPUT,  /* a file to append to */
    IPC_OPTION_LISTEN,  /* an address to listen on */
    IPC_N_OPTION_KINDS
};

/* Of a document's text, in its memory file; a text that is not longer than IPC_INLINE_TEXT_BYTES,
 * nor holds a NUL, comes in the message. */
#define IPC_MAX_TEXT_BYTES    ((size_t)512 * 1024 * 1024)
#define IPC_INLINE_TEXT_BYTES ((size_t)32 * 1024)

/* Of what a plugin prepares. */
#define IPC_MAX_INDEX_BYTES  ((size_t)4 * 1024 * 1024 * 1024)
#define IPC_MAX_LEARNT_BYTES ((size_t)16 * 1024 * 1024)

/* What a builder made. */
enum ipc_prepared_what {
    IPC_PREPARED_SAME = 0, /* nothing, without a file: the index from before holds */
    IPC_PREPARED_BASE,     /* an index */
    IPC_PREPARED_UPDATE,   /* an update for the base from before */
    IPC_N_PREPARED
};

/* What READ came to. */
enum ipc_read_status {
    IPC_READ_OK = 0,
    IPC_READ_UNCHANGED,   /* the known content: nothing was detected */
    IPC_READ_UNSTABLE,    /* changed while it was read: try again */
    IPC_READ_UNREADABLE,  /* the disk or the file system says no: `note` */
    IPC_READ_UNSUPPORTED, /* a media type that nobody decodes */
    IPC_READ_TOO_LARGE,
};

/* Fields of one document as detectors see it; shared by READ, TEXT and EXPLAIN. */
#define IPC_DOCUMENT_FIELDS(F)                                                                     \
    F(TEXT, source)                                                                                \
    F(TEXT, path)

/* ---- daemon -> host ---- */
#define IPC_SETUP_FIELDS(F)                                                                        \
    F(U32, version)                                                                                \
    F(U32, role) /* enum ipc_role */                                                               \
    F(U32, n_plugins)                                                                              \
    F(TEXT, sandbox_off)
#define IPC_PLUGIN_FIELDS(F)                                                                       \
    F(TEXT, instance)                                                                              \
    F(TEXT, plugin)                                                                                \
    F(U32, powers)           /* enum tocsin_powers, as its probe said */                           \
    F(U64, memory_bytes)     /* of its own, above what the host needs itself; 0: any */            \
    F(TEXT, file)            /* the shared object */
#define IPC_OPTION_FIELDS(F) /* of the last PLUGIN */                                              \
    F(TEXT, name)                                                                                  \
    F(U32, kind) /* enum ipc_option_kind */                                                        \
    F(U32, is_list)                                                                                \
    F(TEXTS, values) /* a list too long for a packet comes in several, same name */                \
    F(TEXT, file)                                                                                  \
    F(U32, line)                                                                                   \
    F(U32, column)
#define IPC_INDEX_FIELDS(F) /* of the last PLUGIN: what it has prepared, in a memory file */       \
    F(U32, part)            /* enum tocsin_index_part */                                           \
    F(U32, in_force)        /* 1: of a trial, what is at work */
#define IPC_START_FIELDS(F)
#define IPC_BEFORE_FIELDS(F) /* the text that the document had, in a memory file */
#define IPC_READ_FIELDS(F)                                                                         \
    F(U64, job)                                                                                    \
    F(U64, plugins) /* bit i: plugin i is to run */                                                \
    IPC_DOCUMENT_FIELDS(F)                                                                         \
    F(I64, today)  /* YYYYMMDD: the date of a document that has none */                            \
    F(HASH, known) /* of the version that stands, zero: none */                                    \
    F(I64, max_bytes)                                                                              \
    F(U32, growing)        /* growth = log: bytes added while it is read do not make it unstable */
#define IPC_TEXT_FIELDS(F) /* detect again, on the text that VERSION brought */                    \
    F(U64, job)                                                                                    \
    F(U64, plugins)                                                                                \
    IPC_DOCUMENT_FIELDS(F)                                                                         \
    F(TEXT, title)                                                                                 \
    F(TEXT, media_type)                                                                            \
    F(I64, date)                                                                                   \
    F(TEXT, text) /* unless it is in a memory file */
#define IPC_EXPLAIN_FIELDS(F)                                                                      \
    F(U64, job)                                                                                    \
    F(U32, plugin)                                                                                 \
    F(TEXT, topic) /* "": all */                                                                   \
    IPC_DOCUMENT_FIELDS(F)                                                                         \
    F(TEXT, title)                                                                                 \
    F(TEXT, media_type)                                                                            \
    F(I64, date)                                                                                   \
    F(TEXT, text) /* unless it is in a memory file */
#define IPC_TOPICS_FIELDS(F)                                                                       \
    F(U64, job)                                                                                    \
    F(U32, plugin)                                                                                 \
    F(U32, changes) /* 1: only what differs from the index in force */
#define IPC_DELIVER_FIELDS(F)                                                                      \
    F(U64, job)                                                                                    \
    F(TEXT, id)                                                                                    \
    F(U32, attempt)                                                                                \
    F(U32, count)              /* REVISION messages follow */                                      \
    F(U32, total)              /* that it tells of: a summary may carry fewer */                   \
    F(TEXT, summary)           /* "": no summary */                                                \
    F(U32, follows)            /* sent before the one before it was answered */
#define IPC_REVISION_FIELDS(F) /* struct tocsin_revision */                                        \
    F(TEXT, alert_id)                                                                              \
    F(TEXT, revision_id)                                                                           \
    F(U32, number)                                                                                 \
    F(TEXT, detector)                                                                              \
    F(TEXT, topic)                                                                                 \
    F(TEXT, headline)                                                                              \
    F(TEXT, change)                                                                                \
    F(U32, severity)                                                                               \
    F(TEXTS, labels)                                                                               \
    F(TEXTS, field_names)                                                                          \
    F(TEXTS, field_values)                                                                         \
    F(TEXT, quote)                                                                                 \
    F(U32, mark_start)                                                                             \
    F(U32, mark_end)                                                                               \
    F(TEXT, document_title)                                                                        \
    F(TEXT, document_path)                                                                         \
    F(TEXT, source)                                                                                \
    F(I64, document_date)                                                                          \
    F(I64, created_ms)                                                                             \
    F(U32, n_sources)                                                                              \
    F(TEXT, token)                                                                                 \
    F(I64, started_ms)                                                                             \
    F(U32, is_fact)                                                                                \
    F(U32, notice) /* enum tocsin_notice */                                                        \
    F(I64, notice_ms)                                                                              \
    F(I64, until_ms)
#define IPC_PAGE_FIELDS(F) /* what an exporter asked for */                                        \
    F(U64, job)            /* as in ASK */                                                         \
    F(U32, is_known)       /* with its text as a memory file; 0: without, there is none */
#define IPC_QUIT_FIELDS(F)

/* ---- host -> daemon ---- */
#define IPC_PROBLEM_FIELDS(F)                                                                      \
    F(U32, plugin)                                                                                 \
    F(U32, warning)                                                                                \
    F(TEXT, file) /* "": none */                                                                   \
    F(U32, line)                                                                                   \
    F(U32, column)                                                                                 \
    F(TEXT, text)
#define IPC_READY_FIELDS(F)                                                                        \
    F(TEXT, layers)                                                                                \
    F(TEXT, program_layers) /* of the programs that it may have started; "": none */
/* JSON: {"name", "version", "summary", "licence", "kind": "detector"|"notifier"|"both"|"exporter",
 * "abi": "0.5", "options": [{"name", "type", "default", "required", "min", "max", "choices",
 * "help"}], "key_fields": [..], "statuses": [..], "edition_field", "powers", "interrupts",
 * "resolves", "follows", "prepares", "compares",
 * "tells_changes", "file"} */
#define IPC_DESCRIBE_FIELDS(F) F(TEXT, json)
#define IPC_FACTS_FIELDS(F)    /* what a plugin's facts look like, when its table does not say */  \
    F(U32, plugin)                                                                                 \
    F(TEXTS, key_fields)                                                                           \
    F(TEXTS, statuses)                                                                             \
    F(TEXT, edition_field)     /* "": none */
#define IPC_PREPARED_FIELDS(F) /* the index or the update, in a memory file */                     \
    F(U32, what)               /* enum ipc_prepared_what */
#define IPC_LOG_FIELDS(F)                                                                          \
    F(U32, plugin)                                                                                 \
    F(U32, level) /* enum tocsin_log_level */                                                      \
    F(TEXT, text)
#define IPC_LEARNT_FIELDS(F) /* from documents, in a memory file */                                \
    F(U64, job)                                                                                    \
    F(U32, plugin)
#define IPC_VERSION_FIELDS(F)                                                                      \
    F(U64, job)                                                                                    \
    F(U32, status)     /* enum ipc_read_status */                                                  \
    F(HASH, hash)      /* of the bytes read */                                                     \
    F(HASH, text_hash) /* of the text with white space normalised */                               \
    F(I64, size_bytes)                                                                             \
    F(I64, date) /* YYYYMMDD, 0: the document has none */                                          \
    F(TEXT, title)                                                                                 \
    F(TEXT, media_type)                                                                            \
    F(TEXT, charset)                                                                               \
    F(TEXT, note) /* what a person should know: "charset guessed", "invalid UTF-8 replaced" */     \
    F(TEXT, text) /* of IPC_READ_OK, unless it is in a memory file */
#define IPC_RUNNING_FIELDS(F)                                                                      \
    F(U64, job)                                                                                    \
    F(U32, plugin)
#define IPC_FINDING_FIELDS(F)                                                                      \
    F(U64, job)                                                                                    \
    F(U32, plugin)                                                                                 \
    F(U32, is_fact)                                                                                \
    F(TEXT, topic) /* or the fact's status */                                                      \
    F(TEXT, summary)                                                                               \
    F(U32, severity)                                                                               \
    F(F64, score)                                                                                  \
    F(TEXTS, labels)                                                                               \
    F(TEXTS, field_names) /* parallel to field_values; a name may come several times */            \
    F(TEXTS, field_values)                                                                         \
    F(TEXT, shadow) /* where it is said that it rings nobody; "": it may ring */                   \
    F(QUOTES, evidence)
#define IPC_DETECTED_FIELDS(F)                                                                     \
    F(U64, job)                                                                                    \
    F(U32, plugin)                                                                                 \
    F(U32, ok)                                                                                     \
    F(U32, n_findings)                                                                             \
    F(U32, n_dropped)                                                                              \
    F(U64, took_us)                                                                                \
    F(TEXT, reason)                                                                                \
    F(BYTES, sketch) /* of the document, if anything was found in it: base/sketch.h */
#define IPC_DONE_FIELDS(F) F(U64, job)
#define IPC_PART_FIELDS(F)                                                                         \
    F(U64, job)                                                                                    \
    F(U32, is_topic) /* a heading: `part` is the topic's name, `holds` whether it matches */       \
    F(U32, depth)                                                                                  \
    F(U32, holds)                                                                                  \
    F(TEXT, part)                                                                                  \
    F(TEXT, text)
#define IPC_TOPIC_FIELDS(F)                                                                        \
    F(U64, job)                                                                                    \
    F(TEXT, name)                                                                                  \
    F(U32, severity)                                                                               \
    F(TEXTS, labels)                                                                               \
    F(TEXT, query)                                                                                 \
    F(TEXT, file)                                                                                  \
    F(U32, line)                                                                                   \
    F(U32, change) /* enum tocsin_change; 0: of a whole list */
#define IPC_OUTCOME_FIELDS(F)                                                                      \
    F(U64, job)                                                                                    \
    F(U32, result) /* enum tocsin_result */                                                        \
    F(I64, delay_ms)                                                                               \
    F(TEXT, reason)                                                                                \
    F(TEXTS, tokens) /* one a revision, "" for none */                                             \
    F(U32, spent)    /* nothing was tried: it is for another host, and this one is to quit */      \
    F(U32, untried)  /* nor now: it follows one that is to be tried again */                       \
    F(U64, took_us)
#define IPC_ACTION_FIELDS(F)                                                                       \
    F(TEXT, alert_id)                                                                              \
    F(TEXT, verb)

#define IPC_ASK_FIELDS(F)                                                                          \
    F(U64, job) /* a number of its own */                                                          \
    F(TEXT, page)

/* M(NAME, member, direction). New ones at the end: what fuzzing has found names them by number. */
#define IPC_MESSAGES(M)                                                                            \
    M(SETUP, setup, IPC_TO_HOST)                                                                   \
    M(PLUGIN, plugin, IPC_TO_HOST)                                                                 \
    M(OPTION, option, IPC_TO_HOST)                                                                 \
    M(START, start, IPC_TO_HOST)                                                                   \
    M(READ, read, IPC_TO_HOST)                                                                     \
    M(TEXT, text, IPC_TO_HOST)                                                                     \
    M(EXPLAIN, explain, IPC_TO_HOST)                                                               \
    M(TOPICS, topics, IPC_TO_HOST)                                                                 \
    M(DELIVER, deliver, IPC_TO_HOST)                                                               \
    M(REVISION, revision, IPC_TO_HOST)                                                             \
    M(PAGE, page, IPC_TO_HOST)                                                                     \
    M(QUIT, quit, IPC_TO_HOST)                                                                     \
    M(PROBLEM, problem, IPC_TO_DAEMON)                                                             \
    M(READY, ready, IPC_TO_DAEMON)                                                                 \
    M(DESCRIBE, describe, IPC_TO_DAEMON)                                                           \
    M(FACTS, facts, IPC_TO_DAEMON)                                                                 \
    M(LOG, log, IPC_TO_DAEMON)                                                                     \
    M(VERSION, version, IPC_TO_DAEMON)                                                             \
    M(RUNNING, running, IPC_TO_DAEMON)                                                             \
    M(FINDING, finding, IPC_TO_DAEMON)                                                             \
    M(DETECTED, detected, IPC_TO_DAEMON)                                                           \
    M(DONE, done, IPC_TO_DAEMON)                                                                   \
    M(PART, part, IPC_TO_DAEMON)                                                                   \
    M(TOPIC, topic, IPC_TO_DAEMON)                                                                 \
    M(OUTCOME, outcome, IPC_TO_DAEMON)                                                             \
    M(ACTION, action, IPC_TO_DAEMON)                                                               \
    M(ASK, ask, IPC_TO_DAEMON)                                                                     \
    M(INDEX, index, IPC_TO_HOST)                                                                   \
    M(BEFORE, before, IPC_TO_HOST)                                                                 \
    M(PREPARED, prepared, IPC_TO_DAEMON)                                                           \
    M(LEARNT, learnt, IPC_TO_DAEMON)

#define IPC_C_U32    uint32_t
#define IPC_C_U64    uint64_t
#define IPC_C_I64    int64_t
#define IPC_C_F64    double
#define IPC_C_TEXT   const char *
#define IPC_C_TEXTS  struct ipc_texts
#define IPC_C_QUOTES struct ipc_quotes
#define IPC_C_HASH   struct hash
#define IPC_C_BYTES  struct ipc_bytes

#define IPC_DECLARE_FIELD(type, name) IPC_C_##type name;
#define IPC_DECLARE_STRUCT(NAME, member, direction)                                                \
    struct ipc_##member {                                                                          \
        char unused_; /* C wants a member, and START has no field */                               \
        IPC_##NAME##_FIELDS(IPC_DECLARE_FIELD)                                                     \
    };
IPC_MESSAGES(IPC_DECLARE_STRUCT)

#define IPC_DECLARE_TYPE(NAME, member, direction) IPC_##NAME,
enum ipc_type { IPC_NONE, IPC_MESSAGES(IPC_DECLARE_TYPE) IPC_N_TYPES };

#define IPC_DECLARE_MEMBER(NAME, member, direction) struct ipc_##member member;
struct ipc_message {
    enum ipc_type type;
    union {
        IPC_MESSAGES(IPC_DECLARE_MEMBER)
    };
};

/* Adds it to a packet, which stays as it was when it would get longer than IPC_MAX_BYTES: -1. A
 * NULL text is sent as "". */
int ipc_encode(const struct ipc_message *message, struct buf *packet, struct err *err);
/* How many of the bytes are the first message, -1: they do not begin with one. The result points
 * into them and must not outlive them. Deinit also after a failure. */
ssize_t ipc_decode(const void *bytes, size_t len, enum ipc_direction direction,
                   struct ipc_message *message, struct err *err);
void ipc_message_deinit(struct ipc_message *message);
const char *ipc_type_name(enum ipc_type type);

/* Walks a list: const char *text = NULL; while ((text = ipc_texts_next(&texts, text))) ... */
const char *ipc_texts_next(const struct ipc_texts *texts, const char *text);
/* Packs texts into `out` (cleared first) and gives the list over it; items may be NULL-terminated
 * with n == SIZE_MAX. */
struct ipc_texts ipc_texts_pack(const char *const *items, size_t n, struct buf *out);

#endif
