/*
 * tocsinctl's own rooms: the command table, the client of the control socket, printing, and what is
 * done without a daemon.
 *
 * Exit status: 0 done (test: found), 1 nothing found or a check failed, 64 wrong usage, 69 no
 * daemon answers, 77 not allowed, 78 bad configuration; other sysexits(3) as the daemon says.
 */
#ifndef TOCSIN_CTL_CTL_H
#define TOCSIN_CTL_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#include "base/err.h"
#include "base/mem.h"
#include "ctl/command.h"

/* What was asked for on the command line; the fields that options set have their names. */
struct ctl {
    bool json;   /* --output json, or jsonl */
    bool lines;  /* --output jsonl: a value a line */
    bool colour; /* a terminal that knows it, and NO_COLOR is not set */
    bool system, user, help, version;
    bool why; /* of an alert: every step */
    const char *output;
    const char *socket;
    const char *config;
    const char *host;                        /* tocsin-host */
    const char *plugins;                     /* folders with NAME.so */
    const char *state;                       /* the state directory */
    const char *driver, *team, *year, *kind; /* of facts */
    const char *since, *lists;               /* of a backtest, a backfill */
    const char *at;                          /* of a test of routes */
    const struct command *command;
    char **args; /* of the command */
    int n_args;
    int patience_ms; /* for the daemon's answer; 0: as long as it takes */
};

/* ---- client.c ---- */

/* Asks the daemon; the answer's result is a new reference. On failure NULL, with an exit status in
 * *status and in *why what to say, the caller's. Takes args. */
json_t *ctl_try(struct ctl *ctl, const char *verb, json_t *args, int *status, char **why);
/* The same, and says why on standard error. */
json_t *ctl_ask(struct ctl *ctl, const char *verb, json_t *args, int *status);
/* Does the daemon of this state answer: the user's, or with --system the system's? Says nothing. */
bool ctl_daemon_answers(const struct ctl *ctl);
/* As ctl_ask with verb follow: calls `each` for every event until the daemon ends or it is false.
 */
int ctl_follow(struct ctl *ctl, bool (*each)(struct ctl *ctl, const json_t *event));
/* Are all arguments UTF-8, but paths of documents, which become URLs? What JSON cannot carry must
 * not be left out: that could mean "all". Says which is not. */
bool ctl_args_are_utf8(const struct ctl *ctl);
/* Asks; shows the answer as JSON, or by `show`. Takes args; returns the exit status. */
int ctl_ask_and_show(struct ctl *ctl, const char *verb, json_t *args,
                     void (*show)(const struct ctl *ctl, const json_t *result));

/* The group that a control socket, or the folder it is in, is shared with: its name, or its number
 * where it has none; NULL when it is shared with none. The caller frees it. */
char *ctl_socket_group(const char *path);

/* ---- print.c ---- */

enum ctl_colour { CTL_PLAIN, CTL_BOLD, CTL_DIM, CTL_RED, CTL_GREEN, CTL_YELLOW };
/* The escape sequence, "" where there is no colour. CTL_PLAIN ends one. */
const char *ctl_colour(const struct ctl *ctl, enum ctl_colour colour);
/* Of a word for the state of a source, host, notifier, alert or delivery. */
enum ctl_colour ctl_state_colour(const char *state);
/* "tocsinctl: ...\n" on standard error; lines stay lines, other control characters go. */
void ctl_complain(const char *fmt, ...) PRINTF(1, 2);
/* Text of several lines: what could steer a terminal is replaced. */
void ctl_print_lines(FILE *out, const char *text);
/* Any JSON, indented, or on one line, with a newline: --output json. Control characters are
 * escaped, also those that JSON would let through. False: standard output fails. */
bool ctl_print_json(const json_t *value);
bool ctl_print_json_line(const json_t *value);
/* Text broken at blanks, so that no line is wider than `width` columns: the first goes on where
 * column `indent` was reached, the others begin there. Ends with a newline. */
void ctl_print_wrapped(FILE *out, size_t indent, size_t width, const char *text);
/* UTF-8 without anything that could steer a terminal. */
bool ctl_is_safe(const char *text);
/* Text from a document or a file's name, without control characters. */
void ctl_print_safe(const char *text);
/* printf for texts that hold such a thing; no colours. */
void ctl_print(const char *fmt, ...) PRINTF(1, 2);
/* The quotes of a finding's evidence, each a line, with the match marked: bold, or between » and «
 * where there is no colour. */
void ctl_print_quotes(const struct ctl *ctl, int indent, const json_t *evidence);
/* The fields of a finding: "name: value, value" each on a line. */
void ctl_print_fields(int indent, const json_t *fields);
/* A part of an explanation, indented by its depth. */
void ctl_print_part(const struct ctl *ctl, int indent, const json_t *part);
/* "1 source", "2 sources" */
void ctl_print_count(int64_t n, const char *word);
/* A table: the columns are keys of the objects in the list; a header of their names in capitals. */
void ctl_print_table(const struct ctl *ctl, const json_t *list, const char *const *columns,
                     size_t n_columns);
/* "2025-12-14 08:00" in local time. */
void ctl_print_time(int64_t utc_ms);
void ctl_format_time(int64_t utc_ms, char *text, size_t size);
/* "low" ... "urgent" */
const char *ctl_severity(int64_t severity);
/* "4s", "12m", "3h", "5d": how long that is, roughly. The caller frees it. */
char *ctl_span(int64_t ms);
/* UTC milliseconds since 1970. */
int64_t ctl_now_ms(void);
/* A moment as a person says it: how long ago ("90d"), or a day or a minute in local time
 * ("2026-06-13", "2026-06-13 16:00"). False: it is none of these. */
bool ctl_moment_parse(const char *text, int64_t *utc_ms);
/* A document's date: "2025-12-14", or "undated". */
void ctl_print_date(const json_t *object);
/* What the policy made of a finding, as a word and a sentence on a line. */
void ctl_print_outcome(const struct ctl *ctl, int indent, const json_t *finding);
/* JSON helpers: "" and 0 where there is nothing. */
const char *ctl_text(const json_t *object, const char *key);
int64_t ctl_int(const json_t *object, const char *key);

/* ---- commands that ask the daemon: remote.c, and a file a noun ---- */

/* How a person names a document, a number, a path from here or a URL, as the daemon wants it. */
json_t *ctl_document_args(const char *given);
/* ctl_ask_and_show of the document that the first argument names; of a file that never becomes one
 * it says why. */
int ctl_ask_of_document(struct ctl *ctl, const char *verb, json_t *args,
                        void (*show)(const struct ctl *ctl, const json_t *result));
int ctl_status(struct ctl *ctl);
int ctl_metrics(struct ctl *ctl);
int ctl_source_list(struct ctl *ctl);
int ctl_source_rescan(struct ctl *ctl);
int ctl_alert_list(struct ctl *ctl);
int ctl_alert_search(struct ctl *ctl);
int ctl_alert_suppressed(struct ctl *ctl);
int ctl_alert_show(struct ctl *ctl);
int ctl_alert_ack(struct ctl *ctl);
int ctl_alert_close(struct ctl *ctl);
int ctl_alert_snooze(struct ctl *ctl);
int ctl_alert_mute(struct ctl *ctl);
int ctl_alert_unmute(struct ctl *ctl);
int ctl_route_test(struct ctl *ctl);
int ctl_silence_list(struct ctl *ctl);
int ctl_silence_add(struct ctl *ctl);
int ctl_silence_end(struct ctl *ctl);
int ctl_topic_list(struct ctl *ctl);
int ctl_topic_backtest(struct ctl *ctl);
int ctl_topic_backfill(struct ctl *ctl);
int ctl_explain(struct ctl *ctl);
int ctl_fact_list(struct ctl *ctl);
int ctl_document_list(struct ctl *ctl);
int ctl_document_show(struct ctl *ctl);
int ctl_document_forget(struct ctl *ctl);
int ctl_state_backup(struct ctl *ctl);
int ctl_state_restore(struct ctl *ctl);
int ctl_delivery_list(struct ctl *ctl);
int ctl_delivery_show(struct ctl *ctl);
int ctl_delivery_retry(struct ctl *ctl);
int ctl_delivery_drop(struct ctl *ctl);
int ctl_notifier_list(struct ctl *ctl);
int ctl_notifier_test(struct ctl *ctl);
int ctl_quarantine_list(struct ctl *ctl);
int ctl_quarantine_release(struct ctl *ctl);
int ctl_pause(struct ctl *ctl);
int ctl_resume(struct ctl *ctl);
int ctl_reload(struct ctl *ctl);
int ctl_follow_events(struct ctl *ctl);

/* ---- local.c, plan.c, test.c, extract.c: commands that need none, or hardly one ---- */
int ctl_test(struct ctl *ctl);
int ctl_fact_extract(struct ctl *ctl);
int ctl_doctor(struct ctl *ctl);
int ctl_topic_check(struct ctl *ctl);
int ctl_topic_tree(struct ctl *ctl);
int ctl_topic_match(struct ctl *ctl);
/* tocsin-topics, which runs them; the caller frees it. */
char *ctl_topics_program(const struct ctl *ctl);
int ctl_topic_test(struct ctl *ctl);
int ctl_plugin_list(struct ctl *ctl);
int ctl_plugin_info(struct ctl *ctl);
int ctl_plugin_check(struct ctl *ctl);
int ctl_config_check(struct ctl *ctl);
int ctl_config_show(struct ctl *ctl);
int ctl_config_init(struct ctl *ctl);
int ctl_config_diff(struct ctl *ctl);
/* What a reload changes, a line each, unless it is wanted as JSON; is it anything? */
bool ctl_print_plan(const struct ctl *ctl, const json_t *plan);

#endif
