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

/* What a plugin knows of a word that may be part of a person's name; bits. */
enum tocsin_name_word {
    TOCSIN_NAME_GIVEN = 1,  /* a given name */
    TOCSIN_NAME_NEVER = 2,  /* part of no person's name, for all its capital: "Monday", a company */
    TOCSIN_NAME_COMMON = 4, /* a common word, with a capital where a sentence begins */
};

/* What has the form of a person's name: words with a capital, with what may stand between them
 * ("Ludovico van der Berg", "D. Leung", "Patricio O'Ward", "Ryan Hunter-Reay"). A title before it
 * ("Dr", "Herr") is not in it. A single word is one of a single part: a surname, or what not. */
struct tocsin_name {
    uint32_t first, end; /* words */
    uint32_t parts;      /* words, what a hyphen or an apostrophe joins counted once */
    bool given;          /* begins with a given name or an initial */
    bool titled;         /* a title stands before it */
};
/* In order; none overlaps another. Free with tocsin_names_free. */
struct tocsin_names {
    struct tocsin_name *names;
    size_t n;
};
/* The names in a text with these words, by form alone where `knows` is NULL; it gives bits of enum
 * tocsin_name_word for words[i]. */
void tocsin_names_make(const char *text, const struct tocsin_word *words, size_t n_words,
                       unsigned (*knows)(void *arg, size_t i), void *arg,
                       struct tocsin_names *names);
void tocsin_names_free(struct tocsin_names *names);

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
