/*
 * Documents: what the changes of the sources are about. This room gives every file a document with
 * a number, keeps the catalogue of what is known (in memory, small; in the store, whole), tells a
 * rename from a removal and an addition, decides what has to be read, and commits versions.
 *
 * It runs on the loop; everything durable goes through store_write.
 */
#ifndef TOCSIN_DOCUMENT_DOCUMENT_H
#define TOCSIN_DOCUMENT_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "source/source.h"
#include "store/documents.h"
#include "store/forget.h"

struct documents;

/* A document to be read: made here, passed to detect/, given back by documents_version. Owned by
 * whoever holds it at the time; document_work_free ends it. */
struct document_work {
    int64_t document; /* its number; 0: a new path, numbered when its version is committed */
    char *source;     /* name */
    char *path;       /* below the root */
    int fd;           /* of the file, -1 when only the text is at hand */
    struct source_key key;
    struct hash known; /* content of the version that stands; zero: none */
    int64_t max_size_bytes;
    bool growing; /* growth = log */
    bool quiet;   /* first start's baseline: commit the version, run no detector */
    int64_t seen_us;
};
void document_work_free(struct document_work **work);

/* What a host made of a file: IPC_VERSION in the daemon's own terms. */
struct document_version {
    int64_t version;  /* number in the store, set by the commit */
    int64_t document; /* likewise */
    struct hash hash, text_hash;
    struct hash origin; /* of the document; set by the commit */
    int64_t size_bytes;
    int32_t date; /* YYYYMMDD, 0 none */
    char *title, *media_type, *charset, *note;
    char *text;  /* decoded; NULL: it is in text_fd */
    int text_fd; /* sealed memory file with it; -1 */
    /* Set by the commit: a text that this document has not had before, so that one pending row per
     * detector stands in the store. False: the same bytes, white space only, A -> B -> A, or a
     * quiet one; whatever was detected meanwhile is to be dropped. */
    bool is_news;
    /* Detectors that found nothing, a bit each, as they stand among the names given to the commit:
     * the loop adds those that say so before it is done. Of the ones that the commit knew of when
     * it ran, and notes as settled, nothing is pending. */
    _Atomic uint64_t found_nothing;
    uint64_t settled;
};
void document_version_free(struct document_version **version);

struct documents_ops {
    /* Read this. The receiver owns `work`. */
    void (*read)(void *arg, struct document_work *work);
    void (*state)(void *arg, const char *source); /* counts changed; may be NULL */
    /* Nothing has come from a source for longer than is expected, says the text; something has
     * again, or nothing is expected any more. May be NULL. */
    void (*missed)(void *arg, const char *source, const char *text);
    void (*came)(void *arg, const char *source);
};

/* Loads the catalogue: blocks, for start-up only. To free it, first end the sources, then see to it
 * that every work was given back, then store_flush. */
int documents_new(struct loop *loop, struct store *store, const struct documents_ops *ops,
                  void *arg, struct documents **documents, struct err *err);
void documents_free(struct documents **documents);

/* Wires a source: returns the ops and arg to give to source_new. The folder's first-start choice
 * and "first scan done" (kept in the store) are applied here. */
const struct source_ops *documents_source_ops(void);
/* The paths of the folders whose first listing is over, of this run or an earlier one. */
void documents_each_root(const struct documents *documents,
                         void (*each)(void *arg, const char *root), void *arg);
/* Registers before source_new; `arg` for the ops above is the returned handle. */
void *documents_add_source(struct documents *documents, const struct config_folder *folder);
void documents_set_source(void *handle, struct source *source);
void documents_remove_source(struct documents *documents, const char *name);
/* The store is not the one of before: the first start of every source is a baseline, whatever the
 * configuration says. Before documents_add_source. */
void documents_store_was_lost(struct documents *documents);

/* The reading came to nothing new, or failed: gives credit back to the source, tells the store what
 * is to be told (unsupported, unreadable), asks for another try when it was unstable. Frees work.
 */
void documents_unread(struct documents *documents, struct document_work *work, int ipc_read_status,
                      const char *note);

/* Commits a version that was read: document (new or known, with the content-rename rule), version,
 * archived text, one pending row per detector (at most 64; NULL: one that is not configured any
 * more) that has something to say yet. Then calls `done` on the loop with the numbers filled in;
 * version->version is 0 if the store refused it (said in the log): then there is nothing to detect.
 * Gives credit back. Takes work; `version` stays the caller's and as it is until `done`.
 */
void documents_version(struct documents *documents, struct document_work *work,
                       struct document_version *version, const char *const *detectors,
                       size_t n_detectors,
                       void (*done)(void *arg, struct document_version *version), void *arg);

/* Is its file on its way, between its change and the commit of its version? */
bool documents_under_way(const struct documents *documents, const struct store_document *document);
struct documents_forgotten {
    int64_t texts;
    struct store_forgotten rest;
};
typedef void documents_forgot_fn(void *arg, const struct documents_forgotten *forgotten,
                                 const char *error);
/* Forgets what it said, so far; not while it is under way. Its file stays known. The bytes are gone
 * from the store's files after store_wipe. With the error, some texts may be forgotten. */
void documents_forget(struct documents *documents, int64_t document, documents_forgot_fn *done,
                      void *arg);

/* For people. All but `known` are since the start, and stay over a reload. */
struct documents_counts {
    uint64_t known, read, unchanged, unsupported, unreadable, unstable, too_large, removed, renamed;
};
const struct documents_counts *documents_counts(const struct documents *documents);
/* Those of one source; NULL when there never was one of that name. */
const struct documents_counts *documents_source_counts(const struct documents *documents,
                                                       const char *source);
/* Nothing between change and commit. */
bool documents_idle(const struct documents *documents);

#endif
