/* What the makers of spans (sentences.c, paragraphs.c, diff.c) share. */
#ifndef TOCSIN_LIB_SPANS_H
#define TOCSIN_LIB_SPANS_H

#include <stdbool.h>
#include <stdlib.h>
#include <tocsin/text.h>

struct spans_maker {
    struct tocsin_spans spans;
    size_t cap;
    const struct tocsin_words *words; /* of the same text; NULL: spans without words */
    size_t word;                      /* the first that is in no span yet */
};

/* The bytes [start, end) without the white space around; nothing if nothing is left. Spans come in
 * ascending order. */
void spans_add(struct spans_maker *maker, const char *text, size_t start, size_t end);
/* Behind the newline that ends the line at `at`, or the end of the text. */
size_t line_end(const char *text, size_t len, size_t at);
bool line_is_empty(const char *text, size_t start, size_t end);

#endif
