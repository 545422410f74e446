/* What a person reads first: "Charles Leclerc would like to race at Le Mans". */
#ifndef LEMANS_HEADLINE_H
#define LEMANS_HEADLINE_H

#include "facts.h"

/* The caller frees it. */
char *headline_make(const struct story *story, const struct fact *fact);
const char *fact_status_name(enum cue_kind status);

#endif
