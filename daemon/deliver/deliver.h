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
#include "store/store.h"

struct deliver;

struct deliver_ops {
    void (*trouble)(void *arg, const char *subject, const char *text);
    void (*trouble_over)(void *arg, const char *subject);
    /* A person pressed a button on a notification. */
    void (*action)(void *arg, const char *alert_id, const char *verb);
    void (*event)(void *arg, const json_t *event); /* for follow; borrowed */
};

struct deliver *deliver_new(struct loop *loop, struct hosts *hosts, struct store *store,
                            const struct deliver_ops *ops, void *arg);
void deliver_free(struct deliver **deliver);
/* Notifiers of a (new) configuration; deliveries of removed ones become cancelled. */
void deliver_configure(struct deliver *deliver, struct config *config);
/* There is something (new) for this notifier in the store. */
void deliver_kick(struct deliver *deliver, const char *notifier);
/* A made-up alert straight to the notifier, past policy and store: tocsinctl notifier test. */
void deliver_test(struct deliver *deliver, const char *notifier,
                  void (*done)(void *arg, const char *error), void *arg);
void deliver_pause(struct deliver *deliver, bool paused);
/* Nothing queued that is due, nothing on its way. */
bool deliver_idle(const struct deliver *deliver);
/* [{"notifier", "queued", "held", "sending", "deferred", "dead", "sent", "oldest_ms", "state"}] */
json_t *deliver_status(const struct deliver *deliver);

#endif
