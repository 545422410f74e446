/* UTF-16 and UTF-32 (The Unicode Standard, 3.9 and 23.8); see wide.h. */
#include "host/wide.h"

#include <string.h>
#include <utf8proc.h>

#include "lib/utf8.h"

#define GUESS_BYTES 65536 /* enough to know a text by; a multiple of 4 */

static const struct {
    const char *name;
    unsigned unit; /* bytes */
    bool big;
    const char *mark;
} forms[] = {
    [WIDE_NONE] = {"", 1, false, ""},
    [WIDE_UTF16LE] = {"UTF-16LE", 2, false, "\xFF\xFE"},
    [WIDE_UTF16BE] = {"UTF-16BE", 2, true, "\xFE\xFF"},
    [WIDE_UTF32LE] = {"UTF-32LE", 4, false, "\xFF\xFE\0\0"},
    [WIDE_UTF32BE] = {"UTF-32BE", 4, true, "\0\0\xFE\xFF"},
};
/* The longer marks first: one of UTF-32LE begins with one of UTF-16LE. */
static const enum wide by_mark[] = {WIDE_UTF32LE, WIDE_UTF32BE, WIDE_UTF16LE, WIDE_UTF16BE};

const char *wide_name(enum wide wide)
{
    return forms[wide].name;
}

enum wide wide_marked(const char *bytes, size_t len, size_t *skip)
{
    for (size_t i = 0; i < ARRAY_LEN(by_mark); i++) {
        *skip = forms[by_mark[i]].unit;
        if (len >= *skip && memcmp(bytes, forms[by_mark[i]].mark, *skip) == 0)
            return by_mark[i];
    }
    *skip = 0;
    return WIDE_NONE;
}

static int32_t unit_at(enum wide wide, const unsigned char *bytes)
{
    uint32_t value = 0;
    unsigned n = forms[wide].unit;
    for (unsigned i = 0; i < n; i++)
        value = value << 8 | bytes[forms[wide].big ? i : n - 1 - i];
    return value > 0x10FFFF ? UTF8_BAD : (int32_t)value;
}

/* The character at *at, which is moved behind it; UTF8_BAD for what is none. */
static int32_t wide_next(enum wide wide, const char *bytes, size_t len, size_t *at)
{
    unsigned unit = forms[wide].unit;
    const unsigned char *from = (const unsigned char *)bytes + *at;
    if (len - *at < unit) {
        *at = len;
        return UTF8_BAD;
    }
    int32_t c = unit_at(wide, from);
    *at += unit;
    if (c < 0xD800 || c > 0xDFFF)
        return c;
    if (unit == 4 || c >= 0xDC00 || len - *at < unit)
        return UTF8_BAD;
    int32_t low = unit_at(wide, from + unit);
    if (low < 0xDC00 || low > 0xDFFF)
        return UTF8_BAD;
    *at += unit;
    return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
}

void wide_decode(enum wide wide, const char *bytes, size_t len, struct buf *out, size_t *n_bad)
{
    for (size_t at = 0; at < len;) {
        int32_t c = wide_next(wide, bytes, len, &at);
        if (c == UTF8_BAD) {
            (*n_bad)++;
            c = UTF8_REPLACED;
        }
        utf8proc_uint8_t utf8[UTF8_MAX_LEN];
        buf_append(out, utf8, (size_t)utf8proc_encode_char(c, utf8));
    }
}

/* What texts are made of: assigned characters, and of the controls only those that lay out. */
static bool is_text(int32_t c)
{
    if (c == '\t' || c == '\n' || c == '\r' || c == '\f')
        return true;
    if (c == UTF8_BAD)
        return false;
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
        return false;
    default:
        return true;
    }
}

/* How many plain ASCII characters the form finds, -1 when the bytes make no text in it. */
static long weigh(enum wide wide, const char *bytes, size_t len)
{
    long n = 0, odd = 0, ascii = 0;
    for (size_t at = 0; at < len; n++) {
        int32_t c = wide_next(wide, bytes, len, &at);
        odd += !is_text(c);
        ascii += c >= 0 && c < 0x80;
    }
    return odd * 100 > n || ascii == 0 ? -1 : ascii;
}

enum wide wide_guess(const char *bytes, size_t len)
{
    if (len > GUESS_BYTES)
        len = GUESS_BYTES;
    enum wide best = WIDE_NONE;
    long best_weight = 0;
    for (size_t i = 0; i < ARRAY_LEN(by_mark); i++) {
        long weight = len % forms[by_mark[i]].unit ? -1 : weigh(by_mark[i], bytes, len);
        if (weight > best_weight) {
            best = by_mark[i];
            best_weight = weight;
        }
    }
    return best;
}
