/*
 * The exporter's host: a process of its own that listens on a loopback address (`metrics.listen`)
 * and asks the daemon for pages. This room starts it when a configuration wants it, starts it again
 * with back-off when it dies or hangs, and passes its questions on. The daemon itself has no
 * network, and never waits for the one who asks.
 */
#ifndef TOCSIN_METRICS_LISTENER_H
#define TOCSIN_METRICS_LISTENER_H

#include <jansson.h>

#include "hosts/hosts.h"

struct listener;
struct listener_ask; /* one question; answered exactly once, any time later */

struct listener_ops {
    /* Subject: "metrics:listener". */
    void (*trouble)(void *arg, const char *subject, const char *text);
    void (*trouble_over)(void *arg, const char *subject);
    /* A page is asked for; `name` is valid during the call. */
    void (*ask)(void *arg, const char *name, struct listener_ask *ask);
};

struct listener *listener_new(struct loop *loop, struct hosts *hosts,
                              const struct listener_ops *ops, void *arg);
/* Kills its host. What is still to be answered may be answered later. */
void listener_free(struct listener **listener);
/* Takes the exporter of a (new) configuration: its host lives on while its slice is the same. */
void listener_configure(struct listener *listener, struct config *config);
/* The text of the page; NULL: there is none of that name. */
void listener_answer(struct listener_ask *ask, const char *text);
/* {"listen", "state", "why"}: the state is off, starting, up or down. A new reference. */
json_t *listener_status(const struct listener *listener);

#endif
