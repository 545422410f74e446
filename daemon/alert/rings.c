/* When each notifier hears of a revision: steps 5 to 8 of policy.h, and the deliveries they make.
 */
#include <stdlib.h>
#include <string.h>

#include "alert/followup.h"
#include "alert/hold.h"
#include "alert/identity.h"
#include "alert/place.h"
#include "alert/run.h"
#include "alert/timing.h"
#include "alert/valve.h"
#include "base/mem.h"

/* So many deliveries of one run are handed over; more are a batch, which the outbox reads itself.
 */
#define READY_MAX 16

/* What the steps make of one notifier. */
struct ring {
    enum alert_outcome outcome;
    int64_t next_ms;
    int64_t step; /* of an escalation; 0: it is no follow-up */
};

static int step_hold(struct policy_run *run, const struct policy_case *news, struct ring *ring,
                     struct err *err)
{
    AUTO_FREE char *paused = NULL;
    if (store_setting_get(run->txn, "paused", &paused, err) < 0)
        return -1;
    ring->outcome = hold_judge(paused && strcmp(paused, "true") == 0, news->alert->snoozed_until_ms,
                               run->now_ms, &ring->next_ms);
    return 0;
}

/* What a valve has to know of a notifier, oldest ring first. Returns how many they are. */
static int look_at_rings(struct policy_run *run, const char *notifier, int64_t window_ms,
                         enum alert_outcome held_for, int64_t *rung_ms, int64_t *held_until_ms,
                         struct err *err)
{
    *held_until_ms = 0;
    if (store_delivery_held_until(run->txn, notifier, outcome_word(held_for), run->now_ms,
                                  held_until_ms, err) < 0)
        return -1;
    return store_delivery_rung(run->txn, notifier, run->now_ms - window_ms, rung_ms, VALVE_MOST,
                               err);
}

static int step_timing(struct policy_run *run, const struct policy_case *news,
                       const struct config_timing *timing, const char *notifier, int64_t *until_ms,
                       enum alert_outcome *outcome, struct err *err)
{
    *outcome = OUTCOME_RANG;
    if (!timing)
        return 0;
    struct timing_state state = {0};
    AUTO_FREE int64_t *rung = NEW_N(int64_t, VALVE_MOST);
    int n = 0;
    if (timing->most)
        n = look_at_rings(run, notifier, timing->most_ms, OUTCOME_LIMITED, rung,
                          &state.limited_until_ms, err);
    if (n < 0 || (timing->batch_ms &&
                  store_delivery_held_until(run->txn, notifier, outcome_word(OUTCOME_BATCHED),
                                            run->now_ms, &state.batch_until_ms, err) < 0))
        return -1;
    state.rung_ms = rung;
    state.n_rung = (size_t)n;
    *outcome = timing_judge(timing, news->severity >= TOCSIN_URGENT, &state, run->now_ms, until_ms);
    return 0;
}

static int step_valve(struct policy_run *run, size_t notifier, int64_t *until_ms,
                      enum alert_outcome *outcome, struct err *err)
{
    int64_t per_minute = run->policy->per_minute[notifier];
    *outcome = OUTCOME_RANG;
    if (per_minute <= 0)
        return 0;
    const char *name = run->policy->config->notifiers[notifier].plugin.name;
    AUTO_FREE int64_t *rung = NEW_N(int64_t, VALVE_MOST);
    int64_t held_until;
    int n = look_at_rings(run, name, VALVE_WINDOW_MS, OUTCOME_STORM, rung, &held_until, err);
    if (n < 0)
        return -1;
    int64_t until =
        valve_judge(rung, (size_t)n, per_minute, VALVE_WINDOW_MS, held_until, run->now_ms);
    if (!until)
        return 0;
    *until_ms = until;
    *outcome = OUTCOME_STORM;
    return 0;
}

/* Steps 5 to 7; the ring holds what step 5 came to. */
static int judge_when(struct policy_run *run, const struct policy_case *news, size_t notifier,
                      const struct config_timing *timing, struct ring *ring, struct err *err)
{
    const char *name = run->policy->config->notifiers[notifier].plugin.name;
    if (ring->outcome == OUTCOME_RANG &&
        step_timing(run, news, timing, name, &ring->next_ms, &ring->outcome, err) < 0)
        return -1;
    if (ring->outcome == OUTCOME_RANG &&
        step_valve(run, notifier, &ring->next_ms, &ring->outcome, err) < 0)
        return -1;
    bool is_urgent = news->severity >= TOCSIN_URGENT;
    bool comes_by_itself = ring->outcome == OUTCOME_SNOOZED || ring->outcome == OUTCOME_STORM;
    int64_t quiet_until_ms =
        comes_by_itself && !is_urgent ? timing_quiet_until(timing, ring->next_ms) : 0;
    if (quiet_until_ms)
        ring->next_ms = quiet_until_ms;
    return 0;
}

/* Where it is written what decided: a person's pause or snooze nowhere, a valve at its notifier. */
static char *decided_at(const struct config_route *route, const struct config_notifier *notifier,
                        const struct ring *ring)
{
    if (ring->step)
        return place_of_route(route);
    if (ring->outcome == OUTCOME_PAUSED || ring->outcome == OUTCOME_SNOOZED)
        return mem_strdup("");
    return ring->outcome == OUTCOME_STORM ? place_of(&notifier->plugin.at) : place_of_route(route);
}

static int deliver_one(struct policy_run *run, const struct policy_case *told, size_t notifier,
                       const char *place, const struct ring *ring, struct err *err)
{
    const char *name = run->policy->config->notifiers[notifier].plugin.name;
    bool now = ring->outcome == OUTCOME_RANG && !ring->step;
    struct store_delivery delivery = {
        .id = identity_delivery(name, &told->revision, 1),
        .notifier = name,
        .state = now ? "queued" : "held",
        .reason = now          ? ""
                  : ring->step ? FOLLOWUP_ESCALATE
                               : outcome_word(ring->outcome),
        .place = place,
        .follow_up = -ring->step,
        .next_ms = ring->next_ms,
        .created_ms = run->now_ms,
        .updated_ms = run->now_ms,
    };
    int added = store_delivery_add(run->txn, &delivery, &told->revision, 1, err);
    if (added < 0)
        return -1;
    /* What had become of the alert before is no more what it is now. */
    if (now && told->alert->revisions > 1 &&
        store_delivery_withdraw(run->txn, &told->alert->id, name, "there is news", run->now_ms,
                                &run->news->withdrawn, err) < 0)
        return -1;
    struct policy_news *news = run->news;
    if (!added || !now || news->n_ready == READY_MAX) {
        news->queued[notifier] = true;
        return 0;
    }
    news->ready = mem_grow(news->ready, &news->cap_ready, news->n_ready + 1, sizeof(*news->ready));
    news->ready[news->n_ready++] = (struct policy_ready){.notifier = notifier, .id = delivery.id};
    return 0;
}

/* Steps 5 to 8 for one notifier. `hold` is what step 5 came to, until hold_until_ms. */
static int ring_one(struct policy_run *run, const struct policy_case *news, size_t notifier,
                    const struct config_route *route, struct ring *ring, struct buf *place,
                    struct err *err)
{
    const struct config_notifier *found = &run->policy->config->notifiers[notifier];
    if (judge_when(run, news, notifier, route->timing, ring, err) < 0)
        return -1;
    ring->step = followup_step(route, found->plugin.name);
    if (ring->step)
        ring->next_ms = followup_escalate_ms(route->timing, news->severity >= TOCSIN_URGENT,
                                             ring->step, ring->next_ms);
    AUTO_FREE char *decided = decided_at(route, found, ring);
    if (!ring->step) {
        buf_clear(place);
        buf_puts(place, decided);
    }
    return deliver_one(run, news, notifier, decided, ring, err);
}

int policy_try(struct policy_run *run, const struct policy_case *news,
               const struct config_route *const *trials, struct err *err)
{
    for (size_t i = 0; i < run->policy->config->n_notifiers; i++) {
        if (!trials[i])
            continue;
        const char *name = run->policy->config->notifiers[i].plugin.name;
        AUTO_FREE char *place = place_of_route(trials[i]);
        struct store_delivery delivery = {
            .id = identity_delivery(name, &news->revision, 1),
            .notifier = name,
            .state = "cancelled",
            .reason = outcome_word(OUTCOME_SHADOW),
            .place = place,
            .next_ms = run->now_ms,
            .created_ms = run->now_ms,
            .updated_ms = run->now_ms,
        };
        if (store_delivery_add(run->txn, &delivery, &news->revision, 1, err) < 0)
            return -1;
    }
    return 0;
}

int policy_deliver(struct policy_run *run, const struct policy_case *news,
                   const struct config_route *const *by, enum alert_outcome *outcome,
                   struct buf *place, struct err *err)
{
    struct ring hold = {.next_ms = run->now_ms};
    if (step_hold(run, news, &hold, err) < 0)
        return -1;
    bool rang = false;
    for (size_t i = 0; i < run->policy->config->n_notifiers; i++) {
        struct ring ring = hold;
        if (!by[i])
            continue;
        if (ring_one(run, news, i, by[i], &ring, place, err) < 0)
            return -1;
        if (ring.step) /* told by and by: the first of its route decides */
            continue;
        rang |= ring.outcome == OUTCOME_RANG;
        *outcome = ring.outcome;
    }
    if (rang) {
        *outcome = OUTCOME_RANG;
        buf_clear(place);
    }
    return 0;
}
