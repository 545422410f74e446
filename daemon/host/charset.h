/*
 * Texts in the charsets of the time before UTF-8: guessed by uchardet, converted by iconv.
 *
 * Each charset is opened when the first text needs it. iconv loads a module for it, which the
 * sandbox of a detector forbids once it is shut; there charset_open opens all that uchardet can
 * name before that. A charset whose module this machine lacks is read as windows-1252, in which
 * every byte of a western text has its place.
 */
#ifndef TOCSIN_HOST_CHARSET_H
#define TOCSIN_HOST_CHARSET_H

#include <stddef.h>

#include "base/buf.h"

/* Before the sandbox is shut. */
void charset_open(void);
/* Whatever is open. */
void charset_close(void);

/* The name of a charset that charset_decode knows; never NULL. */
const char *charset_guess(const char *bytes, size_t len);
/* Appends UTF-8; bytes that mean nothing become U+FFFD and are counted. */
void charset_decode(const char *name, const char *bytes, size_t len, struct buf *out,
                    size_t *n_bad);

#endif
