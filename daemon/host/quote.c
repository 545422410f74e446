/* Cutting quotes out of a document's text; see quote.h. Offsets are bytes throughout. */
#include "host/quote.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "lib/utf8.h"

#define ELLIPSIS "\xE2\x80\xA6"
/* So far a cut may move to fall between words. */
#define WORD_BYTES 40

struct span {
    size_t start, end;
};

static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

static struct span on_characters(const char *text, size_t len, struct span span)
{
    while (span.start > 0 && !begins_character(text[span.start]))
        span.start--;
    while (span.end < len && !begins_character(text[span.end]))
        span.end++;
    return span;
}

static bool only_space_between(const char *text, size_t start, size_t end)
{
    for (size_t at = start; at < end;)
        if (!utf8_is_space(utf8_next(text, end, &at)))
            return false;
    return true;
}

/* Whether `next` carries `span` on: it overlaps it, touches it, or only white space parts them. */
static bool joins(const char *text, const struct span *span, const struct span *next)
{
    return next->start >= span->start && next->start <= span->end + WORD_BYTES &&
           (next->start <= span->end || only_space_between(text, span->end, next->start));
}

/* The first sentence that ends behind `at`; n when there is none. */
static size_t sentence_at(const struct tocsin_span *sentences, size_t n, size_t at)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sentences[middle].end > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The sentences that the evidence touches, or the evidence itself between sentences. */
static struct span around(const struct tocsin_document *document, const struct span *mark)
{
    size_t n;
    const struct tocsin_span *sentences = tocsin_document_sentences(document, &n);
    struct span whole = *mark;
    for (size_t i = sentence_at(sentences, n, mark->start); i < n && sentences[i].start < mark->end;
         i++) {
        if (sentences[i].start < whole.start)
            whole.start = sentences[i].start;
        if (sentences[i].end > whole.end)
            whole.end = sentences[i].end;
    }
    return whole;
}

/* Moves a cut forward, at most WORD_BYTES, to where a word begins. */
static size_t cut_forward(const char *text, size_t from, size_t bound)
{
    for (size_t at = from; at < bound && at < from + WORD_BYTES; at++)
        if (text[at] == ' ' || text[at] == '\n')
            return at + 1;
    while (from < bound && !begins_character(text[from]))
        from++;
    return from;
}

static size_t cut_back(const char *text, size_t from, size_t bound)
{
    for (size_t at = from; at > bound && at + WORD_BYTES > from; at--)
        if (text[at] == ' ' || text[at] == '\n')
            return at;
    while (from > bound && !begins_character(text[from]))
        from--;
    return from;
}

/* What of `whole` is shown: QUOTE_MAX_BYTES around the mark, a little more before it than behind
 * when it could be either. */
static struct span shown(const char *text, struct span whole, const struct span *mark)
{
    if (whole.end - whole.start <= QUOTE_MAX_BYTES)
        return whole;
    size_t marked = mark->end - mark->start;
    if (marked >= QUOTE_MAX_BYTES)
        return (struct span){mark->start,
                             cut_back(text, mark->start + QUOTE_MAX_BYTES, mark->start)};
    size_t before = (QUOTE_MAX_BYTES - marked) / 2;
    struct span out = whole;
    if (mark->start - whole.start > before)
        out.start = mark->start - before;
    if (whole.end - out.start <= QUOTE_MAX_BYTES)
        out.start = whole.end - QUOTE_MAX_BYTES;
    else
        out.end = out.start + QUOTE_MAX_BYTES;
    if (out.start > whole.start)
        out.start = cut_forward(text, out.start, mark->start);
    if (out.end < whole.end)
        out.end = cut_back(text, out.end, mark->end);
    return out;
}

/* Had the document all of it before this change? */
static bool was_before(const struct tocsin_document *document, const struct span *mark)
{
    if (!document->before)
        return false;
    size_t n;
    const struct tocsin_span *added = tocsin_document_added(document, &n);
    for (size_t i = 0; i < n; i++) {
        if (added[i].start < mark->end && mark->start < added[i].end)
            return false;
    }
    return true;
}

static struct ipc_quote quote_of(const struct tocsin_document *document, const struct span *mark)
{
    struct span whole = around(document, mark);
    struct span part = shown(document->text, whole, mark);
    struct buf text = {0};
    if (part.start > whole.start)
        buf_puts(&text, ELLIPSIS);
    size_t offset = text.len;
    buf_append(&text, document->text + part.start, part.end - part.start);
    for (size_t i = offset; i < text.len; i++)
        if (text.data[i] == '\n' || text.data[i] == '\r' || text.data[i] == '\t')
            text.data[i] = ' ';
    size_t end = mark->end < part.end ? mark->end : part.end;
    if (part.end < whole.end)
        buf_puts(&text, ELLIPSIS);
    return (struct ipc_quote){.is_old = was_before(document, mark),
                              .start = (uint32_t)mark->start,
                              .end = (uint32_t)mark->end,
                              .mark_start = (uint32_t)(offset + mark->start - part.start),
                              .mark_end = (uint32_t)(offset + end - part.start),
                              .quote = buf_take(&text)};
}

struct ipc_quotes quotes_make(const struct tocsin_document *document,
                              const struct tocsin_finding *finding)
{
    struct span *marks = NEW_N(struct span, finding->n_evidence);
    size_t n = 0;
    for (size_t i = 0; i < finding->n_evidence; i++) {
        struct span next = {finding->evidence[i].start, finding->evidence[i].end};
        next = on_characters(document->text, document->len, next);
        if (n && joins(document->text, &marks[n - 1], &next))
            marks[n - 1].end = next.end > marks[n - 1].end ? next.end : marks[n - 1].end;
        else
            marks[n++] = next;
    }
    struct ipc_quote *items = NEW_N(struct ipc_quote, n);
    for (size_t i = 0; i < n; i++)
        items[i] = quote_of(document, &marks[i]);
    free(marks);
    return (struct ipc_quotes){.n = (uint32_t)n, .items = items};
}

bool quotes_are_old(const struct ipc_quotes *quotes)
{
    for (uint32_t i = 0; i < quotes->n; i++) {
        if (!quotes->items[i].is_old)
            return false;
    }
    return quotes->n > 0;
}

void quotes_are_news(struct ipc_quotes *quotes)
{
    struct ipc_quote *items = (struct ipc_quote *)(uintptr_t)quotes->items;
    for (uint32_t i = 0; i < quotes->n; i++)
        items[i].is_old = 0;
}

void quotes_free(struct ipc_quotes *quotes)
{
    struct ipc_quote *items = (struct ipc_quote *)(uintptr_t)quotes->items;
    for (uint32_t i = 0; i < quotes->n; i++)
        free((char *)(uintptr_t)items[i].quote);
    free(items);
    *quotes = (struct ipc_quotes){0};
}
