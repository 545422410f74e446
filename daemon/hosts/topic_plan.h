/*
 * What a new configuration does to topics, one by one: those that its detectors list in a trial are
 * held against those that the detectors in force list. Of each there are kept its name, its place
 * and a fingerprint of all that is said of it, a few dozen bytes, and each is compared as it comes.
 * A detector that can tells by itself what its index changes in the one in force: so of 100,000
 * topics only those are told that change, and nobody who is at work is asked.
 */
#ifndef TOCSIN_HOSTS_TOPIC_PLAN_H
#define TOCSIN_HOSTS_TOPIC_PLAN_H

#include <jansson.h>

#include "hosts/index.h"
#include "ipc/messages.h"

/* A list of changes: {"added": [NAME...], "changed": [...], "removed": [...]}, of each kind the
 * first CHANGES_NAMED, and {"more": {"added": N}} for those beyond. New ref. */
#define CHANGES_NAMED 20
json_t *changes_new(void);
/* `kind` is one of the three. Takes `name`. */
void changes_add(json_t *changes, const char *kind, json_t *name);

struct topic_plan;

struct topic_plan *topic_plan_new(void);
void topic_plan_free(struct topic_plan **plan);
/* Before anything else, of each detector: its index in force, of which it keeps its own
 * descriptors. */
void topic_plan_in_force(struct topic_plan *plan, const char *detector,
                         const struct host_index *index);
/* NULL: it has none. */
const struct host_index *topic_plan_index(const struct topic_plan *plan, const char *detector);
/* A change that the detector tells by itself. */
void topic_plan_change(struct topic_plan *plan, const struct ipc_topic *topic);
/* The detector has told all its changes: what it has in force is not to be listed. */
void topic_plan_told(struct topic_plan *plan, const char *detector);
bool topic_plan_is_told(const struct topic_plan *plan, const char *detector);
/* A topic as it is to be: all of these come before the first that is in force. */
void topic_plan_coming(struct topic_plan *plan, const char *detector,
                       const struct ipc_topic *topic);
/* A topic that is in force. */
void topic_plan_present(struct topic_plan *plan, const char *detector,
                        const struct ipc_topic *topic);
/* What else is said of the topic that came last. */
void topic_plan_detail(struct topic_plan *plan, const struct ipc_part *detail);
/* After the last: a list of changes, a name with its place each, in the order in which they came;
 * new ref. */
json_t *topic_plan_changes(struct topic_plan *plan);

#endif
