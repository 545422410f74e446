/*
 * The room of hosts/hosts.h without processes: notifiers that behave as a test says. A host is
 * ready on the next turn and answers on the turn after; what it hangs on, its deadline ends. Those
 * whose names begin with "desk" give a token for what they show; "mail" takes its time, the others
 * take none. How notifiers behave is kept over hosts_free, as it would be over a restart of the
 * daemon.
 */
#ifndef TOCSIN_TESTS_FAKE_HOSTS_H
#define TOCSIN_TESTS_FAKE_HOSTS_H

#include "hosts/hosts.h"

enum fake_behaviour {
    FAKE_OK,
    FAKE_LATER,
    FAKE_NEVER,
    FAKE_HANGS,
    FAKE_SLOW, /* takes it, but not before half of its deadline */
    FAKE_CRASHES,
    FAKE_UNUSABLE,
    FAKE_ENDLESS, /* later, after the longest delay that there is */
    FAKE_SPENT,   /* hands what it gets back, untried, and works from then on */
    FAKE_ONCE,    /* takes one, and refuses from then on */
    FAKE_LAST,    /* takes one, and hangs from then on */
};

/* One attempt at a delivery, as the notifier saw it. */
struct fake_attempt {
    const char *notifier, *id, *summary;
    const char *headline, *change, *alert_id, *token; /* of the first revision */
    const char *told;                                 /* of each revision "ALERT REVISION\n" */
    unsigned attempt, count, n_sources;
    enum tocsin_notice notice; /* of the first revision, too */
    int64_t until_ms;
    bool ok;
};

/* Forgets everything. `attempted` hears of every attempt when it is made. */
void fake_hosts_reset(void (*attempted)(void *arg, const struct fake_attempt *attempt), void *arg);
void fake_hosts_behave(const char *notifier, enum fake_behaviour behaviour);
/* Somebody pressed a button. False when no host of the notifier runs. */
bool fake_hosts_press(struct hosts *hosts, const char *notifier, const char *alert_id,
                      const char *verb);
int fake_hosts_running(const struct hosts *hosts);

#endif
