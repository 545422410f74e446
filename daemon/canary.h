/*
 * The canary: on a schedule the daemon puts a document into a folder of its own, which goes the way
 * of all documents: it is noticed, read and searched, found by a topic that a person wrote for it,
 * and told along the route that a person chose. When nobody was told of it in time that is trouble,
 * which says how far it came. Nothing but a document can show that all of it works.
 *
 * Like flow.c this joins stages and is no room: it writes a file and asks the store.
 */
#ifndef TOCSIN_CANARY_H
#define TOCSIN_CANARY_H

#include "tocsind.h"

/* The folder, to a configuration that has a canary and that nobody else knows yet. Blocks. */
int canary_add_folder(struct config *config, const char *state_dir, struct err *err);

struct canary *canary_new(struct daemon *daemon);
/* After the helper and the store have done what they were at. */
void canary_free(struct canary **canary);
void canary_configure(struct canary *canary, const struct config *config);
/* The clock was set. */
void canary_clock_jumped(struct canary *canary);

#endif
