/*
 * Routes: who is told of a revision. Pure given the configuration.
 *
 * Routes are asked in the order they are written; every one that matches adds its notifiers, until
 * one that says `stop`. One that is on trial adds nobody and stops nothing. Without any route
 * everybody is told of everything. tocsin's own trouble reaches everybody when no route matches it:
 * a daemon must not be silently deaf.
 */
#ifndef TOCSIN_ALERT_ROUTE_H
#define TOCSIN_ALERT_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "store/deliveries.h"

struct route_question {
    const char *detector, *topic, *source; /* source "": of no source */
    const struct config_texts *labels;
    int severity;
    bool is_trouble;
};

/* What was told, as a question; `labels` is the caller's (texts_deinit), the rest borrowed. */
struct route_question route_question_told(const struct store_told *told,
                                          struct config_texts *labels);

bool route_matches(const struct config_route *route, const struct route_question *question);
/* The first that matches; NULL: none does. */
const struct config_route *route_first(const struct config *config,
                                       const struct route_question *question);
/* Which route wants config->notifiers[i], in by[i]: the first that does. NULL: none; of an alert
 * that reaches everybody without one, an empty route that the configuration does not have. Returns
 * how many are wanted. */
size_t route_notifiers(const struct config *config, const struct route_question *question,
                       const struct config_route **by);
/* Which route on trial would lead to a notifier whom no other route wants; `by` is what
 * route_notifiers gave. Returns how many notifiers that are. */
size_t route_trials(const struct config *config, const struct route_question *question,
                    const struct config_route *const *by, const struct config_route **trials);

#endif
