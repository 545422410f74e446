/*
 * What tocsin's own troubles come to: one is told of once for each thing that is said of it, until
 * it is over; one that is over is closed. Nothing being found for a topic for too long is such a
 * trouble: not before its time, once, and until something is.
 */
#ifndef TOCSIN_TESTS_TROUBLES_H
#define TOCSIN_TESTS_TROUBLES_H

#include "script.h"

struct troubles;

struct troubles *troubles_new(void);
void troubles_free(struct troubles **troubles);
/* A trouble was just said: `alert` as of ladders_said. */
int troubles_said(struct troubles *troubles, struct script *script, const char *subject,
                  const char *text, char alert[HASH_HEX_SIZE]);
/* It is over: the alert, "" when there never was one. */
int troubles_over(struct troubles *troubles, struct script *script, const char *subject,
                  char alert[HASH_HEX_SIZE]);

/* Something is awaited of this topic, from now on, within so long. */
void troubles_await(struct troubles *troubles, struct script *script, const char *topic,
                    int64_t within_ms);
void troubles_found(struct troubles *troubles, struct script *script, const char *topic);
/* The clock was set: for how long nothing has been found is anybody's guess until something is. */
void troubles_clock_set(struct troubles *troubles);
/* After each line. */
int troubles_awaited(struct troubles *troubles, struct script *script);

#endif
