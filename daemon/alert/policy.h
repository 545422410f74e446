/*
 * The policy: the one documented order of the steps between a finding and a delivery. Runs inside
 * an operation of the store, on the writer's thread; touches nothing but the transaction and what
 * is handed in, so that it can be run again after a failing disk.
 *
 *   1. identity   which alert is it?            identity.c; story.c for topics, edition.c for facts
 *   2. news       was it told? did it change?   told.c, retold.c for topics, ladder.c for facts
 *   3. mute       does anybody want to know?    shadow; mute.c: closed alerts, muted topics;
 *                                               silence.c
 *   4. route      who?                          route.c; a route may be on trial
 *   5. hold       now?                          hold.c: pause, snooze
 *   6. timing     at this hour, so often?       timing.c, per route: quiet, digest, batch, limit
 *   7. valve      not too many at once?         valve.c, per notifier
 *   8. follow-up  and once more?                followup.c, per route: the next notifiers,
 * reminders
 *
 * The first step that is against it leaves its word in finding.outcome, and later steps are not
 * asked. After step 4 there is a revision; what 5 to 8 hold is a held delivery, never a lost one.
 * What has become of an alert is no news and takes none of these steps: see notice.c.
 */
#ifndef TOCSIN_ALERT_POLICY_H
#define TOCSIN_ALERT_POLICY_H

#include "alert/run.h"

/* A whole result of one detector: everything it finds, and its pending row. */
int policy_commit(struct policy_run *run, struct err *err);
/* At the end of a run: what its ready deliveries have to tell. */
int policy_ready(struct policy_run *run, struct err *err);
/* tocsin's own trouble, and its end. */
int policy_trouble(struct policy_run *run, const char *subject, const char *text, struct err *err);
int policy_trouble_over(struct policy_run *run, const char *subject, struct err *err);
/* A part of what is to be said of whole topics: tiding.c. */
int policy_tidings(struct policy_run *run, struct err *err);

#endif
