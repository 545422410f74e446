/* What is said on standard error: names and queries of strangers, which must not steer a terminal.
 */
#include "batch/batch.h"

#include <stdarg.h>
#include <stdio.h>

#include "lib/utf8.h"

void say_lines(const char *text)
{
    size_t len = strlen(text);
    for (size_t at = 0; at < len;) {
        size_t from = at;
        int32_t c = utf8_next(text, len, &at);
        bool control = c < 0x20 ? c != '\n' : c >= 0x7F && c < 0xA0;
        if (c == UTF8_BAD || control || utf8_is_bidi_control(c))
            fputc('?', stderr);
        else
            fwrite(text + from, 1, at - from, stderr);
    }
}

void say_complaint(const char *fmt, ...)
{
    AUTO_FREE char *text = NULL;
    va_list args;
    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0)
        text = NULL;
    va_end(args);
    AUTO_FREE char *line = mem_printf("tocsinctl: %s\n", text ? text : "out of memory");
    say_lines(line);
}

void say_diags(const struct diags *diags)
{
    AUTO_BUF struct buf text = {0};
    diags_print(diags, &text);
    say_lines(buf_text(&text));
}

void put_safe(const char *text)
{
    AUTO_FREE char *shown = tocsin_display(text, strlen(text));
    fputs(shown, stdout);
}
