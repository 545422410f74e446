/* What a person may do with an alert; runs as an operation of the store. */
#ifndef TOCSIN_ALERT_ACTIONS_H
#define TOCSIN_ALERT_ACTIONS_H

#include "alert/run.h"

/* How long `snooze` lasts when nothing is said. */
#define ACTION_SNOOZE_MS INT64_C(3600000)

/* Verbs: open, acknowledge, close, snooze [DURATION], mute [DURATION], unmute. `alert` is an
 * alert's id in hex, whole or its beginning (at least 4 digits, of one alert only). -1 with the
 * reason. */
int actions_do(struct policy_run *run, const char *alert, const char *verb, struct err *err);

#endif
