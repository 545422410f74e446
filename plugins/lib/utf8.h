/*
 * Walking through text that should be UTF-8 and may be anything.
 *
 * What is no well-formed UTF-8 (Unicode 15, table 3-7) is taken a byte at a time and shown to the
 * caller as UTF8_BAD, so that every function of this library skips the same bytes.
 */
#ifndef TOCSIN_LIB_UTF8_H
#define TOCSIN_LIB_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utf8proc.h>

#define UTF8_BAD      (-1)
#define UTF8_MAX_LEN  4      /* bytes of a character */
#define UTF8_REPLACED 0xFFFD /* what decoders put in the place of bad bytes */

/* The character at text[*at], which is moved behind it; *at must be below len. */
static inline int32_t utf8_next(const char *text, size_t len, size_t *at)
{
    unsigned char first = (unsigned char)text[*at];
    if (first < 0x80) {
        *at += 1;
        return first;
    }
    utf8proc_int32_t c;
    size_t left = len - *at;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text + *at,
                                          left < UTF8_MAX_LEN ? (utf8proc_ssize_t)left : 4, &c);
    if (n <= 0) {
        *at += 1;
        return UTF8_BAD;
    }
    *at += (size_t)n;
    return c;
}

/* White_Space of the Unicode Character Database. */
static inline bool utf8_is_space(int32_t c)
{
    return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

/* Bidi_Control of the Unicode Character Database. */
static inline bool utf8_is_bidi_control(int32_t c)
{
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

#endif
