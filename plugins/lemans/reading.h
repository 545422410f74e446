/*
 * A document as the other steps read it: its words with what stands before each (a comma, a quote,
 * a hyphen), how they are written (capital, number), and whether they are somebody's direct speech;
 * its sentences, put together again where an initial ("D. Leung") cut them.
 *
 * At most READING_MAX_WORDS words are read: a news item has a few hundred, and what is longer than
 * that many is an archive, in which a story at the end is no news.
 */
#ifndef LEMANS_READING_H
#define LEMANS_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tocsin/plugin.h>

#define READING_MAX_WORDS 100000u

enum token_flag {
    TOKEN_CAPITAL = 1, /* begins with an upper-case letter */
    TOKEN_UPPER = 2,   /* two letters or more, all of them upper-case */
    TOKEN_NUMBER = 4,  /* decimal digits only */
    TOKEN_QUOTED = 8,  /* within quotation marks */
    TOKEN_TITLE = 16,  /* in a line all in capitals, whose capitals say nothing */
};

/* What stands between the word before and this one. */
enum gap {
    GAP_SPACE = 1,
    GAP_COMMA = 2,
    GAP_STOP = 4, /* . ! ? */
    GAP_COLON = 8,
    GAP_SEMICOLON = 16,
    GAP_HYPHEN = 32,
    GAP_DASH = 64,
    GAP_APOSTROPHE = 128,
    GAP_QUOTE = 256,
    GAP_PAREN = 512,
    GAP_HASH = 1024,
    GAP_LINE = 2048,
    GAP_AT = 4096,
    GAP_AMPERSAND = 8192,
    GAP_SLASH = 16384,
    GAP_OTHER = 32768,
};
/* A name does not run over these. */
#define GAP_WALL                                                                                   \
    (GAP_COMMA | GAP_COLON | GAP_SEMICOLON | GAP_DASH | GAP_QUOTE | GAP_PAREN | GAP_HASH |         \
     GAP_LINE | GAP_AT | GAP_AMPERSAND | GAP_SLASH | GAP_OTHER)

struct token {
    const char *folded;
    uint32_t folded_len;
    uint32_t start, end; /* bytes of the text */
    uint32_t sentence;
    uint16_t gap;
    uint16_t flags;
};

struct sentence {
    uint32_t first, end; /* tokens */
    uint32_t paragraph;
    bool question;
};

struct reading {
    const char *text;
    size_t len;
    int32_t date;                    /* YYYYMMDD */
    const struct tocsin_word *words; /* of the tokens */
    struct token *tokens;
    size_t n_tokens;
    struct sentence *sentences;
    size_t n_sentences;
};

/* Words and sentences are the document's (<tocsin/text.h>); the text must outlive the reading. A
 * header ` date YYYY-MM-DD ` is not part of what is read; it sets the date when `date` is 0. */
void reading_init(struct reading *reading, const char *text, size_t len,
                  const struct tocsin_word *words, size_t n_words,
                  const struct tocsin_span *sentences, size_t n_sentences, int32_t date);
void reading_deinit(struct reading *reading);

bool token_is(const struct token *token, const char *folded);
/* Written as one with the word before: "Hunter-Reay", "O'Ward". */
bool token_joined(const struct token *token);
/* "D" */
bool token_initial(const struct token *token);
/* The number that a TOKEN_NUMBER is, -1 when it is none or has more than six digits. */
int token_number(const struct token *token);
/* The text of tokens [first, end) as it is written; the caller frees it. */
char *reading_text(const struct reading *reading, size_t first, size_t end);

#endif
