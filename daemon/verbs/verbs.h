/*
 * What tocsinctl may ask: one file a noun, and table.c with the table of all verbs. Each takes its
 * arguments apart, has the room do it, and answers. Nothing is decided here. What needs the store
 * is read on its reader thread.
 */
#ifndef TOCSIN_VERBS_VERBS_H
#define TOCSIN_VERBS_VERBS_H

#include "store/documents.h"
#include "tocsind.h"

/* A text of the arguments; NULL: there is none. */
const char *text_arg(const json_t *args, const char *name);
/* How long a list may become: "limit", or the first if that is not said; at most the second. */
int64_t limit_arg(const json_t *args, int64_t usual, int64_t most);
/* Answers of the rooms: `arg` is the request. Takes result. */
void answer_json(void *arg, json_t *result, const char *error);
void answer_done(void *arg, const char *error);
/* Has the store's reader answer. `ask` runs on its thread, sets a new reference, or says why not;
 * `args` is borrowed. */
typedef int ask_fn(struct store_txn *txn, const json_t *args, json_t **result, struct err *err);
void ask_store(struct daemon *daemon, struct control_request *request, const json_t *args,
               ask_fn *ask);
/* The document that is asked for: "document" (a number or a path), or "real" (the path with links
 * followed); paths that are no text as URLs. -1 also when none is known. */
int find_document(struct store_txn *txn, const json_t *args, struct store_document *document,
                  struct err *err);
/* Every source of the daemon with its state and counts. */
json_t *sources_json(const struct daemon *daemon);

/* Of the table; `arg` is the daemon. */
void verb_status(void *arg, struct control_request *request, const json_t *args);
void verb_metrics(void *arg, struct control_request *request, const json_t *args);
void verb_source_list(void *arg, struct control_request *request, const json_t *args);
void verb_source_rescan(void *arg, struct control_request *request, const json_t *args);
void verb_alert_list(void *arg, struct control_request *request, const json_t *args);
void verb_alert_show(void *arg, struct control_request *request, const json_t *args);
void verb_alert_suppressed(void *arg, struct control_request *request, const json_t *args);
void verb_alert_act(void *arg, struct control_request *request, const json_t *args);
void verb_route_test(void *arg, struct control_request *request, const json_t *args);
void verb_silence_list(void *arg, struct control_request *request, const json_t *args);
void verb_silence_add(void *arg, struct control_request *request, const json_t *args);
void verb_silence_end(void *arg, struct control_request *request, const json_t *args);
void verb_fact_list(void *arg, struct control_request *request, const json_t *args);
void verb_topic_backfill(void *arg, struct control_request *request, const json_t *args);
void verb_topic_list(void *arg, struct control_request *request, const json_t *args);
void verb_explain(void *arg, struct control_request *request, const json_t *args);
void verb_document_list(void *arg, struct control_request *request, const json_t *args);
void verb_document_forget(void *arg, struct control_request *request, const json_t *args);
void verb_document_show(void *arg, struct control_request *request, const json_t *args);
void verb_document_texts(void *arg, struct control_request *request, const json_t *args);
void verb_delivery_list(void *arg, struct control_request *request, const json_t *args);
void verb_delivery_show(void *arg, struct control_request *request, const json_t *args);
void verb_delivery_retry(void *arg, struct control_request *request, const json_t *args);
void verb_delivery_drop(void *arg, struct control_request *request, const json_t *args);
void verb_notifier_list(void *arg, struct control_request *request, const json_t *args);
void verb_notifier_test(void *arg, struct control_request *request, const json_t *args);
void verb_quarantine_list(void *arg, struct control_request *request, const json_t *args);
void verb_quarantine_release(void *arg, struct control_request *request, const json_t *args);
void verb_state_snapshot(void *arg, struct control_request *request, const json_t *args);
void verb_state_release(void *arg, struct control_request *request, const json_t *args);
void verb_pause(void *arg, struct control_request *request, const json_t *args);
void verb_resume(void *arg, struct control_request *request, const json_t *args);
void verb_config_check(void *arg, struct control_request *request, const json_t *args);
void verb_config_diff(void *arg, struct control_request *request, const json_t *args);
void verb_reload(void *arg, struct control_request *request, const json_t *args);
void verb_follow(void *arg, struct control_request *request, const json_t *args);

#endif
