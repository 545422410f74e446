/*
 * The end of an alert: closed by a person, or a trouble that is over. It rings nobody, is no
 * revision and is not held by quiet steps; but a notifier whose plugin `resolves`, and that was
 * told of the alert or is about to be, gets one delivery that says so, after all the alert's news.
 */
#include <string.h>

#include "alert/identity.h"
#include "alert/policy.h"

struct ending {
    const struct config *config;
    bool *wanted; /* by the notifier's place in the configuration */
};

static void take_told(void *arg, const char *notifier)
{
    const struct ending *ending = arg;
    for (size_t i = 0; i < ending->config->n_notifiers; i++) {
        const struct config_plugin *plugin = &ending->config->notifiers[i].plugin;
        if (plugin->resolves && strcmp(plugin->name, notifier) == 0)
            ending->wanted[i] = true;
    }
}

static int tell_one(struct policy_run *run, size_t notifier, const struct store_alert *alert,
                    const struct hash *revision, struct err *err)
{
    const char *name = run->policy->config->notifiers[notifier].plugin.name;
    struct store_delivery delivery = {
        .id = identity_end(name, &alert->id, alert->revisions),
        .notifier = name,
        .state = "queued",
        .reason = "",
        .next_ms = run->now_ms,
        .created_ms = run->now_ms,
        .updated_ms = run->now_ms,
        .ended_ms = run->now_ms,
    };
    int added = store_delivery_add(run->txn, &delivery, revision, 1, err);
    /* It ended before with the same revision, and began again without ringing. */
    if (added < 0 || (added == 0 && store_delivery_revive(run->txn, &delivery, err) < 0))
        return -1;
    run->news->queued[notifier] = true;
    return 0;
}

int policy_ended(struct policy_run *run, const struct store_alert *alert, struct err *err)
{
    const struct config *config = run->policy->config;
    AUTO_FREE bool *wanted = NEW_N(bool, config->n_notifiers + 1);
    struct ending ending = {config, wanted};
    struct hash revision;
    if (store_delivery_followed(run->txn, &alert->id, "the alert has ended", run->now_ms, err) < 0)
        return -1;
    int got = store_revision_last(run->txn, &alert->id, &revision, err);
    if (got <= 0)
        return got;
    if (store_delivery_told(run->txn, &alert->id, take_told, &ending, err) < 0)
        return -1;
    for (size_t i = 0; i < config->n_notifiers; i++) {
        if (wanted[i] && tell_one(run, i, alert, &revision, err) < 0)
            return -1;
    }
    return 0;
}

int policy_not_ended(struct policy_run *run, const struct store_alert *alert, struct err *err)
{
    return store_delivery_not_ended(run->txn, &alert->id, "it began again", run->now_ms, err);
}
