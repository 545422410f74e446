/*
 * A script (NAME.scn): a story of findings, time, notifiers that fail and persons who act, with
 * what has to ring and what has to be silent. A line is a verb with its words; "..." may hold
 * spaces, and # begins a comment.
 *
 *   REAL                           through the real tocsind, too: tests/e2e/test_scenarios.py
 *   NOTIFIER name [interrupts] [resolves] [follows] [per_minute=N] [give_up=1h] [retry=10s]
 *            [concurrency=N]
 *   ROUTE [topics=a*,b] [labels=a,b] [sources=a] [min=1..4] [notify=x,y] [stop] [shadow]
 *         [quiet=22:00-07:00,...] [zone=Europe/Paris] [batch=5m] [most=10/1h]
 *         [digest="Mon..Fri 08:00"] [remind=30m,4h] [escalate=15m]
 *                                  its place is its line of the script: "batch.scn:3"
 *   AWAIT [topics=a*,b] within=3d  something of these is expected so often (`expect`)
 *   CLOCK "2026-03-28 21:30:00" [zone]
 *                                  the wall clock is set, forward or back
 *   KEEP 30d                       deliveries that are done
 *   START                          the rooms, with what was said so far; again: reload
 *   REMOVE name                    a notifier, or all ROUTES; and START to reload
 *   TOPIC doc topic ["quote"]... [old="quote"]... [labels=a,b] [story=a]
 *                                  a version of a document says so; the version's number counts up;
 *                                  `old`: the document had this before the change already;
 *                                  `story`: its text is like those of this story
 *   URGENT doc topic "quote"...    the same, and it is
 *   FACT doc date status "driver" year|- "quote"
 *   TROUBLE subject "text"         OVER subject
 *   BEHAVE name OK|LATER|NEVER|HANGS|CRASHES|UNUSABLE|ENDLESS|SPENT|ONCE|LAST
 *   ACTION verb [duration]         on the alert of the last event
 *   PRESS name verb                a button on the last ring of that notifier
 *   RETRY dead|name|"headline" N   so many are queued again; of a headline, its latest delivery
 *   RETRY ... "why not"            it is refused
 *   DROP "headline" ["why not"]
 *   SILENCE 2h topic=a* [label=b]  all of which has to match
 *   FORGET SILENCE 1
 *   PAUSE  RESUME  TIME PASSES 90s
 *   RESTART                        in order; CRASH: nothing more is written before the new start
 *
 *   EXPECT RING name ["headline"] [change="a → b"] [sources=N] [count=N] [summary="..."]
 *          [attempt=N] [same] [notice=word] [until="2026-03-28 21:30:00"] [token=...]
 *                                  the next attempt of that notifier, which went well;
 *                                  `same`: under the id of the attempt that was expected before;
 *                                  `notice`: it tells what has become of the alert: it has
 *                                  ended, or is acknowledged, snoozed or muted, until then
 *   EXPECT TRY name                the next attempt, which did not
 *   EXPECT SILENT                  nothing rang that was not expected
 *   EXPECT OUTCOME word            of the last finding
 *   EXPECT WHY word place          the same, as `alert show` has it, with what decided it besides
 *                                  the alert: a line of the configuration, a silence, or nothing
 *   EXPECT HELD name word place ["2026-03-29 05:00:00"]
 *                                  the last delivery of that alert to a notifier: why, until when
 *   EXPECT METRIC word N           findings of that outcome since the start
 *   EXPECT COUNT name state N      deliveries in the store
 *   EXPECT STATE word              of the alert of the last event
 *   EXPECT LADDER "driver" "interest 3, confirmed 1"
 *   EXPECT OUTCOMES word=N...      findings since the start, by outcome; those not named: none
 *   EXPECT ATTEMPTS name N N N N   sent, later, never and unknown since the start
 *   EXPECT FAILED name LATER|NEVER|CRASHED|HUNG N N
 *                                  those of this reason: tried again, dead
 */
#ifndef TOCSIN_TESTS_SCRIPT_H
#define TOCSIN_TESTS_SCRIPT_H

#include <stdbool.h>

#include "alert/outcome.h"
#include "config/config.h"
#include "world.h"

#define SCRIPT_MAX_WORDS 16

/* Which outcomes scripts have asserted; see reasons.h. */
struct reasons;

struct script {
    struct world *world;
    const char *name; /* of its file, without the folder */
    int line;         /* the one at hand */
    int64_t version;
    char last_id[HASH_HEX_SIZE], pressed_alert[HASH_HEX_SIZE];
    char *words[SCRIPT_MAX_WORDS + 1]; /* of the line at hand, NULL-terminated */
    size_t n_words;
    struct reasons *reasons;
    char error[512];
};

/* -1 with script_fail, when the script is wrong or the world is not as it says. */
typedef int script_run_fn(struct script *script);
int script_fail(struct script *script, const char *fmt, ...) PRINTF(2, 3);

struct script_verb {
    const char *word;
    script_run_fn *run;
};
/* Ending in {0}: what is configured, what happens, and what follows EXPECT. */
extern const struct script_verb script_configuring[], script_happenings[], script_expectations[];

/* Does what a line says, which it splits. Before the first START there is nothing that could come
 * to rest; every line after it does, before the next. */
int script_play(struct script *script, char *line);

/* Splits a line in place. */
void script_split(struct script *script, char *line);
/* "" beyond the last. */
const char *script_word(const struct script *script, size_t i);
/* The value of key=value among the words, NULL when it is not there. */
const char *script_option(const struct script *script, const char *key);
bool script_flag(const struct script *script, const char *name);
/* -1: it is none. */
int64_t script_number(const char *text);
/* Of a list with commas, which may be NULL; the caller's. */
struct config_texts script_texts(const char *list);
void script_texts_deinit(struct config_texts *texts);
/* "2026-03-28 21:30:00" in a zone, as UTC in milliseconds. */
int script_time(struct script *script, const char *text, const char *zone, int64_t *ms);
/* 0 when `wanted` is NULL, too. */
int script_compare(struct script *script, const char *what, const char *wanted, const char *is);
int script_compare_number(struct script *script, const char *what, const char *wanted, int64_t is);

#endif
