/* URLs of files; see url.h. */
#include "base/url.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

#define SCHEME "file://"
#define HOST   "localhost"

bool url_is_of_file(const char *text)
{
    return str_starts(text, SCHEME);
}

char *url_of_file(const char *path)
{
    struct buf out = {0};
    buf_puts(&out, SCHEME);
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        if (c < 0x80 && (isalnum(c) || strchr("/-._~", c)))
            buf_putc(&out, (char)c);
        else
            buf_printf(&out, "%%%02X", c);
    }
    return buf_take(&out);
}

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* The byte behind a '%'; 0 when there is none that a path may have. */
static char escaped(const char *at)
{
    int high = hex_value(at[0]);
    int low = high < 0 ? -1 : hex_value(at[1]);
    return low < 0 ? '\0' : (char)(high * 16 + low);
}

char *url_to_file(const char *url)
{
    if (!url_is_of_file(url))
        return NULL;
    const char *at = url + strlen(SCHEME);
    if (str_starts(at, HOST))
        at += strlen(HOST);
    if (*at != '/')
        return NULL;
    AUTO_BUF struct buf out = {0};
    for (; *at; at++) {
        char c = *at == '%' ? escaped(at + 1) : *at;
        if (!c)
            return NULL;
        at += *at == '%' ? 2 : 0;
        buf_putc(&out, c);
    }
    return buf_take(&out);
}
