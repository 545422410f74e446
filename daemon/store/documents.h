/*
 * Typed statements on sources, documents, versions, archived texts, pending detection and files
 * that could not be read. Called inside operations (store.h) by document/, detect/ and control/.
 * Nothing here decides: what a rename or a copy is, document/ says.
 *
 * Every function returns 0, or -1 with the reason; look-ups return 1 found, 0 not found, -1 failed.
 * Texts in a row are the caller's; its _deinit frees them. Times are UTC milliseconds.
 */
#ifndef TOCSIN_STORE_DOCUMENTS_H
#define TOCSIN_STORE_DOCUMENTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "store/store.h"

/* As struct source_key. */
struct store_key {
    uint64_t inode;
    int64_t size_bytes, mtime_ns, ctime_ns;
};

struct store_document {
    int64_t id;
    char *source, *path; /* below the source's root; bytes */
    struct store_key key;
    struct hash origin, hash;     /* hash: content of the version that stands */
    int64_t version;              /* the one that stands */
    int64_t added_ms, removed_ms; /* removed_ms 0: it is there */
};
void store_document_deinit(struct store_document *document);

struct store_version {
    int64_t id, document;
    int64_t
        number; /* 1, 2, 3 ... within the document; store_version_add finds it unless it is set */
    struct hash hash, text_hash;
    int64_t size_bytes;
    int32_t date; /* YYYYMMDD, 0 none */
    char *title, *media_type, *charset, *note;
    int64_t seen_ms;
};
void store_version_deinit(struct store_version *version);

/* ---- sources ---- */

/* When the newest version from a source was seen: 1; *last_ms stays as it is when there is none. */
int store_source_last(struct store_txn *txn, const char *name, int64_t *last_ms, struct err *err);

/* Makes the row if there is none; another root than before begins anew (no baseline). 0 for
 * *baseline_ms: the first complete listing is still to come. */
int store_source_begin(struct store_txn *txn, const char *name, const char *root,
                       int64_t *baseline_ms, struct err *err);
/* Is there one of this name, watched at present or not? */
int store_source_known(struct store_txn *txn, const char *name, struct err *err);
int store_source_baseline(struct store_txn *txn, const char *name, int64_t now_ms, struct err *err);
int store_source_each(struct store_txn *txn,
                      void (*row)(void *arg, const char *name, const char *root,
                                  int64_t baseline_ms),
                      void *arg, struct err *err);
/* [{"name", "root", "baseline_ms" (null: not yet), "documents", "removed", "unread"}] */
int store_source_list(struct store_txn *txn, json_t **list, struct err *err);

/* ---- documents ---- */

int store_document_at(struct store_txn *txn, const char *source, const char *path,
                      struct store_document *document, struct err *err);
int store_document_get(struct store_txn *txn, int64_t id, struct store_document *document,
                       struct err *err);
/* For people: a number, an absolute path, a path below a root, or an origin in full hex. What is
 * there goes before what was removed, the latest removal before earlier ones. */
int store_document_find(struct store_txn *txn, const char *what, struct store_document *document,
                        struct err *err);
/* One that is there with this inode, size and mtime. */
int store_document_by_inode(struct store_txn *txn, const char *source, const struct store_key *key,
                            struct store_document *document, struct err *err);
/* One that was removed, with this content: the same file (inode, size, mtime) if there is one, else
 * the latest removal since `since_ms`. */
int store_document_gone(struct store_txn *txn, const struct hash *hash, const struct store_key *key,
                        int64_t since_ms, struct store_document *document, struct err *err);
/* One that was removed from this place since then. */
int store_document_gone_at(struct store_txn *txn, const char *source, const char *path,
                           int64_t since_ms, struct store_document *document, struct err *err);
/* The origin of the first document that ever had this text. */
int store_document_origin(struct store_txn *txn, const struct hash *text_hash, struct hash *origin,
                          struct err *err);
/* Sets document->id. */
int store_document_add(struct store_txn *txn, struct store_document *document, struct err *err);
/* Writes every attribute but id and added_ms. */
int store_document_update(struct store_txn *txn, const struct store_document *document,
                          struct err *err);
int store_document_set_key(struct store_txn *txn, int64_t id, const struct store_key *key,
                           struct err *err);
int store_document_remove(struct store_txn *txn, int64_t id, int64_t now_ms, struct err *err);
int store_document_remove_at(struct store_txn *txn, const char *source, const char *path,
                             int64_t now_ms, struct err *err);
/* What stood at `to` is removed first. `key` may be NULL: it stays. */
int store_document_rename(struct store_txn *txn, const char *source, const char *from,
                          const char *to, const struct store_key *key, int64_t now_ms,
                          struct err *err);
/* Every document that is there, of all sources or below a directory of one. The row's texts are
 * lent. */
int store_document_each(struct store_txn *txn,
                        void (*row)(void *arg, const struct store_document *document), void *arg,
                        struct err *err);
int store_document_below(struct store_txn *txn, const char *source, const char *dir,
                         void (*row)(void *arg, const struct store_document *document), void *arg,
                         struct err *err);
/* Deletes at most `limit` documents removed before `before_ms`, with their versions. */
int store_document_expire(struct store_txn *txn, int64_t before_ms, int limit, int *n_deleted,
                          struct err *err);

/* ---- versions ---- */

/* The id of the version that is added next: a new document names it as the one that stands. */
int store_version_next(struct store_txn *txn, int64_t *id, struct err *err);
/* Sets number, and id unless it is set. */
int store_version_add(struct store_txn *txn, struct store_version *version, struct err *err);
int store_version_get(struct store_txn *txn, int64_t id, struct store_version *version,
                      struct err *err);
/* Did the document have this text before? */
int store_version_had_text(struct store_txn *txn, int64_t document, const struct hash *text_hash,
                           bool *had, struct err *err);

/* The text of the last version of a document, or, `before` not 0, of the last one before that
 * version. 0 when there is none. */
int store_version_text_before(struct store_txn *txn, int64_t document, int64_t before,
                              struct hash *text_hash, struct err *err);

/* ---- archived texts, packed (document/archive.h packs and unpacks) ---- */

struct store_packed {
    int64_t size_bytes; /* of the text */
    void *bytes;        /* the caller frees it */
    size_t len;
};
/* Found: it was used now. */
int store_archive_touch(struct store_txn *txn, const struct hash *text_hash, int64_t now_ms,
                        struct err *err);
/* Likewise, if it is there already. */
int store_archive_add(struct store_txn *txn, const struct hash *text_hash,
                      const struct store_packed *packed, int64_t now_ms, struct err *err);
int store_archive_get(struct store_txn *txn, const struct hash *text_hash,
                      struct store_packed *packed, struct err *err);
int store_archive_size(struct store_txn *txn, int64_t *packed_bytes, struct err *err);
/* Each deletes at most `limit` texts, never one that a detector still has to read. */
int store_archive_expire_unused(struct store_txn *txn, int64_t before_ms, int limit, int *n_deleted,
                                struct err *err);
/* Of documents removed from `since_ms` on and before `before_ms`, unless another document that is
 * kept has the same text. */
int store_archive_expire_removed(struct store_txn *txn, int64_t since_ms, int64_t before_ms,
                                 int limit, int *n_deleted, struct err *err);
int store_archive_expire_oldest(struct store_txn *txn, int64_t surplus_bytes, int limit,
                                int64_t *freed_bytes, int *n_deleted, struct err *err);

/* ---- files that could not be read ---- */

int store_unread_set(struct store_txn *txn, const char *source, const char *path,
                     const struct store_key *key, const char *status, const char *note,
                     int64_t now_ms, struct err *err);
int store_unread_remove(struct store_txn *txn, const char *source, const char *path,
                        struct err *err);
int store_unread_each(struct store_txn *txn,
                      void (*row)(void *arg, const char *source, const char *path,
                                  const struct store_key *key),
                      void *arg, struct err *err);
/* Why a file, by its path as in store_document_find, could not become a version; *why is the
 * caller's. 1, or 0 and NULL when nothing is known of it. */
int store_unread_find(struct store_txn *txn, const char *path, char **why, struct err *err);
/* [{"source", "path", "status", "note", "seen_ms"}], at most `limit`, latest first. */
int store_unread_list(struct store_txn *txn, int limit, json_t **list, struct err *err);

/* ---- what detectors still have to do ---- */

/* One version and one detector, with all that is needed to detect again from the archive. */
struct store_pending {
    int64_t version, document;
    char *detector;
    int strikes;
    struct hash origin, text_hash;
    char *source, *path, *title, *media_type;
    int32_t date; /* 0: none */
    int64_t seen_ms;
};
struct store_pendings {
    struct store_pending *items;
    size_t n, cap;
};
void store_pendings_deinit(struct store_pendings *pendings);

int store_pending_add(struct store_txn *txn, int64_t version, const char *detector,
                      struct err *err);
/* Appends at most `limit` that are not quarantined, in the order of versions, beginning after the
 * one given (0, "": from the start). */
int store_pending_list(struct store_txn *txn, int64_t after_version, const char *after_detector,
                       int limit, struct store_pendings *pendings, struct err *err);
/* Appends that of one detector for one version, if there is one that is not quarantined. */
int store_pending_get(struct store_txn *txn, int64_t version, const char *detector,
                      struct store_pendings *pendings, struct err *err);
/* Has the detector still to judge an earlier version of the document, or will it never? 1 or 0. */
int store_pending_earlier(struct store_txn *txn, int64_t document, int64_t version,
                          const char *detector, struct err *err);
/* At most `limit` versions after *after that were seen since then and whose text is kept: the
 * detector has to look for that topic in each, and for nothing else unless it has to judge it
 * anyway. *after becomes the last of them; 0 when there are none any more. Adds how many there were
 * to *n. */
int store_pending_backfill(struct store_txn *txn, const char *detector, const char *topic,
                           int64_t since_ms, int limit, int64_t *after, int64_t *n,
                           struct err *err);
/* The topics that alone are to be looked for, a name a line, the caller's; NULL: all count. 1, or 0
 * when there is no such row (any more). */
int store_pending_only(struct store_txn *txn, int64_t version, const char *detector, char **topics,
                       struct err *err);
/* The result is in: the row goes. */
int store_pending_done(struct store_txn *txn, int64_t version, const char *detector,
                       struct err *err);
/* One more strike; *strikes is the new number. */
int store_pending_strike(struct store_txn *txn, int64_t version, const char *detector,
                         const char *reason, int *strikes, struct err *err);
int store_pending_quarantine(struct store_txn *txn, int64_t version, const char *detector,
                             const char *reason, int64_t now_ms, struct err *err);
/* Gives quarantined rows another chance, without strikes: of a detector (NULL: any), of a document
 * (0: any). */
int store_pending_release(struct store_txn *txn, const char *detector, int64_t document,
                          int *n_released, struct err *err);
/* [{"document", "version", "source", "path", "title", "detector", "strikes", "reason",
 * "quarantined_ms"}] */
int store_quarantine_list(struct store_txn *txn, json_t **list, struct err *err);
int store_pending_count(struct store_txn *txn, int64_t *pending, int64_t *quarantined,
                        struct err *err);

#endif
