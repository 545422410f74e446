/*
 * A second look at what was held, when its time has come. Meanwhile a person may have muted the
 * topic or silenced the alert: then it is dropped. What was to be told once more may not have been
 * told yet: then once is enough. And what a pause has held may come out of it within its route's
 * quiet hours: then it waits for their end. Within an operation of the store.
 */
#include <string.h>

#include "alert/outcome.h"
#include "alert/place.h"
#include "alert/route.h"
#include "alert/silence.h"
#include "alert/timing.h"
#include "base/mem.h"
#include "config/path.h"
#include "deliver/inside.h"

struct review {
    struct store_txn *txn;
    const struct config *config;
    const char *notifier;
    int64_t now_ms;
    bool silences, quiet; /* is it worth asking? */
    struct hash *ids;
    size_t n, cap;
};

static int drop_silenced(const struct review *review, const struct hash *id, struct err *err)
{
    struct store_delivery row = {.id = *id,
                                 .state = "cancelled",
                                 .updated_ms = review->now_ms,
                                 .reason = outcome_word(OUTCOME_SILENCED)};
    return store_delivery_mark(review->txn, &row, err) < 0 ? -1 : 0;
}

/* Does its route have quiet hours now? Then it is held until they end. */
static int put_off(const struct review *review, const struct hash *id,
                   const struct config_route *route, struct err *err)
{
    int64_t until_ms = route ? timing_quiet_until(route->timing, review->now_ms) : 0;
    if (!until_ms)
        return 0;
    AUTO_FREE char *place = place_of_route(route);
    return store_delivery_hold(review->txn,
                               &(struct store_delivery){.id = *id,
                                                        .next_ms = until_ms,
                                                        .updated_ms = review->now_ms,
                                                        .reason = outcome_word(OUTCOME_QUIET),
                                                        .place = place},
                               err);
}

/* The route that leads it to the notifier, now; NULL: none does any more. */
static const struct config_route *route_of(const struct review *review,
                                           const struct route_question *question)
{
    const struct config *config = review->config;
    const struct config_notifier *notifier = config_notifier_find(config, review->notifier);
    AUTO_FREE const struct config_route **by =
        NEW_N(const struct config_route *, config->n_notifiers + 1);
    route_notifiers(config, question, by);
    return notifier ? by[notifier - config->notifiers] : NULL;
}

static int judge(const struct review *review, const struct hash *id,
                 const struct route_question *question, struct err *err)
{
    int64_t silence;
    int silenced =
        review->silences ? silence_find(review->txn, question, review->now_ms, &silence, err) : 0;
    if (silenced)
        return silenced < 0 ? -1 : drop_silenced(review, id, err);
    bool waits = review->quiet && question->severity < TOCSIN_URGENT;
    return waits ? put_off(review, id, route_of(review, question), err) : 0;
}

static int look_at(const struct review *review, const struct hash *id, struct err *err)
{
    struct store_due *due;
    int got = store_delivery_load(review->txn, id, 1, &due, err);
    if (got <= 0 || !due->n_told) {
        store_due_free(&due);
        return got < 0 ? -1 : 0;
    }
    struct config_texts labels;
    struct route_question question = route_question_told(&due->told[0], &labels);
    int result = judge(review, id, &question, err);
    texts_deinit(&labels);
    store_due_free(&due);
    return result;
}

static void take_id(void *arg, const struct hash *delivery, const struct hash *revision,
                    const char *reason, int64_t follow_up)
{
    (void)revision;
    (void)reason;
    (void)follow_up;
    struct review *review = arg;
    review->ids = mem_grow(review->ids, &review->cap, review->n + 1, sizeof(*review->ids));
    review->ids[review->n++] = *delivery;
}

static int look_at_all(struct review *review, struct err *err)
{
    int result = store_delivery_held_due(review->txn, review->notifier, review->now_ms, take_id,
                                         review, err);
    for (size_t i = 0; result == 0 && i < review->n; i++)
        result = look_at(review, &review->ids[i], err);
    free(review->ids);
    return result;
}

static bool any_quiet(const struct review *review)
{
    for (size_t i = 0; i < review->config->n_routes; i++) {
        if (timing_quiet_until(review->config->routes[i].timing, review->now_ms))
            return true;
    }
    return false;
}

int review_held(struct store_txn *txn, const struct config *config, const char *notifier,
                int64_t now_ms, struct err *err)
{
    struct review review = {.txn = txn, .config = config, .notifier = notifier, .now_ms = now_ms};
    if (store_delivery_drop_muted(txn, notifier, now_ms, outcome_word(OUTCOME_MUTED), err) < 0 ||
        store_delivery_drop_early(txn, notifier, now_ms, "it is still to be told", err) < 0)
        return -1;
    int any = silence_any(txn, now_ms, err);
    if (any < 0)
        return -1;
    review.silences = any > 0;
    review.quiet = any_quiet(&review);
    /* Nearly never: then what is held, which may be much, need not be loaded for it. */
    return review.silences || review.quiet ? look_at_all(&review, err) : 0;
}
