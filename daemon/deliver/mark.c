/*
 * What deliveries become, written to the store: the result of an attempt; the release of held ones,
 * together as one summary.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "alert/identity.h"
#include "alert/outcome.h"
#include "base/log.h"
#include "base/mem.h"
#include "deliver/backoff.h"
#include "deliver/inside.h"

#define DELAY_MAX_MS (INT64_C(30) * 24 * 3600 * 1000) /* that a notifier may ask for */

struct mark {
    struct outbox *outbox;
    struct item *item;
    enum attempt attempt;
    const char *state;
    int64_t next_ms, now_ms;
    bool is_cancelled; /* answer: it was taken back while it was at hand, and stays so */
    char *reason;
    char **tokens; /* one a revision, NULL: none to keep */
    size_t n_tokens;
};

static int run_mark(struct store_txn *txn, void *arg, struct err *err)
{
    struct mark *mark = arg;
    const struct store_due *due = mark->item->due;
    struct store_delivery row = {.id = due->id,
                                 .state = mark->state,
                                 .attempts = due->attempts + 1,
                                 .next_ms = mark->next_ms,
                                 .updated_ms = mark->now_ms,
                                 .reason = mark->reason};
    int marked = store_delivery_mark(txn, &row, err);
    if (marked < 0)
        return -1;
    mark->is_cancelled = !marked;
    for (size_t i = 0; i < mark->n_tokens && i < due->n_told; i++) {
        if (*mark->tokens[i] && store_token_set(txn, outbox_name(mark->outbox), &due->told[i].alert,
                                                mark->tokens[i], err) < 0)
            return -1;
    }
    return 0;
}

static void count_mark(const struct mark *mark)
{
    struct deliver_counts *counts = &mark->outbox->counts;
    size_t failure = 0;
    counts->attempts[mark->attempt]++;
    switch (mark->attempt) {
    case ATTEMPT_OK:
        return;
    case ATTEMPT_LATER:
        failure = FAILURE_LATER;
        break;
    case ATTEMPT_NEVER:
        failure = FAILURE_NEVER;
        break;
    case ATTEMPT_UNKNOWN:
        failure = FAILURE_HOST + (size_t)mark->item->end;
        break;
    }
    counts->failures[failure][!mark->next_ms || mark->is_cancelled]++;
}

static void mark_done(void *arg, const char *error)
{
    struct mark *mark = arg;
    struct outbox *outbox = mark->outbox;
    const struct hash *id = &mark->item->due->id;
    outbox->n_store--;
    if (error) {
        log_error("notifier \"%s\": a delivery's result was not stored: %s", outbox_name(outbox),
                  error);
    } else {
        count_mark(mark);
        if (!mark->is_cancelled)
            deliver_tell(outbox->deliver, outbox_name(outbox), id, mark->state,
                         mark->item->due->attempts + 1, mark->reason);
    }
    map_remove(outbox->known, id->bytes, HASH_BYTES);
    if (outbox->loading)
        map_set(outbox->settled, id->bytes, HASH_BYTES, outbox);
    if (mark->next_ms && !mark->is_cancelled &&
        (!outbox->next_ms || mark->next_ms < outbox->next_ms))
        outbox->next_ms = mark->next_ms;
    if (outbox->has_ends)
        outbox_load(outbox);
    item_free(&mark->item);
    for (size_t i = 0; i < mark->n_tokens; i++)
        free(mark->tokens[i]);
    free(mark->tokens);
    free(mark->reason);
    free(mark);
    deliver_arm(outbox->deliver);
    deliver_sweep(outbox->deliver);
}

/* When to try again; 0: not any more. */
static int64_t next_try(const struct outbox *outbox, const struct store_due *due, int64_t now_ms,
                        int64_t delay_ms)
{
    const struct config_notifier *notifier = outbox->notifier;
    if (delay_ms <= 0)
        delay_ms = backoff_delay_ms(notifier->retry_first_ms, notifier->retry_max_ms,
                                    due->attempts + 1 - due->attempts_before, randombytes_random());
    if (delay_ms > DELAY_MAX_MS)
        delay_ms = DELAY_MAX_MS;
    if (notifier->give_up_ms && now_ms + delay_ms >= clock_give_up_ms(outbox, due))
        return 0;
    return now_ms + delay_ms;
}

/* Dead letters are trouble: said once, until one arrives again. */
static void say_dead(struct outbox *outbox, const char *reason)
{
    struct deliver *deliver = outbox->deliver;
    if (outbox->dead_said == SAID_YES)
        return;
    outbox->dead_said = SAID_YES;
    AUTO_FREE char *subject = mem_printf("delivery:%s", outbox_name(outbox));
    AUTO_FREE char *text = mem_printf("An alert could not be delivered by \"%s\"%s%s",
                                      outbox_name(outbox), *reason ? ": " : "", reason);
    deliver->ops.trouble(deliver->arg, subject, text);
}

static void say_alive(struct outbox *outbox)
{
    struct deliver *deliver = outbox->deliver;
    if (outbox->dead_said == SAID_NO)
        return;
    outbox->dead_said = SAID_NO;
    AUTO_FREE char *subject = mem_printf("delivery:%s", outbox_name(outbox));
    deliver->ops.trouble_over(deliver->arg, subject);
}

/* What the delivery becomes; sets next_ms when there will be another try. */
static const char *next_state(struct mark *mark, enum attempt attempt, int64_t delay_ms)
{
    switch (attempt) {
    case ATTEMPT_OK:
        return "sent";
    case ATTEMPT_NEVER:
        return "dead";
    case ATTEMPT_LATER:
    case ATTEMPT_UNKNOWN:
        break;
    }
    mark->next_ms = next_try(mark->outbox, mark->item->due, mark->now_ms, delay_ms);
    if (!mark->next_ms)
        return "dead";
    return attempt == ATTEMPT_LATER ? "deferred" : "unknown";
}

static void keep_tokens(struct mark *mark, const struct ipc_texts *tokens)
{
    if (!tokens || !tokens->n)
        return;
    mark->tokens = NEW_N(char *, tokens->n);
    for (const char *token = NULL; (token = ipc_texts_next(tokens, token));)
        mark->tokens[mark->n_tokens++] = mem_strdup(token);
}

void mark_result(struct outbox *outbox, struct item *item, enum attempt attempt, int64_t delay_ms,
                 const char *reason, const struct ipc_texts *tokens)
{
    struct mark *mark = NEW(struct mark);
    *mark = (struct mark){
        .outbox = outbox, .item = item, .attempt = attempt, .reason = mem_strdup(reason)};
    mark->now_ms = loop_wall_ms(outbox->deliver->loop);
    mark->state = next_state(mark, attempt, delay_ms);
    if (attempt == ATTEMPT_OK)
        keep_tokens(mark, tokens);
    bool is_dead = strcmp(mark->state, "dead") == 0;
    outbox->n_store++;
    store_write(outbox->deliver->store, run_mark, mark_done, mark);
    if (is_dead)
        say_dead(outbox, reason);
    else if (attempt == ATTEMPT_OK)
        say_alive(outbox);
}

/* ---- release ---- */

struct held {
    struct hash *deliveries, *revisions;
    size_t n_deliveries, cap_deliveries, n_revisions, cap_revisions;
    char *reason; /* of all of them, "" when they were held for several */
};

struct release {
    struct outbox *outbox;
    char *notifier;
    int64_t now_ms;
};

static void take_held(void *arg, const struct hash *delivery, const struct hash *revision,
                      const char *reason)
{
    struct held *held = arg;
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
        .id = identity_delivery(release->notifier, held->revisions, held->n_revisions),
        .notifier = release->notifier,
        .state = "queued",
        .summary = summary,
        .next_ms = release->now_ms,
        .created_ms = release->now_ms,
        .updated_ms = release->now_ms,
        .reason = ""};
    int added = store_delivery_add(txn, &row, held->revisions, held->n_revisions, err);
    return added < 0 ? -1 : mark_all(txn, release, held, "superseded", "told in a summary", err);
}

static int run_release(struct store_txn *txn, void *arg, struct err *err)
{
    const struct release *release = arg;
    struct held held = {0};
    int result =
        store_delivery_held_due(txn, release->notifier, release->now_ms, take_held, &held, err);
    if (result == 0 && held.n_deliveries == 1)
        result = mark_all(txn, release, &held, "queued", "", err);
    else if (result == 0 && held.n_deliveries > 1)
        result = add_summary(txn, release, &held, err);
    free(held.deliveries);
    free(held.revisions);
    free(held.reason);
    return result;
}

static void release_done(void *arg, const char *error)
{
    struct release *release = arg;
    struct outbox *outbox = release->outbox;
    outbox->n_store--;
    if (error)
        log_error("notifier \"%s\": what was held was not released: %s", release->notifier, error);
    else
        outbox_load(outbox);
    free(release->notifier);
    free(release);
    deliver_sweep(outbox->deliver);
}

void mark_release(struct outbox *outbox)
{
    struct release *release = NEW(struct release);
    *release = (struct release){outbox, mem_strdup(outbox_name(outbox)),
                                loop_wall_ms(outbox->deliver->loop)};
    outbox->n_store++;
    store_write(outbox->deliver->store, run_release, release_done, release);
}
