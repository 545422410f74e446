/*
 * A notifier that does, at each delivery, what its powers are for or what they do not cover, and
 * logs how it went: "done" or the error. It is the same for each kind of powers; culprit_files.c
 * and culprit_journal.c make plugins of it.
 */
#ifndef TOCSIN_TESTS_CULPRIT_H
#define TOCSIN_TESTS_CULPRIT_H

#include <tocsin/plugin.h>

extern const struct tocsin_option culprit_options[];
int culprit_init(struct tocsin_instance *instance, void **state);
enum tocsin_result culprit_notify(void *state, const struct tocsin_delivery *delivery,
                                  struct tocsin_outcome *outcome);

#endif
