/* What each step of the policy (policy.h) made of a finding, for a person who asks why. */
#ifndef TOCSIN_ALERT_STEPS_H
#define TOCSIN_ALERT_STEPS_H

#include <jansson.h>

/* Of a finding and of the revision that it made (NULL: none), as alerts_show has them:
 * [{"step", "decision": "passed" | "against" | "held" | "not asked", "why", "place"}], in the order
 * of the steps; a step that decides for each notifier has one entry for each that it held. A new
 * reference. */
json_t *steps_of(const json_t *alert, const json_t *finding, const json_t *revision);

#endif
