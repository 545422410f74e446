/*
 * System call filters (seccomp(2), by libseccomp). Called by sandbox.c alone.
 *
 * Two answers. What only an attacker would try (tracing, reading other processes, signalling them,
 * mounting, loading code into the kernel) kills the process, so that the daemon's log names a "bad
 * system call". What a library may try in good faith (open, socket, fork) fails with EPERM, and the
 * plugin can say what it misses.
 */
#ifndef TOCSIN_HOST_SECCOMP_H
#define TOCSIN_HOST_SECCOMP_H

#include "base/err.h"
#include "host/sandbox.h"

int seccomp_enter(const struct sandbox_powers *powers, struct err *err);
int seccomp_shut(const struct sandbox_powers *powers, struct err *err);
/* Of a program that the launcher starts: there everything that is forbidden fails with EPERM, since
 * runtimes try such things in good faith. */
int seccomp_program(const struct sandbox_powers *powers, struct err *err);

#endif
