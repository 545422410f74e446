/*
 * A clock that was set, and time that passed while nothing ran. What is put off until a time of the
 * wall clock waits no longer than it was meant to; and nothing is given up before there was time to
 * try: after a sleep the network comes up later than this program.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "deliver/inside.h"

#define GRACE_MS (INT64_C(15) * 60 * 1000)

struct clock_back {
    struct outbox *outbox;
    char *notifier;
    int64_t now_ms;
};

static int run_clock_back(struct store_txn *txn, void *arg, struct err *err)
{
    const struct clock_back *back = arg;
    return store_delivery_clock_back(txn, back->notifier, back->now_ms, err);
}

static void clock_back_done(void *arg, const char *error)
{
    struct clock_back *back = arg;
    struct outbox *outbox = back->outbox;
    outbox->n_store--;
    if (error)
        log_error("notifier \"%s\": what is put off waits for a wrong clock: %s", back->notifier,
                  error);
    outbox_load(outbox);
    free(back->notifier);
    free(back);
    deliver_sweep(outbox->deliver);
}

void clock_look(struct outbox *outbox)
{
    struct clock_back *back = NEW(struct clock_back);
    *back = (struct clock_back){outbox, mem_strdup(outbox_name(outbox)),
                                loop_wall_ms(outbox->deliver->loop)};
    order_stir(outbox);
    outbox->n_store++;
    store_write(outbox->deliver->store, run_clock_back, clock_back_done, back);
}

void deliver_clock_jumped(struct deliver *deliver)
{
    deliver->awake_ms = loop_wall_ms(deliver->loop);
    list_each (link, &deliver->outboxes)
        clock_look(LIST_ITEM(link, struct outbox, link));
}

int64_t clock_give_up_ms(const struct outbox *outbox, const struct store_due *due)
{
    int64_t after_ms = outbox->notifier->give_up_ms;
    int64_t earliest_ms = outbox->deliver->awake_ms + (after_ms < GRACE_MS ? after_ms : GRACE_MS);
    int64_t wanted_ms = due->since_ms + after_ms;
    return wanted_ms < earliest_ms ? earliest_ms : wanted_ms;
}
