/*
 * The sentences of a text: the rules of UAX #29 (Unicode text segmentation, section 5.1), and above
 * them two layers for the prose that people write.
 *
 *   lines.c    A newline ends a sentence, as UAX #29 says, unless the line was only wrapped there;
 *              then it counts as a space. An empty line always ends one.
 *   abbrev.c   The full stop of a known abbreviation, an initial or an ordinal ends none.
 *
 * The rules are named as in the annex (SB3 and so on). One pass; what rule SB8 looks ahead for ends
 * at the next full stop, so the whole stays linear.
 */
#include "lib/sentences.h"

#include <tocsin/text.h>

#include "base/mem.h"
#include "lib/spans.h"
#include "lib/unicode/sentence_break.h"
#include "lib/utf8.h"

/* How far the text is in SATerm Close* Sp* (SB8 to SB11). */
enum phase { PHASE_NONE, PHASE_TERM, PHASE_CLOSE, PHASE_SPACE };

struct scanner {
    const char *text;
    size_t len;
    enum sentences_style style;
    struct lines lines;
    enum sentence_break before; /* the class of the last character, SB5 applied */
    bool begun;                 /* there is a last character */
    enum phase phase;
    enum sentence_break term;        /* ATerm or STerm, while phase is not PHASE_NONE */
    enum sentence_break before_term; /* the class before it */
    size_t term_at;
};

static enum sentence_break class_of(int32_t c)
{
    if (c < 0)
        return SENTENCE_BREAK_OTHER;
    uint8_t block = sentence_break_index[c / SENTENCE_BREAK_BLOCK];
    return (enum sentence_break)sentence_break_blocks[block][c % SENTENCE_BREAK_BLOCK];
}

/* The class of the character at *at, which is moved behind it. */
static enum sentence_break next_class(struct scanner *s, size_t *at)
{
    size_t start = *at;
    int32_t c = utf8_next(s->text, s->len, at);
    if (s->style == SENTENCES_PLAIN)
        return class_of(c);
    if (c == '\r' && *at < s->len && s->text[*at] == '\n')
        return SENTENCE_BREAK_SP;
    if (c == '\n' && lines_wrapped(&s->lines, start))
        return SENTENCE_BREAK_SP;
    return class_of(c);
}

static bool is_parasep(enum sentence_break class)
{
    return class == SENTENCE_BREAK_CR || class == SENTENCE_BREAK_LF || class == SENTENCE_BREAK_SEP;
}

static bool is_ignored(enum sentence_break class)
{
    return class == SENTENCE_BREAK_EXTEND || class == SENTENCE_BREAK_FORMAT;
}

static bool is_term(enum sentence_break class)
{
    return class == SENTENCE_BREAK_ATERM || class == SENTENCE_BREAK_STERM;
}

/* SB8: does a lower-case letter follow before any other letter or the end of a sentence? */
static bool lower_follows(const struct scanner *s, size_t at)
{
    while (at < s->len) {
        enum sentence_break class = class_of(utf8_next(s->text, s->len, &at));
        if (class == SENTENCE_BREAK_LOWER)
            return true;
        if (class == SENTENCE_BREAK_OLETTER || class == SENTENCE_BREAK_UPPER || is_parasep(class) ||
            is_term(class))
            return false;
    }
    return false;
}

/* Is there a boundary before the character of this class at `at`, after a SATerm? */
static bool ends_after_term(const struct scanner *s, enum sentence_break class, size_t at)
{
    bool aterm = s->term == SENTENCE_BREAK_ATERM;
    if (aterm && s->phase == PHASE_TERM) {
        bool cased =
            s->before_term == SENTENCE_BREAK_UPPER || s->before_term == SENTENCE_BREAK_LOWER;
        if (class == SENTENCE_BREAK_NUMERIC || (cased && class == SENTENCE_BREAK_UPPER))
            return false; /* SB6, SB7 */
    }
    if (class == SENTENCE_BREAK_SP || is_parasep(class))
        return false; /* SB9, SB10 */
    if (class == SENTENCE_BREAK_CLOSE && s->phase != PHASE_SPACE)
        return false; /* SB9 */
    if (class == SENTENCE_BREAK_SCONTINUE || is_term(class))
        return false; /* SB8a */
    if (aterm && lower_follows(s, at))
        return false; /* SB8 */
    if (aterm && s->style == SENTENCES_PROSE && s->term_at + 1 < at &&
        abbrev_holds(s->text, s->len, s->term_at, at))
        return false;
    return true; /* SB11 */
}

static bool is_boundary(const struct scanner *s, enum sentence_break class, size_t at)
{
    if (!s->begun)
        return false;
    if (is_parasep(s->before)) /* SB3, SB4 */
        return !(s->before == SENTENCE_BREAK_CR && class == SENTENCE_BREAK_LF);
    if (is_ignored(class) || s->phase == PHASE_NONE) /* SB5, SB998 */
        return false;
    return ends_after_term(s, class, at);
}

static void advance(struct scanner *s, enum sentence_break class, size_t at)
{
    if (is_term(class)) {
        s->phase = PHASE_TERM;
        s->term = class;
        s->term_at = at;
        s->before_term = s->begun ? s->before : SENTENCE_BREAK_OTHER;
    } else if (s->phase != PHASE_NONE && class == SENTENCE_BREAK_SP) {
        s->phase = PHASE_SPACE;
    } else if (class == SENTENCE_BREAK_CLOSE &&
               (s->phase == PHASE_TERM || s->phase == PHASE_CLOSE)) {
        s->phase = PHASE_CLOSE;
    } else {
        s->phase = PHASE_NONE;
    }
    s->before = class;
    s->begun = true;
}

void sentences_find(const char *text, size_t len, enum sentences_style style,
                    void (*found)(void *arg, size_t end), void *arg)
{
    struct scanner s = {.text = text, .len = len, .style = style};
    s.lines = (struct lines){.text = text, .len = len};
    for (size_t at = 0; at < len;) {
        size_t start = at;
        enum sentence_break class = next_class(&s, &at);
        if (is_boundary(&s, class, start))
            found(arg, start);
        /* SB5: what extends a character changes nothing, but at the start or after SB4's break. */
        if (!is_ignored(class) || !s.begun || is_parasep(s.before))
            advance(&s, class, start);
    }
    if (len)
        found(arg, len);
}

struct collector {
    struct spans_maker maker;
    const char *text;
    size_t start;
};

static void collect(void *arg, size_t end)
{
    struct collector *collector = arg;
    spans_add(&collector->maker, collector->text, collector->start, end);
    collector->start = end;
}

void tocsin_sentences_make(const char *text, size_t len, const struct tocsin_words *words,
                           struct tocsin_spans *spans)
{
    struct collector collector = {.maker.words = words, .text = text};
    sentences_find(text, len, SENTENCES_PROSE, collect, &collector);
    *spans = collector.maker.spans;
}
