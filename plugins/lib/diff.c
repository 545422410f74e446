/*
 * What is new in a text: the sentences of `now` that `before` does not have, and of those only the
 * lines that it does not have either. White space is normalised first, so that a paragraph that was
 * wrapped anew is not news; lines count too, because lists and logs have no sentences.
 */
#include <stdlib.h>
#include <string.h>
#include <tocsin/text.h>

#include "base/buf.h"
#include "base/map.h"
#include "lib/spans.h"
#include "lib/utf8.h"

/* The bytes [start, end) with every run of white space as one space, none around. */
static void normalise(struct buf *out, const char *text, size_t start, size_t end)
{
    buf_clear(out);
    for (size_t at = start; at < end;) {
        size_t from = at;
        bool space = utf8_is_space(utf8_next(text, end, &at));
        if (!space)
            buf_append(out, text + from, at - from);
        else if (out->len && out->data[out->len - 1] != ' ')
            buf_putc(out, ' ');
    }
    if (out->len && out->data[out->len - 1] == ' ')
        out->len--;
}

struct differ {
    struct map *known; /* the sentences and lines of `before`, normalised */
    struct buf scratch;
    const char *now;
    struct spans_maker added;
};

static void learn(struct differ *d, const char *text, size_t start, size_t end)
{
    normalise(&d->scratch, text, start, end);
    if (d->scratch.len)
        map_set(d->known, d->scratch.data, d->scratch.len, d);
}

static bool is_known(struct differ *d, const char *text, size_t start, size_t end)
{
    normalise(&d->scratch, text, start, end);
    return !d->scratch.len || map_get(d->known, d->scratch.data, d->scratch.len);
}

static void learn_all(struct differ *d, const char *text, size_t len)
{
    struct tocsin_spans sentences;
    tocsin_sentences_make(text, len, NULL, &sentences);
    for (size_t i = 0; i < sentences.n; i++) {
        const struct tocsin_span *sentence = &sentences.spans[i];
        learn(d, text, sentence->start, sentence->end);
        for (size_t at = sentence->start; at < sentence->end;) {
            size_t end = line_end(text, sentence->end, at);
            learn(d, text, at, end);
            at = end;
        }
    }
    tocsin_spans_free(&sentences);
    for (size_t at = 0; at < len;) {
        size_t end = line_end(text, len, at);
        learn(d, text, at, end);
        at = end;
    }
}

/* Joins what only white space divides. */
static void add(struct differ *d, size_t start, size_t end)
{
    struct tocsin_spans *spans = &d->added.spans;
    size_t n = spans->n;
    spans_add(&d->added, d->now, start, end);
    if (spans->n > n && n &&
        line_is_empty(d->now, spans->spans[n - 1].end, spans->spans[n].start)) {
        spans->spans[n - 1].end = spans->spans[n].end;
        spans->n--;
    }
}

void tocsin_diff_added(const char *before, size_t before_len, const char *now, size_t now_len,
                       struct tocsin_spans *added)
{
    struct differ d = {.known = map_new(), .now = now};
    learn_all(&d, before, before_len);
    struct tocsin_spans sentences;
    tocsin_sentences_make(now, now_len, NULL, &sentences);
    for (size_t i = 0; i < sentences.n; i++) {
        const struct tocsin_span *sentence = &sentences.spans[i];
        if (is_known(&d, now, sentence->start, sentence->end))
            continue;
        for (size_t at = sentence->start; at < sentence->end;) {
            size_t end = line_end(now, sentence->end, at);
            if (!is_known(&d, now, at, end))
                add(&d, at, end);
            at = end;
        }
    }
    tocsin_spans_free(&sentences);
    map_free(&d.known, NULL);
    buf_deinit(&d.scratch);
    *added = d.added.spans;
}
