/* Text as YAML that reads back as the same text; see value.h. */
#include <string.h>

#include "base/str.h"
#include "config/value.h"

/* Characters that no place in a plain scalar gives a meaning to. */
static bool plain_everywhere(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           strchr("/._+", c);
}

static bool plain(const char *text)
{
    if (!*text || !plain_everywhere((unsigned char)*text))
        return false;
    for (const char *c = text; *c; c++) {
        bool inner_blank = *c == ' ' && c[1] != '\0' && c[1] != ' ';
        if (!plain_everywhere((unsigned char)*c) && *c != '-' && !inner_blank)
            return false;
    }
    return true;
}

/* Characters that are no text to YAML, or a line's end, and how they are spelled in quotes. */
struct spelling {
    const char *utf8, *escape;
};

static const struct spelling spellings[] = {
    {"\"", "\\\""},
    {"\\", "\\\\"},
    {"\xe2\x80\xa8", "\\L"},
    {"\xe2\x80\xa9", "\\P"},
    {"\xef\xbb\xbf", "\\uFEFF"},
    {"\xef\xbf\xbe", "\\uFFFE"},
    {"\xef\xbf\xbf", "\\uFFFF"},
};

/* Writes one character, returns its bytes. */
static size_t write_quoted(const char *text, struct buf *out)
{
    unsigned char c = (unsigned char)text[0], c1 = (unsigned char)text[1];
    for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
        if (str_starts(text, spellings[i].utf8)) {
            buf_puts(out, spellings[i].escape);
            return strlen(spellings[i].utf8);
        }
    }
    if (c == 0xc2 && c1 >= 0x80 && c1 < 0xa0) {
        buf_printf(out, "\\x%02x", c1);
        return 2;
    }
    if (c < 0x20 || c == 0x7f)
        buf_printf(out, "\\x%02x", c);
    else
        buf_putc(out, text[0]);
    return 1;
}

void value_write_text(const char *text, struct buf *out)
{
    if (plain(text)) {
        buf_puts(out, text);
        return;
    }
    buf_putc(out, '"');
    while (*text)
        text += write_quoted(text, out);
    buf_putc(out, '"');
}

void value_write_texts(const struct config_texts *texts, struct buf *out)
{
    buf_putc(out, '[');
    for (size_t i = 0; i < texts->n; i++) {
        if (i)
            buf_puts(out, ", ");
        value_write_text(texts->items[i], out);
    }
    buf_putc(out, ']');
}
