/* cmocka with what it wants before its own header. */
#ifndef TOCSIN_TESTS_UNIT_H
#define TOCSIN_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* How a case fails; said again so that an analyser knows what comes after fail(): nothing. */
_Noreturn void _fail(const char *file, int line);

#endif
