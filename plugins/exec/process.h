/*
 * The program behind an instance of `exec`: started once and kept, asked one question at a time,
 * started again when it has died. One JSON object a line each way; tocsin-exec(7) tells them all.
 *
 * Whatever it does wrong - silence, a line that is no answer, one that is too long, its death -
 * ends it, fails the question at hand with a sentence that says so, and lets the next question
 * start it anew.
 */
#ifndef TOCSIN_EXEC_PROCESS_H
#define TOCSIN_EXEC_PROCESS_H

#include <jansson.h>

#include <tocsin/plugin.h>

#include "base/err.h"

struct process;

/* Starts it and greets it as a "detector" or "notifier". NULL when that fails, with `err`. */
struct process *process_new(struct tocsin_instance *instance, const char *kind, int64_t timeout_ms,
                            struct err *err);
void process_free(struct process **process);

/* Takes the question, gives it an "id" and waits for its answer, a new reference. NULL with `err`
 * when it has none to give; an answer's "error" is such a case, too. */
json_t *process_ask(struct process *process, json_t *question, struct err *err);

/* What it said of itself when it was greeted last; borrowed. */
const json_t *process_hello(const struct process *process);

#endif
