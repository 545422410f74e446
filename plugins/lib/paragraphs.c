/*
 * Paragraphs: runs of lines between empty ones. An empty line holds nothing but white space.
 *
 * Also where the words of a span are found, for paragraphs.c and sentences.c alike.
 */
#include <string.h>

#include "base/mem.h"
#include "lib/spans.h"
#include "lib/utf8.h"

void spans_add(struct spans_maker *maker, const char *text, size_t start, size_t end)
{
    while (start < end) {
        size_t next = start;
        if (!utf8_is_space(utf8_next(text, end, &next)))
            break;
        start = next;
    }
    size_t last = start; /* behind the last character that is no space */
    for (size_t at = start; at < end;)
        if (!utf8_is_space(utf8_next(text, end, &at)))
            last = at;
    if (start == last)
        return;

    const struct tocsin_words *words = maker->words;
    while (words && maker->word < words->n && words->words[maker->word].start < start)
        maker->word++;
    size_t first_word = maker->word;
    while (words && maker->word < words->n && words->words[maker->word].start < last)
        maker->word++;
    if (maker->spans.n == maker->cap)
        maker->spans.spans = mem_grow(maker->spans.spans, &maker->cap, maker->spans.n + 1,
                                      sizeof(*maker->spans.spans));
    maker->spans.spans[maker->spans.n++] = (struct tocsin_span){
        .start = (uint32_t)start,
        .end = (uint32_t)last,
        .first_word = (uint32_t)first_word,
        .end_word = (uint32_t)maker->word,
    };
}

size_t line_end(const char *text, size_t len, size_t at)
{
    const char *newline = at < len ? memchr(text + at, '\n', len - at) : NULL;
    return newline ? (size_t)(newline - text) + 1 : len;
}

bool line_is_empty(const char *text, size_t start, size_t end)
{
    for (size_t at = start; at < end;)
        if (!utf8_is_space(utf8_next(text, end, &at)))
            return false;
    return true;
}

void tocsin_paragraphs_make(const char *text, size_t len, const struct tocsin_words *words,
                            struct tocsin_spans *spans)
{
    struct spans_maker maker = {.words = words};
    size_t start = 0; /* of the paragraph */
    for (size_t at = 0; at < len;) {
        size_t end = line_end(text, len, at);
        if (line_is_empty(text, at, end)) {
            spans_add(&maker, text, start, at);
            start = end;
        }
        at = end;
    }
    spans_add(&maker, text, start, len);
    *spans = maker.spans;
}

void tocsin_spans_free(struct tocsin_spans *spans)
{
    free(spans->spans);
    *spans = (struct tocsin_spans){0};
}
