/* Hexadecimal text, as the scripts hand it to the check programs. */
#ifndef TOCSIN_TESTS_HEX_H
#define TOCSIN_TESTS_HEX_H

#include "base/buf.h"

static inline int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Replaces what is in `out`; ends at the first pair that is no hexadecimal. */
static inline void hex_decode(struct buf *out, const char *hex)
{
    buf_clear(out);
    for (int high, low; (high = hex_digit(hex[0])) >= 0 && (low = hex_digit(hex[1])) >= 0; hex += 2)
        buf_putc(out, (char)(high * 16 + low));
}

#endif
