/*
 * What is said of a whole topic, muted or not any more: to whoever has told of an alert of it, as
 * one notice an alert (notice.c). A topic may have very many alerts, and nobody else should wait
 * for the writer meanwhile: so a run says a part of it, and what is left is for the next.
 */
#include <stdlib.h>

#include "alert/policy.h"
#include "base/mem.h"
#include "store/tidings.h"

#define PART 100 /* of a tiding: findings or notices that one run looks at */

struct part {
    struct hash *alerts;
    size_t n, cap;
};

static void take_alert(void *arg, const struct hash *alert)
{
    struct part *part = arg;
    part->alerts = mem_grow(part->alerts, &part->cap, part->n + 1, sizeof(*part->alerts));
    part->alerts[part->n++] = *alert;
}

/* Nobody is reminded of it any more, either. */
static int mute_one(struct policy_run *run, const struct hash *alert, int64_t until_ms,
                    struct err *err)
{
    if (store_delivery_followed(run->txn, alert, "the topic was muted", run->now_ms,
                                &run->news->withdrawn, err) < 0)
        return -1;
    return policy_notice(run, alert, TOCSIN_MUTED, until_ms, err);
}

static int mute_some(struct policy_run *run, struct store_tiding *tiding, struct err *err)
{
    struct part part = {0};
    int n = store_tiding_alerts(run->txn, tiding, PART, take_alert, &part, err);
    int result = n < 0 ? -1 : 0;
    for (size_t i = 0; result == 0 && i < part.n; i++)
        result = mute_one(run, &part.alerts[i], tiding->until_ms, err);
    free(part.alerts);
    return result < 0 ? -1 : n;
}

static int say_some(struct policy_run *run, struct store_tiding *tiding, struct err *err)
{
    int n = tiding->is_muted
                ? mute_some(run, tiding, err)
                : store_tiding_withdraw(run->txn, tiding, PART, "the topic was unmuted",
                                        run->now_ms, &run->news->withdrawn, err);
    if (n < 0)
        return -1;
    return n < PART ? store_tiding_remove(run->txn, tiding, err)
                    : store_tiding_set(run->txn, tiding, err);
}

int policy_tidings(struct policy_run *run, struct err *err)
{
    struct store_tiding tiding;
    int got = store_tiding_get(run->txn, &tiding, err);
    int result = got > 0 ? say_some(run, &tiding, err) : got;
    run->news->has_tidings = got > 0;
    store_tiding_deinit(&tiding);
    return result;
}

int policy_topic_muted(struct policy_run *run, const struct store_alert *like, bool is_muted,
                       int64_t until_ms, struct err *err)
{
    struct store_tiding tiding = {.detector = like->detector,
                                  .topic = like->topic,
                                  .is_muted = is_muted,
                                  .until_ms = until_ms,
                                  .below = INT64_MAX};
    return store_tiding_set(run->txn, &tiding, err) < 0 ? -1 : policy_tidings(run, err);
}
