/*
 * What the files of this folder share. A notifier's queue is an outbox (outbox.c); what it takes
 * from the store are items; its hosts are carriers (carrier.c), each with one item at hand, and a
 * few behind it where that goes fast.
 *
 *   store ──load or push──► item in outbox.due ──► carrier ──OUTCOME or death──► mark ──► store
 *
 * An item's id is in outbox.known from the load until its mark is durable, so that a load in
 * between does not bring it twice.
 */
#ifndef TOCSIN_DELIVER_INSIDE_H
#define TOCSIN_DELIVER_INSIDE_H

#include <tocsin/plugin.h>

#include "base/list.h"
#include "base/map.h"
#include "deliver/deliver.h"
#include "store/alerts.h"

struct deliver {
    struct loop *loop;
    struct hosts *hosts;
    struct store *store;
    struct deliver_ops ops;
    void *arg;
    struct config *config;    /* NULL before the first */
    struct list outboxes;     /* of the configuration */
    struct list old_outboxes; /* removed ones that still have something under way */
    struct map *withheld;     /* ids of deliveries that are about to be dropped */
    struct loop_timer *timer; /* at the earliest thing to come, of all outboxes */
    struct loop_timer *sweep; /* set for the next turn when carriers or outboxes have ended */
    size_t n_store;           /* operations of the room itself under way */
    int64_t awake_ms;         /* since when it runs without a gap or a jump of the clock, UTC */
    bool paused;
};

enum outbox_state { OUTBOX_STARTING, OUTBOX_UP, OUTBOX_DOWN };

/* Of trouble: was it said? Before a restart it may have been. */
enum said { SAID_MAYBE, SAID_YES, SAID_NO };

struct outbox {
    struct list link;
    struct deliver *deliver;
    struct config *config;                  /* holds `notifier` */
    const struct config_notifier *notifier; /* its slice */
    enum outbox_state state;
    char *why; /* of OUTBOX_DOWN */
    bool removed;
    enum said trouble_said; /* "notifier:NAME" */
    enum said dead_said;    /* "delivery:NAME" */
    struct list carriers;   /* at most notifier->concurrency that are not retired */
    int64_t failures;       /* of hosts, in a row */
    bool failed_to_start;   /* the last of them */
    int64_t spawn_ms;       /* no host before this time of the loop's clock */
    struct list due;        /* items not given to a carrier yet */
    struct map *known;
    struct map *settled; /* marked while a load was under way: its answer may still have them */
    size_t n_store;      /* operations under way */
    bool loading, load_again;
    bool refusing; /* it took nothing since it last refused, perhaps in an earlier run: order.c */
    bool is_asked; /* whether it was so in an earlier run */
    struct hash probe;     /* the oldest, which is tried before all others */
    bool probe_failed;     /* it was refused */
    bool lets_pass;        /* and one other may go before it is tried again */
    int64_t rest_until_ms; /* it is not tried before then, UTC */
    struct map *odd;       /* ids of deliveries that it refuses while it takes others */
    bool waking;           /* what waits for another try is being made due: no load until then */
    uint64_t n_wakes;      /* how often that was done */
    bool has_notices;      /* some are queued, and may wait for what is marked next */
    bool drained;          /* all that is due is known: what is pushed is the next */
    int64_t next_ms;       /* when the store has something next, UTC; 0: nothing */
    struct deliver_counts counts;
};

struct item {
    struct list link;
    struct store_due *due;
    void (*tested)(void *arg, const char *error); /* of a test, which the store knows nothing of */
    void *arg;
    enum host_end end; /* of its carrier, when the outcome is unknown */
    bool is_test;
    bool follows; /* it was sent behind another */
};

struct carrier {
    struct list link;
    struct outbox *outbox;
    struct host *host;  /* NULL once ended: swept */
    struct item *item;  /* at hand */
    struct list behind; /* items that its host has, too, and has not begun */
    size_t n_behind;
    bool ready, retired;
    bool quick;     /* the last was told in no time: the next ones may wait at the host */
    bool came_back; /* some did untried, and more may */
};

/* deliver.c */
void deliver_arm(struct deliver *deliver);
void deliver_sweep(struct deliver *deliver);
/* NULL: not configured. */
struct outbox *deliver_find(const struct deliver *deliver, const char *notifier);
/* For follow: what has become of a delivery. */
void deliver_tell(struct deliver *deliver, const char *notifier, const struct hash *id,
                  const char *state, int64_t attempts, const char *reason);

/* outbox.c */
struct outbox *outbox_new(struct deliver *deliver);
void outbox_free(struct outbox **outbox);
const char *outbox_name(const struct outbox *outbox);
/* Takes the part of a configuration that is its own; hosts live on while that is the same. */
void outbox_configure(struct outbox *outbox, struct config *config,
                      const struct config_notifier *notifier);
void outbox_load(struct outbox *outbox);
/* There is something new in the store. */
void outbox_arrived(struct outbox *outbox);
/* Takes a delivery that was just committed. */
void outbox_accept(struct outbox *outbox, struct store_due *due);
/* Gives what is due to carriers that are free, makes carriers, asks the store for more. */
void outbox_pump(struct outbox *outbox);
/* An attempt is over; takes the item. `tokens` may be NULL. */
void outbox_result(struct outbox *outbox, struct item *item, enum attempt attempt, int64_t delay_ms,
                   const char *reason, const struct ipc_texts *tokens);
void outbox_trouble(struct outbox *outbox, const char *text);
void outbox_trouble_over(struct outbox *outbox);
bool outbox_idle(const struct outbox *outbox);
bool outbox_under_way(const struct outbox *outbox);
void item_free(struct item **item);
/* Does a carrier have it, or is its result on its way to the store? */
bool outbox_has_at_hand(const struct outbox *outbox, const struct hash *id);
/* It is not given to a carrier, nor does a load that is under way bring it. What the store says of
 * it is loaded the next time. */
void outbox_withdraw(struct outbox *outbox, const struct hash *id);
/* What is due of this alert is handed over with this token of the notifier's. */
void outbox_take_token(struct outbox *outbox, const struct hash *alert, const char *token);

/* order.c: the oldest goes first, when what refused takes something again. */
void order_init(struct outbox *outbox);
void order_deinit(struct outbox *outbox);
/* Whether something was refused in an earlier run; until then it is taken to be so. */
void order_known(struct outbox *outbox, bool was_refused);
/* This one is the oldest now. */
void order_begin(struct outbox *outbox, const struct hash *probe);
/* Something has come due, is new, or was changed by a person: the oldest is tried again. */
void order_stir(struct outbox *outbox);
/* Is anything at hand that no carrier has yet, besides the oldest? */
bool order_others_wait(const struct outbox *outbox);
/* May it be given to a carrier now? It is. */
bool order_may_go(const struct outbox *outbox, const struct item *item);
void order_goes(struct outbox *outbox, const struct item *item);
struct order_try {
    struct hash id;
    bool is_first;   /* of this delivery */
    int64_t next_ms; /* when there is another, UTC; 0: never */
};
void order_result(struct outbox *outbox, const struct order_try *try, enum attempt attempt);
/* What no carrier has is to be loaded again: in its order, and as it is by now. */
void order_put_back(struct outbox *outbox);

/* mark.c: an operation of the store. */
/* Takes the item; when it is tried again, UTC, or 0. */
int64_t mark_result(struct outbox *outbox, struct item *item, enum attempt attempt,
                    int64_t delay_ms, const char *reason, const struct ipc_texts *tokens);

/* review.c: within one. Of what is held for the notifier until now: drops what nobody wants any
 * more, puts off what its route's hours are against. */
int review_held(struct store_txn *txn, const struct config *config, const char *notifier,
                int64_t now_ms, struct err *err);

/* release.c: likewise. */
void release_held(struct outbox *outbox);

/* clock.c */
/* Mends what a clock that was ahead has written, then loads. */
void clock_look(struct outbox *outbox);
/* When a delivery is given up, UTC. */
int64_t clock_give_up_ms(const struct outbox *outbox, const struct store_due *due);

/* carrier.c */
struct carrier *carrier_spawn(struct outbox *outbox);
/* Although it has an item at hand. */
bool carrier_takes_more(const struct carrier *carrier);
/* Takes the item. */
void carrier_send(struct carrier *carrier, struct item *item);
/* No more items; it ends when those it has are done. */
void carrier_retire(struct carrier *carrier);
void carrier_free(struct carrier **carrier);

/* message.c */
void message_send(struct host *host, const struct store_due *due, bool follows);

#endif
