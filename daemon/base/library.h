/*
 * Libraries that few runs need, opened when the first does: each costs a process up to 2 MiB from
 * its start on. A sandbox that is shut forbids to open them; what is to use one there opens it
 * before.
 *
 * The names of files are those that the program was built against (configure: TOCSIN_SONAME).
 */
#ifndef TOCSIN_BASE_LIBRARY_H
#define TOCSIN_BASE_LIBRARY_H

#include <stddef.h>

#include "base/err.h"

/* For a list of functions, as X-macro: the members of a struct of pointers to them, and their
 * names. */
#define LIBRARY_MEMBER(function) __typeof__(function) *function;
#define LIBRARY_NAME(function)   #function,

#define LIBRARY_MAX 16 /* functions */

/* `functions`: a struct of n pointers, up to LIBRARY_MAX, in the order of the names. All are set,
 * or, on failure, none. It stays open; when it is so already nothing is done. */
int library_open(const char *file, const char *const *names, size_t n, void *functions,
                 struct err *err);

#endif
