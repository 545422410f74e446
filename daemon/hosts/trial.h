/*
 * The trial of a configuration before it is used. Every plugin it names is probed, its options are
 * held against the plugin's table and resolved (config/options.h), and, for a reload, each plugin
 * that changed is started once in a throw-away host, where it reads its files (topics, lists of
 * names); an exporter only on an address that is another than the one in force. So a configuration
 * that would fail is refused before anything changes.
 */
#ifndef TOCSIN_HOSTS_TRIAL_H
#define TOCSIN_HOSTS_TRIAL_H

#include "base/worker.h"
#include "hosts/hosts.h"
#include "hosts/topic_plan.h"

struct trial;

/* `config` is fresh: nobody else reads it until `done`, which comes once, never at once, and not
 * after trial_free; then its options are resolved. `current` (may be NULL) is the configuration in
 * force: what is the same in both is not started. `start` false: nothing is started. `diags` has
 * everything that is wrong or worth a warning. Files are looked at on `worker`. `topics` (may be
 * NULL) outlives it and hears of the topics of each detector that is started. */
struct trial *trial_new(struct hosts *hosts, struct worker *worker, struct config *config,
                        const struct config *current, bool start, struct topic_plan *topics,
                        void (*done)(void *arg, const struct diags *diags), void *arg);
/* Ends it, whether it is done or not. */
void trial_free(struct trial **trial);

#endif
