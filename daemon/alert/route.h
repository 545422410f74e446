/*
 * Routes: who is told of a revision. Pure given the configuration.
 *
 * Routes are asked in the order they are written; every one that matches adds its notifiers, until
 * one that says `stop`. Without any route everybody is told of everything. tocsin's own trouble
 * reaches everybody when no route matches it: a daemon must not be silently deaf.
 */
#ifndef TOCSIN_ALERT_ROUTE_H
#define TOCSIN_ALERT_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

struct route_question {
    const char *detector, *topic, *source; /* source "": of no source */
    const struct config_texts *labels;
    int severity;
    bool is_trouble;
};

bool route_matches(const struct config_route *route, const struct route_question *question);
/* Sets wanted[i] for config->notifiers[i]; returns how many are wanted. */
size_t route_notifiers(const struct config *config, const struct route_question *question,
                       bool *wanted);

#endif
