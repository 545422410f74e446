/*
 * The outbox: durable deliveries on their way to notifiers. One room for all notifiers, one queue
 * each: oldest first, at most `concurrency` at once, back-off with jitter on "later" and on unknown
 * outcomes, a dead letter at the end; the same delivery id at every attempt.
 */
#ifndef TOCSIN_DELIVER_DELIVER_H
#define TOCSIN_DELIVER_DELIVER_H

#include <stdbool.h>

#include <jansson.h>

#include "config/config.h"
#include "hosts/hosts.h"
#include "store/deliveries.h"

struct deliver;

struct deliver_ops {
    /* Subjects: "notifier:NAME" (does not start, keeps crashing), "delivery:NAME" (dead letters).
     */
    void (*trouble)(void *arg, const char *subject, const char *text);
    void (*trouble_over)(void *arg, const char *subject);
    /* A person pressed a button on a notification. */
    void (*action)(void *arg, const char *alert_id, const char *verb);
    /* For follow; borrowed: {"event": "delivery", "notifier", "delivery", "state", "attempts",
     * "reason"}. May be NULL. */
    void (*event)(void *arg, const json_t *event);
    /* Does anybody? If not, none are made. NULL: always. */
    bool (*is_followed)(void *arg);
};

struct deliver *deliver_new(struct loop *loop, struct hosts *hosts, struct store *store,
                            const struct deliver_ops *ops, void *arg);
/* After store_flush: no operation of this room may be under way. Kills its hosts; what they had at
 * hand is still queued. */
void deliver_free(struct deliver **deliver);
/* Notifiers of a (new) configuration, whose options are resolved; deliveries of removed ones become
 * cancelled. */
void deliver_configure(struct deliver *deliver, struct config *config);
/* The wall clock was set, or the machine slept. */
void deliver_clock_jumped(struct deliver *deliver);
/* There is something (new) for this notifier in the store. */
void deliver_kick(struct deliver *deliver, const char *notifier);
/* The same, and here it is, as the store has it since a moment: unless older ones have to be read
 * first, it need not be read again. Takes it. */
void deliver_push(struct deliver *deliver, const char *notifier, struct store_due *due);
/* A made-up alert straight to the notifier, past policy, pause and store: tocsinctl notifier test.
 */
void deliver_test(struct deliver *deliver, const char *notifier,
                  void (*done)(void *arg, const char *error), void *arg);

/* ---- what people do to single deliveries ---- */

/* `n` are queued again, or dropped; with the error none is. `busy`: it may work in a moment. */
typedef void deliver_acted_fn(void *arg, int64_t n, bool busy, const char *error);
/* Another try, now, under the same id: "dead" means all that are, the name of a notifier all that
 * it did not take (dead, deferred, unknown), else an id or its beginning, and of one that may be
 * cancelled, too. What was told is not told again. */
void deliver_retry(struct deliver *deliver, const char *what, deliver_acted_fn *done, void *arg);
/* One that is not sent, by an id or its beginning, never will be: it becomes cancelled. */
void deliver_drop(struct deliver *deliver, const char *id, deliver_acted_fn *done, void *arg);
/* What these tell has changed in the store, or is gone: those that wait are loaded anew. */
void deliver_reread(struct deliver *deliver, const struct hash *ids, size_t n_ids);

/* Nothing new is sent while paused; what is under way ends. alerts_pause makes it last. */
void deliver_pause(struct deliver *deliver, bool paused);
/* Nothing queued that is due, nothing on its way. */
bool deliver_idle(const struct deliver *deliver);
/* What became of an attempt. */
enum attempt { ATTEMPT_OK, ATTEMPT_LATER, ATTEMPT_NEVER, ATTEMPT_UNKNOWN };
#define ATTEMPT_N (ATTEMPT_UNKNOWN + 1)
/* Why one failed: the notifier said so, or its host came to an end, which counts at FAILURE_HOST +
 * enum host_end. */
enum failure { FAILURE_LATER, FAILURE_NEVER, FAILURE_HOST, FAILURE_N = FAILURE_HOST + HOST_N_ENDS };

/* What one notifier did since the start, also under earlier configurations: attempts whose result
 * is stored. */
struct deliver_counts {
    uint64_t attempts[ATTEMPT_N];
    uint64_t failures[FAILURE_N][2]; /* [1]: the last attempt, a dead letter */
};
/* Those that are configured. */
void deliver_each_counts(const struct deliver *deliver,
                         void (*each)(void *arg, const char *notifier, bool is_up,
                                      const struct deliver_counts *counts),
                         void *arg);
/* [{"notifier", "plugin", "state", "why", "powers", "concurrency", "sending", "queued", "held",
 * "deferred", "unknown", "sent", "dead", "cancelled", "superseded", "oldest_ms"}], asked of the
 * store's reader: the state is starting, up, down or removed. `list` is the receiver's reference,
 * NULL with the error. */
void deliver_status(struct deliver *deliver,
                    void (*done)(void *arg, json_t *list, const char *error), void *arg);

#endif
