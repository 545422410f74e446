/* Makes what a detector host would have reported, for tests of what comes after it. */
#ifndef TOCSIN_TESTS_RESULTS_H
#define TOCSIN_TESTS_RESULTS_H

#include "detect/detect.h"

/* A result of one version; `origin` names the document's first text. Of a detector of facts when
 * `facts`: keys driver, year; statuses interest to result; edition year. */
struct detect_result *result_new(const char *detector, bool facts, int64_t document,
                                 int64_t version, const char *origin, int32_t date);
/* Adds a finding with one quote; more quotes by result_quote. */
struct detect_finding *result_topic(struct detect_result *result, const char *topic,
                                    const char *quote);
struct detect_finding *result_fact(struct detect_result *result, const char *status,
                                   const char *driver, const char *year, const char *quote);
void result_quote(struct detect_finding *finding, const char *quote);
/* The sketch of a text that all results of this story have, and no others. */
void result_story(struct detect_result *result, const char *story);
/* The same, of text that the document had before. */
void result_old_quote(struct detect_finding *finding, const char *quote);
void result_field(struct detect_finding *finding, const char *name, const char *value);
void result_label(struct detect_finding *finding, const char *label);

#endif
