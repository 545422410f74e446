/* What other documents of a story have told (base/retold.h), from the store. */
#ifndef TOCSIN_ALERT_RETOLD_H
#define TOCSIN_ALERT_RETOLD_H

#include "alert/run.h"
#include "base/retold.h"

/* Adds what an alert has told of other documents than the result's, and the marks of its story. */
int retold_load(struct policy_run *run, const struct hash *alert, struct retold *retold,
                struct err *err);

#endif
