/*
 * From the text of a token to the words that are looked for.
 *
 * Wildcards stand in words. The text is taken apart at them, the pieces are folded as documents
 * are, and what touches a wildcard from both sides is put together again as one pattern.
 */
#include <stdlib.h>
#include <string.h>
#include <tocsin/text.h>
#include <utf8proc.h>

#include "topics/terms_inner.h"

#define WILD_MAX 8 /* wildcards in one word */

int term_fail(const struct reader *reader, const char *hint, const char *what)
{
    return query_fail(reader->parser->error, reader->parser->token.start, hint, "%s", what);
}

static int add_word(struct reader *reader, struct query_word word)
{
    struct node *term = reader->term;
    if (term->n_words == QUERY_MAX_WORDS) {
        free(word.folded);
        free(word.exact);
        free(word.shown);
        return term_fail(reader, "join shorter phrases by AND", "this phrase has too many words");
    }
    term->words = mem_grow(term->words, &term->cap, term->n_words + 1, sizeof(*term->words));
    term->words[term->n_words++] = word;
    return 0;
}

size_t term_letters(const char *folded, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)folded[i] & 0xC0) != 0x80;
    return n;
}

/* ---- wildcards ---- */

int term_count_class(struct reader *reader)
{
    if (++reader->parser->n_classes <= QUERY_MAX_CLASSES)
        return 0;
    return term_fail(reader, "make two topics of it",
                     "this query has too many words with * ? or ~");
}

/* Does this word grow when a letter follows? Not in scripts where each character is a word. */
static bool can_grow(const struct tocsin_word *word)
{
    AUTO_BUF struct buf grown = {0};
    buf_append(&grown, word->folded, word->folded_len);
    buf_putc(&grown, 'a');
    struct tocsin_words words;
    tocsin_words_make(grown.data, grown.len, &words);
    bool one = words.n == 1;
    tocsin_words_free(&words);
    return one;
}

/* The pattern at hand is whole. */
static int end_pattern(struct reader *reader)
{
    struct buf *pattern = &reader->pattern;
    if (reader->wild > WILD_MAX)
        return term_fail(reader, "write fewer of them", "this word has too many wildcards");
    if (reader->letters < QUERY_WILD_LETTERS)
        return term_fail(reader, "write more of the word",
                         "a word with * or ? needs at least 2 letters");
    if (pattern->len > QUERY_MAX_WORD)
        return term_fail(reader, "write less of it", "this word is too long for a wildcard");
    struct query_word word = {.kind = WORD_WILD, .len = (uint32_t)pattern->len};
    word.folded = mem_strndup(pattern->data, pattern->len);
    buf_clear(pattern);
    reader->wild = reader->letters = 0;
    reader->star = false;
    return term_count_class(reader) < 0 ? (free(word.folded), -1) : add_word(reader, word);
}

static int add_to_pattern(struct reader *reader, const struct tocsin_word *word)
{
    if (!can_grow(word))
        return term_fail(reader, "leave the wildcard out",
                         "each character of this script is a word of its own");
    buf_append(&reader->pattern, word->folded, word->folded_len);
    reader->letters += term_letters(word->folded, word->folded_len);
    reader->star = false;
    return 0;
}

/* ---- words as they stand ---- */

/* In NFC; the caller frees it. */
static char *composed(const char *text, size_t start, size_t end)
{
    AUTO_FREE char *written = mem_strndup(text + start, end - start);
    char *nfc = (char *)utf8proc_NFC((const utf8proc_uint8_t *)written);
    return nfc ? nfc : mem_strdup(written);
}

/* Word i begins within the writing of the one before it. */
static bool shares_writing(const struct tocsin_words *words, size_t i)
{
    return i && words->words[i].start < words->words[i - 1].end;
}

static void make_exact(struct query_word *made, const struct tocsin_words *words, size_t i,
                       const char *text)
{
    const struct tocsin_word *word = &words->words[i];
    made->kind = WORD_EXACT;
    made->exact = composed(text, word->start, word->end);
    if (shares_writing(words, i))
        return;
    size_t last = i;
    while (last + 1 < words->n && shares_writing(words, last + 1))
        last++;
    made->shown = composed(text, word->start, words->words[last].end);
}

/* Word i of those of `text`. */
static int add_plain(struct reader *reader, const struct tocsin_words *words, size_t i,
                     const char *text)
{
    const struct tocsin_word *word = &words->words[i];
    struct query_word added = {.kind = reader->parser->stem ? WORD_STEM : WORD_PLAIN,
                               .len = word->folded_len};
    added.folded = mem_strndup(word->folded, word->folded_len);
    if (reader->parser->token.exact)
        make_exact(&added, words, i, text);
    return add_word(reader, added);
}

/* A piece without wildcards. `before` and `behind`: one stands there. */
static int add_piece(struct reader *reader, const char *text, size_t len, bool before, bool behind)
{
    struct tocsin_words words;
    tocsin_words_make(text, len, &words);
    int result = 0;
    bool touches = words.n && words.words[0].start == 0;
    if (before && !touches && !(behind && !len))
        result = end_pattern(reader);
    for (size_t i = 0; i < words.n && result == 0; i++) {
        const struct tocsin_word *word = &words.words[i];
        bool after_wild = before && i == 0 && touches;
        bool before_wild = behind && i + 1 == words.n && word->end == len;
        if (!after_wild && !before_wild) {
            result = add_plain(reader, &words, i, text);
            continue;
        }
        result = add_to_pattern(reader, word);
        if (result == 0 && !before_wild)
            result = end_pattern(reader);
    }
    if (result == 0 && behind && !reader->pattern.len)
        result = term_fail(reader, "write the beginning of the word before it: entr*",
                           "a * or ? stands only in a word or at its end");
    tocsin_words_free(&words);
    return result;
}

static void add_wildcard(struct reader *reader, char c)
{
    if (c == '*' && reader->star)
        return;
    buf_putc(&reader->pattern, c);
    reader->star = c == '*';
    reader->wild++;
}

static bool is_wildcard(const struct reader *reader, char c)
{
    return c == '*' || (c == '?' && !reader->parser->token.quoted);
}

int term_read_words(struct reader *reader, const char *text, size_t len)
{
    bool before = false;
    for (size_t at = 0;;) {
        size_t end = at;
        while (end < len && !is_wildcard(reader, text[end]))
            end++;
        if (add_piece(reader, text + at, end - at, before, end < len) < 0)
            return -1;
        if (end == len)
            return 0;
        add_wildcard(reader, text[end]);
        at = end + 1;
        before = true;
    }
}
