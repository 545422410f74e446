/* What a delivery becomes by an attempt, written to the store. */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "alert/followup.h"
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
    struct config *config; /* in force when the attempt ended */
    enum attempt attempt;
    const char *state;
    int64_t next_ms, now_ms;
    int64_t reminder_ms;              /* answer: when the first reminder is due, 0: none is */
    struct store_withdrawn withdrawn; /* answer: notices of news that is dead */
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
    mark->withdrawn.n = 0;
    int marked = store_delivery_mark(txn, &row, err);
    if (marked < 0)
        return -1;
    mark->is_cancelled = !marked;
    if (strcmp(mark->state, "dead") == 0 &&
        store_delivery_unheard(txn, outbox_name(mark->outbox), NULL, mark->now_ms, &mark->withdrawn,
                               err) < 0)
        return -1;
    if (mark->attempt == ATTEMPT_OK &&
        followup_sent(txn, mark->config, outbox_name(mark->outbox), due, mark->now_ms,
                      &mark->reminder_ms, err) < 0)
        return -1;
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

/* `at_ms` 0: not for this. */
static void wake_at(struct outbox *outbox, int64_t at_ms)
{
    if (at_ms && (!outbox->next_ms || at_ms < outbox->next_ms))
        outbox->next_ms = at_ms;
}

/* What waits to be handed over was loaded before this was shown: it goes in its place. */
static void hand_on_tokens(const struct mark *mark)
{
    const struct store_due *due = mark->item->due;
    for (size_t i = 0; i < mark->n_tokens && i < due->n_told; i++) {
        if (*mark->tokens[i])
            outbox_take_token(mark->outbox, &due->told[i].alert, mark->tokens[i]);
    }
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
        deliver_reread(outbox->deliver, mark->withdrawn.ids, mark->withdrawn.n);
        hand_on_tokens(mark); /* to what was loaded meanwhile */
        if (!mark->is_cancelled)
            deliver_tell(outbox->deliver, outbox_name(outbox), id, mark->state,
                         mark->item->due->attempts + 1, mark->reason);
    }
    map_remove(outbox->known, id->bytes, HASH_BYTES);
    if (outbox->loading)
        map_set(outbox->settled, id->bytes, HASH_BYTES, outbox);
    if (!mark->is_cancelled)
        wake_at(outbox, mark->next_ms);
    wake_at(outbox, mark->reminder_ms);
    if (outbox->has_notices || outbox->refusing)
        outbox_load(outbox);
    item_free(&mark->item);
    for (size_t i = 0; i < mark->n_tokens; i++)
        free(mark->tokens[i]);
    free(mark->tokens);
    config_unref(&mark->config);
    store_withdrawn_deinit(&mark->withdrawn);
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

int64_t mark_result(struct outbox *outbox, struct item *item, enum attempt attempt,
                    int64_t delay_ms, const char *reason, const struct ipc_texts *tokens)
{
    struct mark *mark = NEW(struct mark);
    *mark = (struct mark){
        .outbox = outbox, .item = item, .attempt = attempt, .reason = mem_strdup(reason)};
    mark->config = config_ref(outbox->config);
    mark->now_ms = loop_wall_ms(outbox->deliver->loop);
    mark->state = next_state(mark, attempt, delay_ms);
    if (attempt == ATTEMPT_OK)
        keep_tokens(mark, tokens);
    hand_on_tokens(mark);
    bool is_dead = strcmp(mark->state, "dead") == 0;
    int64_t next_ms = mark->next_ms;
    outbox->n_store++;
    store_write(outbox->deliver->store, run_mark, mark_done, mark);
    if (is_dead)
        say_dead(outbox, reason);
    else if (attempt == ATTEMPT_OK)
        say_alive(outbox);
    return next_ms;
}
