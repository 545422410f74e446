/*
 * An error as a sentence for a person.
 *
 * Functions that can fail take a struct err * as their last parameter and return 0 or -1. The text
 * is made where the cause is known, gets its context on the way up (err_prefix), and is logged
 * once, by whoever gives up. A struct err needs no clean-up.
 */
#ifndef TOCSIN_BASE_ERR_H
#define TOCSIN_BASE_ERR_H

#include "base/mem.h"

#define ERR_TEXT_MAX 1024

struct err {
    char text[ERR_TEXT_MAX];
};

/* All return -1, so that a failing function can end with `return err_set(...)`. `err` may be NULL.
 */
int err_set(struct err *err, const char *fmt, ...) PRINTF(2, 3);
/* As err_set, followed by ": " and the text of errno. */
int err_errno(struct err *err, const char *fmt, ...) PRINTF(2, 3);
/* Puts the text before what is there already, with ": " between. */
int err_prefix(struct err *err, const char *fmt, ...) PRINTF(2, 3);

#endif
