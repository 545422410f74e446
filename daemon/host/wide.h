/* UTF-16 and UTF-32 in both byte orders: known by a byte order mark, or by what the bytes make. */
#ifndef TOCSIN_HOST_WIDE_H
#define TOCSIN_HOST_WIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum wide { WIDE_NONE, WIDE_UTF16LE, WIDE_UTF16BE, WIDE_UTF32LE, WIDE_UTF32BE };

/* By the byte order mark; *skip is its length. */
enum wide wide_marked(const char *bytes, size_t len, size_t *skip);
/* For bytes that hold NULs and are no sensible UTF-8: the form in which nearly every character is
 * one that texts are made of, WIDE_NONE if there is none. */
enum wide wide_guess(const char *bytes, size_t len);
const char *wide_name(enum wide wide);
/* Appends UTF-8; what is no character becomes U+FFFD and is counted. */
void wide_decode(enum wide wide, const char *bytes, size_t len, struct buf *out, size_t *n_bad);

#endif
