/* What a fuzz target demands of a result. */
#ifndef TOCSIN_FUZZ_REQUIRE_H
#define TOCSIN_FUZZ_REQUIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "lib/utf8.h"

static inline void require(bool holds)
{
    if (!holds)
        abort();
}

static inline bool is_utf8(const char *text, size_t len)
{
    for (size_t at = 0; at < len;)
        if (utf8_next(text, len, &at) == UTF8_BAD)
            return false;
    return true;
}

#endif
