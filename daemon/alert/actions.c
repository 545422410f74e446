/* The table of verbs and what they write; see actions.h. */
#include "alert/actions.h"

#include <string.h>

#include "alert/followup.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/views.h"

#define LONGEST_MS (INT64_C(100) * 365 * 24 * 3600 * 1000)

struct action {
    struct policy_run *run;
    struct store_alert *alert;
    int64_t duration_ms; /* 0: not said */
};

static int set_state(struct action *action, const char *state, struct err *err)
{
    alert_text(&action->alert->state, state);
    action->alert->updated_ms = action->run->now_ms;
    return store_alert_put(action->run->txn, action->alert, err);
}

/* Showing the document is the caller's business: see alerts_path. Who has read it, knows it. */
static int do_acknowledge(struct action *action, struct err *err)
{
    if (strcmp(action->alert->state, "closed") == 0)
        return 0;
    if (store_delivery_followed(action->run->txn, &action->alert->id, "acknowledged",
                                action->run->now_ms, &action->run->news->withdrawn, err) < 0 ||
        set_state(action, "acknowledged", err) < 0)
        return -1;
    return policy_notice(action->run, &action->alert->id, TOCSIN_ACKNOWLEDGED, 0, err);
}

/* Its end waits for news that was held. */
static int tell_no_end(const struct policy_run *run, const struct hash *alert, struct err *err)
{
    const struct config *config = run->policy->config;
    for (size_t i = 0; i < config->n_notifiers; i++) {
        if (store_delivery_unheard(run->txn, config->notifiers[i].plugin.name, alert, run->now_ms,
                                   &run->news->withdrawn, err) < 0)
            return -1;
    }
    return 0;
}

static int do_close(struct action *action, struct err *err)
{
    bool was_open = strcmp(action->alert->state, "closed") != 0;
    const struct policy_run *run = action->run;
    const struct hash *id = &action->alert->id;
    /* What is not told yet need not be, and then there is no end to tell of either. */
    if (set_state(action, "closed", err) < 0 || store_alert_end(run->txn, id, err) < 0 ||
        store_delivery_followed(run->txn, id, "closed", run->now_ms, &run->news->withdrawn, err) <
            0 ||
        store_delivery_drop_held(run->txn, id, "closed", run->now_ms, err) < 0)
        return -1;
    return was_open ? policy_notice(action->run, id, TOCSIN_ENDED, 0, err)
                    : tell_no_end(run, id, err);
}

static int do_snooze(struct action *action, struct err *err)
{
    int64_t duration_ms = action->duration_ms ? action->duration_ms : ACTION_SNOOZE_MS;
    action->alert->snoozed_until_ms = action->run->now_ms + duration_ms;
    if (store_delivery_put_off(action->run->txn, &action->alert->id,
                               action->alert->snoozed_until_ms, action->run->now_ms, err) < 0 ||
        store_delivery_called_back(action->run->txn, &action->alert->id,
                                   outcome_word(OUTCOME_SNOOZED), action->run->now_ms,
                                   &action->run->news->withdrawn, err) < 0 ||
        store_alert_put(action->run->txn, action->alert, err) < 0)
        return -1;
    if (strcmp(action->alert->state, "closed") == 0)
        return 0;
    const struct policy_run *run = action->run;
    if (followup_snoozed(run->txn, run->policy->config, &action->alert->id,
                         action->alert->snoozed_until_ms, run->now_ms, run->news->queued, err) < 0)
        return -1;
    return policy_notice(action->run, &action->alert->id, TOCSIN_SNOOZED,
                         action->alert->snoozed_until_ms, err);
}

static int do_mute(struct action *action, struct err *err)
{
    int64_t until_ms = action->duration_ms ? action->run->now_ms + action->duration_ms : 0;
    const struct store_alert *alert = action->alert;
    struct policy_run *run = action->run;
    if (store_mute_set(run->txn, alert->detector, alert->topic, until_ms, run->now_ms, err) < 0)
        return -1;
    return policy_topic_muted(run, alert, true, until_ms, err);
}

static int do_unmute(struct action *action, struct err *err)
{
    const struct store_alert *alert = action->alert;
    if (store_mute_remove(action->run->txn, alert->detector, alert->topic, err) < 0)
        return -1;
    return policy_topic_muted(action->run, alert, false, 0, err);
}

static const struct {
    const char *verb;
    int (*run)(struct action *action, struct err *err);
    bool takes_duration;
} verbs[] = {
    {"open", do_acknowledge, false}, {"acknowledge", do_acknowledge, false},
    {"close", do_close, false},      {"snooze", do_snooze, true},
    {"mute", do_mute, true},         {"unmute", do_unmute, false},
};

static int run_verb(struct action *action, const char *verb, struct err *err)
{
    size_t len = strcspn(verb, " ");
    const char *rest = verb + len + (verb[len] == ' ');
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (strlen(verbs[i].verb) != len || strncmp(verbs[i].verb, verb, len) != 0)
            continue;
        if (*rest && !verbs[i].takes_duration)
            return err_set(err, "\"%s\" takes no duration", verbs[i].verb);
        if (*rest && (!str_duration_parse(rest, &action->duration_ms) || !action->duration_ms))
            return err_set(err, "\"%s\" is no duration (30m, 1h30m, 2d)", rest);
        if (action->duration_ms > LONGEST_MS)
            return err_set(err, "\"%s\" is longer than a hundred years", rest);
        return verbs[i].run(action, err);
    }
    return err_set(err,
                   "unknown action \"%s\"; there are open, acknowledge, close, snooze, mute"
                   " and unmute",
                   verb);
}

int actions_do(struct policy_run *run, const char *alert, const char *verb, struct err *err)
{
    struct hash id;
    struct store_alert found;
    if (store_find_alert(run->txn, alert, &id, err) < 0 ||
        store_alert_get(run->txn, &id, &found, err) < 0)
        return -1;
    struct action action = {.run = run, .alert = &found};
    int result = run_verb(&action, verb, err);
    store_alert_deinit(&found);
    return result;
}
