/* Reminders and escalations; see followup.h. */
#include "alert/followup.h"

#include <limits.h>
#include <string.h>

#include "alert/identity.h"
#include "alert/outcome.h"
#include "alert/place.h"
#include "alert/route.h"
#include "alert/timing.h"
#include "base/mem.h"
#include "config/path.h"

static int64_t after_quiet(const struct config_timing *timing, bool is_urgent, int64_t at_ms)
{
    int64_t until_ms = is_urgent ? 0 : timing_quiet_until(timing, at_ms);
    return until_ms ? until_ms : at_ms;
}

int64_t followup_remind_ms(const struct config_timing *timing, bool is_urgent, int64_t n_reminded,
                           int64_t now_ms)
{
    if (!timing || n_reminded < 0 || (size_t)n_reminded >= timing->n_remind)
        return 0;
    return after_quiet(timing, is_urgent, now_ms + timing->remind_ms[n_reminded]);
}

int64_t followup_step(const struct config_route *route, const char *notifier)
{
    if (!route->timing || !route->timing->escalate_ms)
        return 0;
    for (size_t i = 0; i < route->notify.n; i++) {
        if (strcmp(route->notify.items[i], notifier) == 0)
            return (int64_t)i;
    }
    return 0;
}

int64_t followup_escalate_ms(const struct config_timing *timing, bool is_urgent, int64_t step,
                             int64_t first_ms)
{
    int64_t at_ms = first_ms + step * timing->escalate_ms;
    return first_ms >= STORE_NEVER_MS ? at_ms : after_quiet(timing, is_urgent, at_ms);
}

/* ---- operations ---- */

/* The route that leads what was told to this notifier, now; NULL: none does any more. */
static const struct config_route *route_of(const struct config *config, size_t notifier,
                                           const struct store_told *told)
{
    AUTO_FREE const struct config_route **by =
        NEW_N(const struct config_route *, config->n_notifiers + 1);
    struct config_texts labels;
    struct route_question question = route_question_told(told, &labels);
    route_notifiers(config, &question, by);
    texts_deinit(&labels);
    return by[notifier];
}

/* When the notifier is to be reminded of what it was told, and by the how manieth reminder; 0: it
 * is not. */
static int next_reminder(struct store_txn *txn, const struct store_told *told, const char *notifier,
                         const struct config_timing *timing, int64_t now_ms, int64_t *n,
                         int64_t *next_ms, struct err *err)
{
    int64_t snoozed_until_ms;
    *next_ms = 0;
    int reminds = store_delivery_reminds(txn, notifier, &told->revision, n, &snoozed_until_ms, err);
    if (reminds <= 0)
        return reminds;
    bool is_urgent = told->severity >= TOCSIN_URGENT;
    *next_ms = followup_remind_ms(timing, is_urgent, (*n)++, now_ms);
    if (*next_ms && *next_ms < snoozed_until_ms)
        *next_ms = after_quiet(timing, is_urgent, snoozed_until_ms);
    return 0;
}

static int remind(struct store_txn *txn, const struct config *config, size_t notifier,
                  const struct store_told *told, int64_t now_ms, int64_t *first_ms, struct err *err)
{
    const struct config_route *route = route_of(config, notifier, told);
    const char *name = config->notifiers[notifier].plugin.name;
    if (!route || !route->timing || !route->timing->n_remind)
        return 0;
    int64_t n, next_ms;
    if (next_reminder(txn, told, name, route->timing, now_ms, &n, &next_ms, err) < 0)
        return -1;
    if (!next_ms)
        return 0;
    AUTO_FREE char *place = place_of_route(route);
    struct store_delivery delivery = {
        .id = identity_followup(name, &told->revision, n),
        .notifier = name,
        .state = "held",
        .reason = FOLLOWUP_REMIND,
        .place = place,
        .follow_up = n,
        .next_ms = next_ms,
        .created_ms = now_ms,
        .updated_ms = now_ms,
    };
    if (!*first_ms || next_ms < *first_ms)
        *first_ms = next_ms;
    return store_delivery_add(txn, &delivery, &told->revision, 1, err) < 0 ? -1 : 0;
}

/* Nearly no configuration reminds of anything: then what was sent is not looked at. */
static bool any_reminds(const struct config *config)
{
    for (size_t i = 0; i < config->n_routes; i++) {
        if (config->routes[i].timing && config->routes[i].timing->n_remind)
            return true;
    }
    return false;
}

int followup_sent(struct store_txn *txn, const struct config *config, const char *notifier,
                  const struct store_due *sent, int64_t now_ms, int64_t *first_ms, struct err *err)
{
    *first_ms = 0;
    const struct config_notifier *found = config_notifier_find(config, notifier);
    if (*sent->notice || !found || !any_reminds(config))
        return 0;
    struct store_due *whole; /* `sent` may have the first of them alone */
    int result = store_delivery_load(txn, &sent->id, INT_MAX - 1, &whole, err);
    if (result <= 0)
        return result;
    result = 0;
    for (size_t i = 0; result == 0 && i < whole->n_told; i++)
        result = remind(txn, config, (size_t)(found - config->notifiers), &whole->told[i], now_ms,
                        first_ms, err);
    store_due_free(&whole);
    return result;
}

/* ---- a snooze ---- */

/* What one notifier has told of an alert. */
struct heard {
    bool is_told, comes_again;
    struct hash revision; /* the last */
};

struct hearing {
    const struct config *config;
    struct heard *heard; /* by the notifier's place in the configuration */
};

static void take_word(void *arg, const struct store_word *word)
{
    struct hearing *hearing = arg;
    const struct config_notifier *found = config_notifier_find(hearing->config, word->notifier);
    if (!found || *word->notice || word->said == STORE_UNSAID)
        return;
    struct heard *heard = &hearing->heard[found - hearing->config->notifiers];
    if (word->said == STORE_HELD) {
        heard->comes_again = true;
    } else {
        heard->is_told = true;
        heard->revision = word->revision;
    }
}

static int tell_again(struct store_txn *txn, const char *notifier, const struct hash *revision,
                      int64_t until_ms, int64_t now_ms, bool *is_added, struct err *err)
{
    int64_t n, snoozed_until_ms;
    int reminds = store_delivery_reminds(txn, notifier, revision, &n, &snoozed_until_ms, err);
    if (reminds <= 0)
        return reminds;
    struct store_delivery delivery = {
        .id = identity_followup(notifier, revision, n + 1),
        .notifier = notifier,
        .state = "held",
        .reason = outcome_word(OUTCOME_SNOOZED),
        .follow_up = n + 1,
        .next_ms = until_ms,
        .created_ms = now_ms,
        .updated_ms = now_ms,
    };
    *is_added = true;
    return store_delivery_add(txn, &delivery, revision, 1, err) < 0 ? -1 : 0;
}

int followup_snoozed(struct store_txn *txn, const struct config *config, const struct hash *alert,
                     int64_t until_ms, int64_t now_ms, bool *added, struct err *err)
{
    AUTO_FREE struct heard *heard = NEW_N(struct heard, config->n_notifiers + 1);
    struct hearing hearing = {config, heard};
    if (store_delivery_words(txn, alert, take_word, &hearing, err) < 0)
        return -1;
    for (size_t i = 0; i < config->n_notifiers; i++) {
        if (heard[i].is_told && !heard[i].comes_again &&
            tell_again(txn, config->notifiers[i].plugin.name, &heard[i].revision, until_ms, now_ms,
                       &added[i], err) < 0)
            return -1;
    }
    return 0;
}
