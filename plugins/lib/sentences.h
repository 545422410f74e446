/* Where sentences begin: the layers of sentences.c, for its tests. */
#ifndef TOCSIN_LIB_SENTENCES_H
#define TOCSIN_LIB_SENTENCES_H

#include <stdbool.h>
#include <stddef.h>

enum sentences_style {
    SENTENCES_PLAIN, /* UAX #29 to the letter */
    SENTENCES_PROSE, /* with lines joined that were only wrapped, and abbreviations kept whole */
};

/* Calls `found` with each place where a sentence ends, in ascending order, the last being len. */
void sentences_find(const char *text, size_t len, enum sentences_style style,
                    void (*found)(void *arg, size_t end), void *arg);

/* abbrev.c: does the full stop at `dot` belong to the word before it, so that what begins at `next`
 * is the same sentence? */
bool abbrev_holds(const char *text, size_t len, size_t dot, size_t next);

/* lines.c: is a newline only the place where a line was wrapped? */
struct lines {
    const char *text;
    size_t len;
    size_t start, end; /* of the run of lines without an empty one that was looked at last */
    size_t width;      /* of its longest line, in characters */
};
/* Newlines are asked for in ascending order; `newline` is the place of a '\n'. */
bool lines_wrapped(struct lines *lines, size_t newline);

#endif
