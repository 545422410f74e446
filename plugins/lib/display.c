/*
 * Text for the eyes of a person: folded for comparing, cleaned for showing, cut to a length.
 *
 * Called by hosts and plugins on text that strangers wrote: nothing that comes out of here can
 * steer a terminal or turn a line around.
 */
#include <string.h>
#include <tocsin/text.h>

#include "base/buf.h"
#include "lib/utf8.h"

#define ELLIPSIS "\xE2\x80\xA6"

char *tocsin_fold(const char *text, size_t len)
{
    struct tocsin_words words;
    tocsin_words_make(text, len, &words);
    struct buf out = {0};
    for (size_t i = 0; i < words.n; i++) {
        if (i)
            buf_putc(&out, ' ');
        buf_append(&out, words.words[i].folded, words.words[i].folded_len);
    }
    tocsin_words_free(&words);
    return buf_take(&out);
}

static bool is_control(int32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

char *tocsin_display(const char *text, size_t len)
{
    struct buf out = {0};
    bool space = false;
    for (size_t at = 0; at < len;) {
        size_t start = at;
        int32_t c = utf8_next(text, len, &at);
        if (c == UTF8_BAD || (!utf8_is_space(c) && (is_control(c) || utf8_is_bidi_control(c))))
            continue;
        if (!utf8_is_space(c))
            buf_append(&out, text + start, at - start);
        else if (!space)
            buf_putc(&out, ' ');
        space = utf8_is_space(c);
    }
    return buf_take(&out);
}

/* Where a text may be cut. */
struct cut {
    size_t bytes; /* kept */
    bool any;
};

/* The last place at or below max_chars characters that splits no grapheme, and the last one below
 * it that ends a word and is not before min_chars. False when the text is no longer than that. */
static bool find_cuts(const char *text, size_t max_chars, size_t min_chars, struct cut *anywhere,
                      struct cut *word)
{
    size_t len = strlen(text), chars = 0;
    utf8proc_int32_t state = 0;
    int32_t before = -1;
    for (size_t at = 0; at < len; chars++) {
        size_t start = at;
        int32_t c = utf8_next(text, len, &at);
        int32_t known = c == UTF8_BAD ? UTF8_REPLACED : c;
        bool whole = before < 0 || utf8proc_grapheme_break_stateful(before, known, &state);
        if (chars <= max_chars && whole)
            *anywhere = (struct cut){.bytes = start, .any = true};
        if (chars <= max_chars && chars >= min_chars && before >= 0 && utf8_is_space(known) &&
            !utf8_is_space(before))
            *word = (struct cut){.bytes = start, .any = true};
        if (chars > max_chars)
            return true;
        before = known;
    }
    return false;
}

char *tocsin_shorten(const char *text, size_t max_chars)
{
    size_t len = strlen(text), chars = 0;
    for (size_t at = 0; at < len && chars <= max_chars; chars++)
        utf8_next(text, len, &at);
    if (chars <= max_chars)
        return mem_strdup(text);

    struct cut anywhere = {0}, word = {0};
    size_t room = max_chars ? max_chars - 1 : 0; /* the ellipsis is one of them */
    find_cuts(text, room, max_chars - max_chars / 3, &anywhere, &word);
    size_t keep = word.any ? word.bytes : anywhere.bytes;
    struct buf out = {0};
    buf_append(&out, text, keep);
    buf_puts(&out, ELLIPSIS);
    return buf_take(&out);
}
