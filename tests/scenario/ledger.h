/*
 * Who was told what, by the notifiers' own account: each revision once to each, and again only as a
 * reminder that its route asked for; a follow-up after its time, and not once somebody has seen to
 * it; the end of an alert once, after its news, and to whoever knows of it.
 */
#ifndef TOCSIN_TESTS_LEDGER_H
#define TOCSIN_TESTS_LEDGER_H

#include "script.h"

#define LEDGER_REMINDERS 2

struct ledger;

/* Of the routes in force. */
struct ledger_rules {
    const char *remind; /* the notifier that reminds, NULL: none does */
    int64_t remind_ms[LEDGER_REMINDERS];
    const char *second; /* the notifier that is told when nobody acknowledges, NULL: none is */
    int64_t escalate_ms;
};

struct ledger *ledger_new(void);
void ledger_free(struct ledger **ledger);
void ledger_take_rules(struct ledger *ledger, const struct ledger_rules *rules);
/* Something was just found that is news on this alert. */
int ledger_news(struct ledger *ledger, struct script *script, const char *alert);
/* A person has acted on it, or, "close", it is over. Unknown ones are left alone. */
int ledger_action(struct ledger *ledger, struct script *script, const char *alert, const char *verb,
                  int64_t duration_ms);
/* Somebody has silenced some topics for so long. */
void ledger_silence(struct ledger *ledger, struct script *script, int64_t duration_ms);
void ledger_clock_set(struct ledger *ledger, int64_t by_ms);
int ledger_ring(struct ledger *ledger, struct script *script, const struct ring *ring);
/* Nothing is in the way any more, and there was time: what is not told of yet never will be. */
int ledger_at_the_end(struct ledger *ledger, struct script *script);

#endif
