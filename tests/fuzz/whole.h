/*
 * The whole daemon as tocsind wires it, on a clock wound by hand and with hosts that behave
 * (behaving.h): a folder of two documents, one of them quarantined, two detectors, two notifiers,
 * one of which refuses what it is given.
 */
#ifndef TOCSIN_FUZZ_WHOLE_H
#define TOCSIN_FUZZ_WHOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "tocsind.h"

/* The one that runs, NULL between stop and start. */
extern struct daemon *whole;

/* Begins anew, with an empty store, and returns when all there was to do is done. */
void whole_start(void);
void whole_stop(void);
/* The path of a file in its directory: "control", "tocsin.yaml", "docs/good". The caller frees it.
 */
char *whole_place(const char *name);
/* Lets it work, and time pass when it waits for that, until `done` says so; false: it never did. */
bool whole_wait(bool (*done)(void));
void whole_pass(int64_t ms);

#endif
