/*
 * Which newlines are only the places where a line was wrapped.
 *
 * Mail and text files break lines at some width in the middle of sentences; headlines, lists and
 * the paragraphs of web pages break them where something ends. Told apart within a run of lines
 * that no empty line interrupts:
 *
 *   - an empty line, a list's mark or a run with a line too long for wrapped text: it ends;
 *   - the next line begins with a small letter: it was wrapped;
 *   - otherwise it was wrapped if the next line's first word would not have fitted into the width
 *     of the run, which is how every program wraps. So a headline above wrapped text ends, unless
 *     it is as wide as the text itself.
 */
#include <string.h>

#include "lib/sentences.h"
#include "lib/spans.h"
#include "lib/utf8.h"

#define NARROW_CHARS 40  /* nobody wraps at less */
#define WIDE_CHARS   160 /* nobody wraps at more */
/* A person wraps a little before the width is used up. */
#define FULL_PERCENT 90

static size_t count_chars(const char *text, size_t start, size_t end)
{
    size_t n = 0;
    for (size_t at = start; at < end; at++)
        n += ((unsigned char)text[at] & 0xC0) != 0x80;
    return n;
}

/* Measures the run of lines that begins at `start`. */
static void measure(struct lines *lines, size_t start)
{
    lines->start = lines->end = start;
    lines->width = 0;
    while (lines->end < lines->len) {
        size_t end = line_end(lines->text, lines->len, lines->end);
        if (line_is_empty(lines->text, lines->end, end)) {
            lines->end = end;
            return;
        }
        size_t width = count_chars(lines->text, lines->end, end);
        if (width > lines->width)
            lines->width = width;
        lines->end = end;
    }
}

static bool is_list_mark(const char *text, size_t start, size_t end)
{
    static const char *const marks[] = {"-", "*", "+", "\u2022", "\u2013", "\u2014"};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        size_t n = strlen(marks[i]);
        if (end - start > n && !memcmp(text + start, marks[i], n) && text[start + n] == ' ')
            return true;
    }
    size_t at = start;
    while (at < end && text[at] >= '0' && text[at] <= '9')
        at++;
    return at > start && at + 1 < end && (text[at] == '.' || text[at] == ')') &&
           text[at + 1] == ' ';
}

static size_t skip(const char *text, size_t start, size_t end, bool spaces)
{
    while (start < end) {
        size_t next = start;
        if (utf8_is_space(utf8_next(text, end, &next)) != spaces)
            break;
        start = next;
    }
    return start;
}

bool lines_wrapped(struct lines *lines, size_t newline)
{
    const char *text = lines->text;
    size_t next = newline + 1;
    while (lines->end <= newline)
        measure(lines, lines->end);
    if (next >= lines->end)
        return false;
    size_t next_end = line_end(text, lines->len, next);
    size_t word = skip(text, next, next_end, true);
    if (word == next_end || is_list_mark(text, word, next_end) || lines->width > WIDE_CHARS)
        return false;
    size_t at = word;
    int32_t first = utf8_next(text, next_end, &at);
    if (first >= 0 && utf8proc_category(first) == UTF8PROC_CATEGORY_LL)
        return true;
    if (lines->width < NARROW_CHARS)
        return false;
    const char *before = newline ? memrchr(text, '\n', newline) : NULL;
    size_t line = before ? (size_t)(before - text) + 1 : 0;
    size_t word_end = skip(text, word, next_end, false);
    size_t needed = count_chars(text, line, newline) + 1 + count_chars(text, word, word_end);
    return needed * 100 > lines->width * FULL_PERCENT;
}
