/* The date and the title of a document; see header.h. */
#include "host/header.h"

#include <stdlib.h>
#include <string.h>
#include <tocsin/text.h>

#include "base/str.h"
#include "host/decode.h"
#include "lib/utf8.h"

#define INTRODUCTION " date "
#define DATE_BYTES   10 /* YYYY-MM-DD */
#define TITLE_CHARS  120
/* No title is looked for in more than this of a line. */
#define LINE_BYTES 4096

static bool is_digits_of_date(const char *at)
{
    for (size_t i = 0; i < DATE_BYTES; i++) {
        bool dash = i == 4 || i == 7;
        if (dash ? at[i] != '-' : at[i] < '0' || at[i] > '9')
            return false;
    }
    return true;
}

struct header header_parse(const char *text, size_t len, struct buf *note)
{
    struct header none = {0};
    size_t before = strlen(INTRODUCTION);
    if (len < before + DATE_BYTES || memcmp(text, INTRODUCTION, before) != 0 ||
        !is_digits_of_date(text + before))
        return none;
    size_t end = before + DATE_BYTES;
    if (end < len && !strchr(" \t\r\n", text[end]))
        return none;
    struct header header = {.len = end < len && text[end] == ' ' ? end + 1 : end};
    if (!str_date_parse(text + before, DATE_BYTES, &header.date)) {
        note_add(note, "the header's date %.*s is no day", DATE_BYTES, text + before);
        return none;
    }
    return header;
}

/* The first line that holds more than white space: [*start, result). */
static size_t first_line(const char *text, size_t len, size_t *start)
{
    size_t at = 0;
    while (at < len) {
        size_t from = at;
        if (!utf8_is_space(utf8_next(text, len, &at))) {
            *start = from;
            const char *end = memchr(text + from, '\n', len - from);
            return end ? (size_t)(end - text) : len;
        }
    }
    *start = len;
    return len;
}

static size_t first_sentence(const char *line, size_t len)
{
    struct tocsin_words words;
    struct tocsin_spans sentences;
    tocsin_words_make(line, len, &words);
    tocsin_sentences_make(line, len, &words, &sentences);
    size_t end = sentences.n ? sentences.spans[0].end : len;
    tocsin_spans_free(&sentences);
    tocsin_words_free(&words);
    return end;
}

static size_t count_chars(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t at = 0; at < len; n++)
        utf8_next(text, len, &at);
    return n;
}

char *header_title(const char *text, size_t len, const char *media_type)
{
    size_t start;
    size_t end = first_line(text, len, &start);
    if (str_equal(media_type, "text/markdown"))
        while (start < end && (text[start] == '#' || text[start] == ' '))
            start++;
    size_t line = end - start;
    if (line > LINE_BYTES) {
        line = 0;
        for (size_t at = start; at < start + LINE_BYTES - UTF8_MAX_LEN; line = at - start)
            utf8_next(text, len, &at);
    }
    if (count_chars(text + start, line) > TITLE_CHARS)
        line = first_sentence(text + start, line);
    AUTO_FREE char *shown = tocsin_display(text + start, line);
    return tocsin_shorten(shown, TITLE_CHARS);
}
