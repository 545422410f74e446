/* What is said of a topic that matches. */
#ifndef TOCSIN_TOPICS_REPORT_H
#define TOCSIN_TOPICS_REPORT_H

#include "topics/engine.h"

/* Adds a finding about the topic of this number, which matches the document at hand: its summary,
 * labels, fields, and the words that prove it. */
void report_topic(struct engine *engine, uint32_t number, struct tocsin_report *report);

#endif
