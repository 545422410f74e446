/*
 * tocsin/text.h - what libtocsin-plugin offers on plain text, for plugins and their tests.
 *
 * The same functions make a document's words and sentences (tocsin/plugin.h), so that what a plugin
 * folds by itself compares equal to them.
 */
#ifndef TOCSIN_TEXT_H
#define TOCSIN_TEXT_H

#include <tocsin/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The words of a text, in order; see struct tocsin_word. Free with tocsin_words_free. */
struct tocsin_words {
    struct tocsin_word *words;
    size_t n;
    char *folded; /* what the words point into */
};
/* Text of any bytes: what is not UTF-8 is no part of a word. At most 4 GiB - 1. */
void tocsin_words_make(const char *text, size_t len, struct tocsin_words *words);
void tocsin_words_free(struct tocsin_words *words);

/* The sentences of a text; `words` are the words of the same text. Free with tocsin_spans_free. */
struct tocsin_spans {
    struct tocsin_span *spans;
    size_t n;
};
void tocsin_sentences_make(const char *text, size_t len, const struct tocsin_words *words,
                           struct tocsin_spans *spans);
/* Paragraphs: runs of lines between empty ones. */
void tocsin_paragraphs_make(const char *text, size_t len, const struct tocsin_words *words,
                            struct tocsin_spans *spans);
void tocsin_spans_free(struct tocsin_spans *spans);

/* The language that most of the commonest words at the beginning of a text are of, as in ISO 639-1:
 * "en", "fr", "de", "it" or "es"; NULL when hardly any of them is known. */
const char *tocsin_language_guess(const struct tocsin_word *words, size_t n);

/* A whole text folded as words are, words joined by one space: for comparing names. The caller
 * frees it with free(3). */
char *tocsin_fold(const char *text, size_t len);

/* The text as it may be shown to a person: C0 and C1 controls, bidirectional controls and invalid
 * bytes taken out, runs of white space made one space. The caller frees it with free(3). */
char *tocsin_display(const char *text, size_t len);

/* Cuts a text at a whole character, near `max_chars` characters, at a word if there is one in the
 * last third, with an ellipsis if anything was cut. The caller frees it with free(3). */
char *tocsin_shorten(const char *text, size_t max_chars);

/* Which parts of `now` are not in `before`, by lines and sentences after white space is normalised:
 * byte spans of `now`, in order. Free with tocsin_spans_free; words are not set. */
void tocsin_diff_added(const char *before, size_t before_len, const char *now, size_t now_len,
                       struct tocsin_spans *added);

#ifdef __cplusplus
}
#endif

#endif
