/* What the files of this folder know of the room itself. */
#ifndef TOCSIN_ALERT_INSIDE_H
#define TOCSIN_ALERT_INSIDE_H

#include "alert/alert.h"

struct store *alerts_store(const struct alerts *alerts);
/* In force; borrowed. */
const struct config *alerts_config(const struct alerts *alerts);
/* UTC. */
int64_t alerts_now_ms(const struct alerts *alerts);
/* Brackets around an answer from the reader, for alerts_idle. */
void alerts_asked(struct alerts *alerts);
void alerts_answered(struct alerts *alerts);

#endif
