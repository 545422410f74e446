/*
 * Alerts: from findings to what is to be told, and to whom. The rules of identity, revision and
 * ladder are DESIGN's; each step of the policy is a file of its own, pure given its state and
 * `now`.
 *
 * alert_commit runs the whole policy inside the store's transaction for one detector's result, on
 * the writer's thread: it reads the state it needs, decides, and writes findings, alerts, sources,
 * revisions, deliveries and the reasons for everything that does not ring.
 */
#ifndef TOCSIN_ALERT_ALERT_H
#define TOCSIN_ALERT_ALERT_H

#include <jansson.h>

#include "config/config.h"
#include "detect/detect.h"
#include "store/store.h"

struct alerts;

struct alerts_ops {
    /* After the commit: deliveries were queued or held for this notifier. */
    void (*queued)(void *arg, const char *notifier);
    /* For tocsinctl follow: an event, {"event": "revision"|"source"|..., ...}; borrowed ref. */
    void (*event)(void *arg, const json_t *event);
};

struct alerts *alerts_new(struct loop *loop, struct store *store, const struct alerts_ops *ops,
                          void *arg);
void alerts_free(struct alerts **alerts);
void alerts_configure(struct alerts *alerts, struct config *config);
/* Takes the result. */
void alerts_result(struct alerts *alerts, struct detect_result *result);
/* tocsin's own trouble, as an alert of the detector "tocsin": subject names what it is about
 * ("source:news"); the same text for the same subject does not ring again until it was cleared. */
void alerts_trouble(struct alerts *alerts, const char *subject, const char *text);
void alerts_trouble_over(struct alerts *alerts, const char *subject);
/* A person's action: open, acknowledge, snooze, mute, close. `done` gets NULL or why not. */
void alerts_action(struct alerts *alerts, const char *alert_id, const char *verb,
                   void (*done)(void *arg, const char *error), void *arg);
/* No new rings while paused; revisions are made and their deliveries held. */
void alerts_pause(struct alerts *alerts, bool paused);
bool alerts_paused(const struct alerts *alerts);
bool alerts_idle(const struct alerts *alerts);

#endif
