/* See writing.h. */
#include "writing.h"

#include <utf8proc.h>

#include "base/mem.h"

static const struct {
    utf8proc_int32_t c;
    uint16_t gap;
} gap_table[] = {
    {' ', GAP_SPACE},
    {'\t', GAP_SPACE},
    {0xa0, GAP_SPACE},
    {0x202f, GAP_SPACE},
    {0x2009, GAP_SPACE},
    {',', GAP_COMMA},
    {'.', GAP_STOP},
    {'!', GAP_STOP},
    {'?', GAP_STOP},
    {0x2026, GAP_STOP},
    {':', GAP_COLON},
    {';', GAP_SEMICOLON},
    {'-', GAP_HYPHEN},
    {0x2010, GAP_HYPHEN},
    {0x2011, GAP_HYPHEN},
    {0x2013, GAP_DASH},
    {0x2014, GAP_DASH},
    {0x2212, GAP_DASH},
    {'\'', GAP_APOSTROPHE},
    {0x2019, GAP_APOSTROPHE},
    {0x2018, GAP_APOSTROPHE},
    {'"', GAP_QUOTE},
    {0x201c, GAP_QUOTE},
    {0x201d, GAP_QUOTE},
    {0x201e, GAP_QUOTE},
    {0xab, GAP_QUOTE},
    {0xbb, GAP_QUOTE},
    {'(', GAP_PAREN},
    {')', GAP_PAREN},
    {'[', GAP_PAREN},
    {']', GAP_PAREN},
    {'#', GAP_HASH},
    {'\n', GAP_LINE},
    {'\r', GAP_SPACE},
    {0x2028, GAP_LINE},
    {0x2029, GAP_LINE},
    {'@', GAP_AT},
    {'&', GAP_AMPERSAND},
    {'/', GAP_SLASH},
    {0xb0 /* n° 7 */, GAP_SPACE},
    {0xad, 0},
};

static uint16_t gap_of(utf8proc_int32_t c)
{
    for (size_t i = 0; i < ARRAY_LEN(gap_table); i++)
        if (gap_table[i].c == c)
            return gap_table[i].gap;
    return GAP_OTHER;
}

static bool quote_step(utf8proc_int32_t c, bool open)
{
    switch (c) {
    case 0x201e: /* „ only opens */
        return true;
    case 0x201d: /* ” only closes */
        return false;
    case '"':
    case 0x201c:
    case 0xab:
    case 0xbb:
        return !open;
    default:
        return open;
    }
}

/* Reads the characters between two words: their kinds, and whether a quotation is open after. */
uint16_t gap_read(const char *text, size_t from, size_t to, bool *quoted)
{
    if (to == from + 1 && text[from] == ' ')
        return GAP_SPACE;
    uint16_t gap = 0;
    while (from < to) {
        utf8proc_int32_t c = 0;
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)text + from,
                                                 (utf8proc_ssize_t)(to - from), &c);
        if (used <= 0) {
            used = 1;
            c = -1;
        }
        if (c == '\n')
            *quoted = false;
        *quoted = quote_step(c, *quoted);
        gap |= gap_of(c);
        from += (size_t)used;
    }
    return gap;
}

static int32_t letter_next(const char *text, uint32_t end, uint32_t *at)
{
    utf8proc_int32_t c = (unsigned char)text[*at];
    utf8proc_ssize_t used = 1;
    if (c >= 0x80)
        used = utf8proc_iterate((const utf8proc_uint8_t *)text + *at, (utf8proc_ssize_t)(end - *at),
                                &c);
    *at += used > 0 ? (uint32_t)used : 1;
    return used > 0 ? c : -1;
}

uint16_t token_writing(const char *text, uint32_t start, uint32_t end)
{
    bool capital = false, number = start < end, upper = true;
    int n = 0;
    for (uint32_t at = start; at < end; n++) {
        int32_t c = letter_next(text, end, &at);
        bool is_upper = c < 128 ? c >= 'A' && c <= 'Z' : utf8proc_isupper(c) != 0;
        capital = capital || (!n && is_upper);
        number = number && c >= '0' && c <= '9';
        upper = upper && is_upper;
    }
    return (uint16_t)((capital ? TOKEN_CAPITAL : 0) | (number ? TOKEN_NUMBER : 0) |
                      (upper && n > 1 ? TOKEN_UPPER : 0));
}
