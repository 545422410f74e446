/*
 * Silence as a signal: topics of which a match is expected within some time (the configuration's
 * `expect`), and none comes. The last is in the store. Runs on the loop; what it says is trouble of
 * the kind "silent".
 */
#ifndef TOCSIN_ALERT_EXPECTED_H
#define TOCSIN_ALERT_EXPECTED_H

#include "alert/alert.h"

struct expected;

struct expected *expected_new(struct alerts *alerts, struct loop *loop);
/* After store_flush. */
void expected_free(struct expected **expected);
/* Those of this configuration, which is borrowed, from now on. */
void expected_configure(struct expected *expected, const struct config *config);
/* These findings were committed. */
void expected_found(struct expected *expected, const struct detect_result *result);

#endif
