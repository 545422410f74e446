/* Texts of plugins on their way in: made valid UTF-8 and bounded; see clean.h. */
#include "lib/clean.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "lib/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

char *tocsin_host_clean(const char *text, size_t max_bytes, size_t *n_cut)
{
    struct buf out = {0};
    /* One character more than fits is enough to see that it does not. */
    size_t len = text ? strnlen(text, max_bytes + UTF8_MAX_LEN) : 0;
    for (size_t at = 0; at < len;) {
        size_t from = at;
        bool bad = utf8_next(text, len, &at) == UTF8_BAD;
        const char *character = bad ? REPLACEMENT : text + from;
        size_t n = bad ? strlen(REPLACEMENT) : at - from;
        if (out.len + n > max_bytes) {
            if (n_cut)
                (*n_cut)++;
            break;
        }
        buf_append(&out, character, n);
    }
    return buf_take(&out);
}

char *clean_vprintf(size_t max_bytes, size_t *n_cut, const char *fmt, va_list va)
{
    AUTO_FREE char *text = mem_vprintf(fmt, va);
    return tocsin_host_clean(text, max_bytes, n_cut);
}
