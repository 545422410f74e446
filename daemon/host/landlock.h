/* Landlock (landlock(7)) as far as the running kernel has it. Called by sandbox.c alone. */
#ifndef TOCSIN_HOST_LANDLOCK_H
#define TOCSIN_HOST_LANDLOCK_H

#include "base/err.h"
#include "host/sandbox.h"

/* Stage 1: from now on only the libraries and what the sandbox names as readable can be read, and
 * its port, if it has one, can be bound to. Nothing else. */
int landlock_enter(const struct sandbox_powers *powers, const struct sandbox *sandbox,
                   struct err *err);
/* See sandbox_is_outdated. */
bool landlock_is_outdated(void);
/* Stage 2: nothing can be opened any more, by this thread and those that it starts. */
int landlock_shut(struct err *err);

/* Of a program that the launcher starts. */
int landlock_program(const struct sandbox_powers *powers, const char *const *readable,
                     struct err *err);

#endif
