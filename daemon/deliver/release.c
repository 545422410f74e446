/*
 * What was held, let go: what is still wanted of it, and at this hour (review.c), is told together,
 * as one summary. An operation of the store.
 */
#include <stdlib.h>
#include <string.h>

#include "alert/identity.h"
#include "alert/outcome.h"
#include "base/log.h"
#include "base/mem.h"
#include "deliver/inside.h"

struct held {
    struct hash *deliveries, *revisions;
    int64_t *follow_ups; /* of the revisions */
    size_t n_deliveries, cap_deliveries, n_revisions, cap_revisions, cap_follow_ups;
    char *reason;      /* of all of them, "" when they were held for several */
    int64_t follow_up; /* the latest reminder among them */
    bool again;        /* there are follow-ups: the same revisions may have been told together */
};

struct release {
    struct outbox *outbox;
    struct config *config;
    char *notifier;
    int64_t now_ms;
    struct store_withdrawn withdrawn; /* answer: notices that what is let go has overtaken */
};

static void take_held(void *arg, const struct hash *delivery, const struct hash *revision,
                      const char *reason, int64_t follow_up)
{
    struct held *held = arg;
    held->follow_up = follow_up > held->follow_up ? follow_up : held->follow_up;
    held->again |= follow_up != 0;
    if (!held->reason)
        held->reason = mem_strdup(reason);
    else if (strcmp(held->reason, reason) != 0)
        *held->reason = '\0';
    if (!held->n_deliveries || !hash_equal(&held->deliveries[held->n_deliveries - 1], delivery)) {
        held->deliveries = mem_grow(held->deliveries, &held->cap_deliveries, held->n_deliveries + 1,
                                    sizeof(*held->deliveries));
        held->deliveries[held->n_deliveries++] = *delivery;
    }
    held->revisions = mem_grow(held->revisions, &held->cap_revisions, held->n_revisions + 1,
                               sizeof(*held->revisions));
    held->follow_ups = mem_grow(held->follow_ups, &held->cap_follow_ups, held->n_revisions + 1,
                                sizeof(*held->follow_ups));
    held->follow_ups[held->n_revisions] = follow_up;
    held->revisions[held->n_revisions++] = *revision;
}

static int mark_all(struct store_txn *txn, const struct release *release, const struct held *held,
                    const char *state, const char *reason, struct err *err)
{
    for (size_t i = 0; i < held->n_deliveries; i++) {
        struct store_delivery row = {.id = held->deliveries[i],
                                     .state = state,
                                     .next_ms = release->now_ms,
                                     .updated_ms = release->now_ms,
                                     .reason = reason};
        if (store_delivery_mark(txn, &row, err) < 0)
            return -1;
    }
    return 0;
}

static int add_summary(struct store_txn *txn, const struct release *release,
                       const struct held *held, struct err *err)
{
    AUTO_FREE char *summary =
        mem_printf("%zu %s", held->n_revisions, outcome_summary(held->reason));
    struct store_delivery row = {
        .id = held->again
                  ? identity_delivery(release->notifier, held->deliveries, held->n_deliveries)
                  : identity_delivery(release->notifier, held->revisions, held->n_revisions),
        .notifier = release->notifier,
        .state = "queued",
        .summary = summary,
        .next_ms = release->now_ms,
        .created_ms = release->now_ms,
        .updated_ms = release->now_ms,
        .follow_up = held->follow_up,
        .reason = ""};
    int added = store_delivery_add(txn, &row, held->revisions, held->n_revisions, err);
    int result = added < 0 ? -1 : 0;
    for (size_t i = 0; result == 0 && i < held->n_revisions; i++) {
        if (held->follow_ups[i])
            result = store_summary_again(txn, &row.id, i, held->follow_ups[i], err);
    }
    return result < 0 ? -1 : mark_all(txn, release, held, "superseded", STORE_IN_SUMMARY, err);
}

static void held_deinit(struct held *held)
{
    free(held->deliveries);
    free(held->revisions);
    free(held->follow_ups);
    free(held->reason);
    *held = (struct held){0};
}

/* ---- the operation ---- */

static int look_at_held(struct store_txn *txn, const struct release *release, struct held *held,
                        struct err *err)
{
    return store_delivery_held_due(txn, release->notifier, release->now_ms, take_held, held, err);
}

static int run_release(struct store_txn *txn, void *arg, struct err *err)
{
    struct release *release = arg;
    struct held held = {0};
    release->withdrawn.n = 0;
    int result = review_held(txn, release->config, release->notifier, release->now_ms, err);
    if (result == 0)
        result = look_at_held(txn, release, &held, err);
    if (result == 0 && held.n_deliveries == 1)
        result = mark_all(txn, release, &held, "queued", "", err);
    else if (result == 0 && held.n_deliveries > 1)
        result = add_summary(txn, release, &held, err);
    if (result == 0 && held.n_deliveries)
        result = store_delivery_overtake(txn, release->notifier, "there is news", release->now_ms,
                                         &release->withdrawn, err);
    if (result == 0) /* of what the review has dropped */
        result = store_delivery_unheard(txn, release->notifier, NULL, release->now_ms,
                                        &release->withdrawn, err);
    held_deinit(&held);
    return result;
}

static void release_done(void *arg, const char *error)
{
    struct release *release = arg;
    struct outbox *outbox = release->outbox;
    outbox->n_store--;
    if (error) {
        log_error("notifier \"%s\": what was held was not released: %s", release->notifier, error);
    } else {
        deliver_reread(outbox->deliver, release->withdrawn.ids, release->withdrawn.n);
        outbox_arrived(outbox);
    }
    store_withdrawn_deinit(&release->withdrawn);
    config_unref(&release->config);
    free(release->notifier);
    free(release);
    deliver_sweep(outbox->deliver);
}

void release_held(struct outbox *outbox)
{
    struct release *release = NEW(struct release);
    *release = (struct release){.outbox = outbox,
                                .config = config_ref(outbox->config),
                                .notifier = mem_strdup(outbox_name(outbox)),
                                .now_ms = loop_wall_ms(outbox->deliver->loop)};
    outbox->n_store++;
    store_write(outbox->deliver->store, run_release, release_done, release);
}
