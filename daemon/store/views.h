/*
 * What people ask for, as JSON, made from the store's reader. Called by alert/ and verbs/.
 * All return 0 with a new reference, or -1 with `err`. Lists bring the latest first.
 */
#ifndef TOCSIN_STORE_VIEWS_H
#define TOCSIN_STORE_VIEWS_H

#include <jansson.h>

#include "base/hash.h"
#include "store/store.h"

/* The one alert or delivery that a person means by an id or its beginning (hex, 4 digits at least).
 * -1 also when there is none, or more than one: the error says so. */
int store_find_alert(struct store_txn *txn, const char *hex, struct hash *id, struct err *err);
int store_find_delivery(struct store_txn *txn, const char *hex, struct hash *id, struct err *err);

/* Bytes of a path, or a text that names one; where they are not UTF-8, '?' stands for each byte
 * that is not ASCII. */
json_t *store_bytes_json(const char *bytes);

/* Which alerts. With words or a person, or with a topic whose beginning is given, an index of words
 * is asked: then time is when something was found, else when there was news last. */
struct store_alert_filter {
    const char *state, *detector, *topic; /* NULL: any; topic is a glob(7) pattern */
    const json_t *words;                  /* a list of words and phrases, which headline, title,
                                             quotes or source of one finding must have, all of them;
                                             with a * at its end a beginning; NULL: none */
    const char *person;                   /* words of a name among a fact's fields; NULL: any */
    const char *after;                    /* an alert of this list, as of store_find_alert: only
                                             those that stand after it; NULL: from the first */
    int64_t since_ms, until_ms;           /* 0: any; until: before then */
    int64_t limit;
};
/* [{"id", "detector", "topic", "subject", "key", "edition", "headline", "severity", "labels",
 * "fields", "state", "revisions", "sources", "snoozed_until_ms", "created_ms", "updated_ms"}], the
 * latest first: the latest news, of words what was found last. -1 also when words have neither
 * letters nor digits. */
int store_view_alerts(struct store_txn *txn, const struct store_alert_filter *filter, json_t **list,
                      struct err *err);
/* The same of one alert; NULL when there is none. */
int store_view_alert(struct store_txn *txn, const struct hash *id, json_t **alert, struct err *err);
/* What documents say of an alert, in the order of a ladder: [{"document", "version", "origin",
 * "date", "rank", "status", "edition", "summary", "severity", "score", "fields", "evidence",
 * "outcome", "seen_ms", "source", "path", "title", "file", "backfilled"}]; "file" is the whole
 * path, "" when the finding is of no document. */
int store_view_findings(struct store_txn *txn, const struct hash *alert, json_t **list,
                        struct err *err);
/* Its revisions, with their deliveries: [{"id", "number", "headline", "change", "created_ms",
 * "deliveries": [{"id", "notifier", "state", "attempts", "next_ms", "updated_ms", "reason",
 * "place", "notice", "until_ms"}]}]. */
int store_view_revisions(struct store_txn *txn, const struct hash *alert, json_t **list,
                         struct err *err);
/* The ids of the alerts that are ladders of facts, by detector, key and edition. */
int store_view_ladders(struct store_txn *txn, void (*each)(void *arg, const struct hash *alert),
                       void *arg, struct err *err);
/* [{"alert", "detector", "topic", "summary", "outcome", "seen_ms"}] */
int store_view_outcomes(struct store_txn *txn, int64_t version, json_t **list, struct err *err);
/* What did not ring at once, of findings since then: how many for each reason, the most first
 * [{"outcome", "n"}]; and the latest, of one reason or (NULL) of any [{"alert", "detector",
 * "topic", "summary", "outcome", "place", "file", "seen_ms"}]. */
int store_view_suppressed_counts(struct store_txn *txn, int64_t since_ms, json_t **list,
                                 struct err *err);
int store_view_suppressed(struct store_txn *txn, const char *outcome, int64_t since_ms,
                          int64_t limit, json_t **list, struct err *err);
/* The whole path of the document that the alert's last revision shows: {"path"}; NULL: there is no
 * document. */
int store_view_path(struct store_txn *txn, const struct hash *alert, json_t **path,
                    struct err *err);

/* ---- deliveries ---- */

/* `states`: a JSON list of words, which may be one or more of the schema's. [{"id", "notifier",
 * "state", "attempts", "created_ms", "updated_ms", "next_ms" (null: none, or not by itself),
 * "notice" ("": it tells news), "notice_ms", "until_ms" and "retried_ms" (null: none; not retried),
 * "reason", "summary" (of several that were held), "headline" (of the first), "revisions"}], those
 * that changed last first. */
int store_view_deliveries(struct store_txn *txn, const char *states, int64_t limit, json_t **list,
                          struct err *err);
/* The same of one, with what it tells: "told": [{"revision", "number", "headline", "change",
 * "created_ms", "alert", "detector", "topic", "source", "path", "title"}]. */
int store_view_delivery(struct store_txn *txn, const struct hash *id, json_t **delivery,
                        struct err *err);

/* ---- documents ---- */

struct store_document_filter {
    const char *source; /* NULL: any */
    const char *path;   /* a glob(7) pattern of the path below the folder, or a folder there */
    const char *file;   /* the same of the whole path */
    int64_t limit;
};
/* [{"document", "source", "path", "file", "state" (live, removed), "versions", "title", "date",
 * "seen_ms" (of the version that stands), "removed_ms", "forgotten_ms" (null: not so)}] */
int store_view_documents(struct store_txn *txn, const struct store_document_filter *filter,
                         json_t **list, struct err *err);
/* The same of one, with "added_ms", "inode", "size", "mtime_ns", "ctime_ns", "origin", "hash"; NULL
 * when there is none. */
int store_view_document(struct store_txn *txn, int64_t document, json_t **view, struct err *err);
/* [{"version", "seen_ms", "date", "title", "media_type", "charset", "note", "size", "hash",
 * "text_hash", "archived", "forgotten_ms"}] */
int store_view_versions(struct store_txn *txn, int64_t document, int64_t limit, json_t **list,
                        struct err *err);
/* Versions after that one (0: from the first) that were seen since then, in their order:
 * [{"version", "document", "origin", "source", "path", "title", "date", "media_type", "seen_ms",
 * "text_hash"}]; not those that were forgotten. */
int store_view_versions_after(struct store_txn *txn, int64_t version, int64_t since_ms,
                              int64_t limit, json_t **list, struct err *err);
/* How many they are. */
int store_count_versions(struct store_txn *txn, int64_t since_ms, int64_t *n, struct err *err);
/* What was found in any version: [{"version", "alert", "headline", "state" (of the alert),
 * "detector", "topic", "summary", "outcome", "seen_ms"}] */
int store_view_document_findings(struct store_txn *txn, int64_t document, int64_t limit,
                                 json_t **list, struct err *err);
/* What detectors still have to do, or will not (quarantined_ms): [{"version", "detector",
 * "strikes", "reason", "quarantined_ms"}] */
int store_view_document_pending(struct store_txn *txn, int64_t document, json_t **list,
                                struct err *err);
/* Why its file could not be read as it is now: {"status", "note", "seen_ms"}; NULL: it could. */
int store_view_document_unread(struct store_txn *txn, int64_t document, json_t **unread,
                               struct err *err);

#endif
