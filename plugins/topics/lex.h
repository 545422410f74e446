/* The query language's tokens; see tocsin-query(7). */
#ifndef TOCSIN_TOPICS_LEX_H
#define TOCSIN_TOPICS_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

#define QUERY_ERROR_MAX 256

/* What is wrong with a query: where (a byte offset), what, and how to mend it. */
struct query_error {
    size_t at;
    char text[QUERY_ERROR_MAX];
    char hint[QUERY_ERROR_MAX];
};

enum token_kind {
    TOKEN_END,
    TOKEN_TERM,   /* a word as typed, or a quoted phrase */
    TOKEN_PREFIX, /* title: stem: new: and so on, before what it is about */
    TOKEN_TEST,   /* date: words: lang: with a value */
    TOKEN_LIST,   /* @name */
    TOKEN_REGEX,  /* /.../ */
    TOKEN_OPEN,   /* ( */
    TOKEN_CLOSE,  /* ) */
    TOKEN_COMMA,  /* , where items are listed */
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,   /* NOT, or a - before what it refuses */
    TOKEN_NEAR,  /* NEAR/number or ADJ/number */
    TOKEN_SCOPE, /* SENTENCE or PARAGRAPH, before ( */
    TOKEN_OF,    /* number OF, before ( */
};

/* The names that stand before a colon. */
enum prefix {
    PREFIX_TITLE,
    PREFIX_PATH,
    PREFIX_SOURCE,
    PREFIX_TYPE,
    PREFIX_STEM,
    PREFIX_NEW,
    PREFIX_DATE,
    PREFIX_WORDS,
    PREFIX_LANG,
    N_PREFIXES,
};

struct token {
    enum token_kind kind;
    size_t start, end;           /* in the query */
    size_t text_start, text_end; /* of a term, list, regex or test: what it is about */
    enum prefix prefix;          /* of PREFIX and TEST */
    bool quoted, exact, first;   /* of a term: "..", =, ^ */
    bool ordered;                /* of NEAR: it is ADJ */
    bool paragraph;              /* of SCOPE */
    bool any_case;               /* of a regex */
    bool has_number;             /* of a term: ~number follows */
    uint32_t number;             /* that, or of NEAR and OF */
};

struct lexer {
    const char *query;
    size_t len;
    size_t at;
    unsigned listing; /* items are being listed: commas separate */
};

/* 0, or -1 with `error` filled. After TOKEN_END it goes on giving TOKEN_END. */
int lex_next(struct lexer *lexer, struct token *token, struct query_error *error);
/* lex_word.c: all that begins as a bare word does; token->start is set. */
int lex_word(struct lexer *lexer, struct token *token, struct query_error *error);

/* The character at `at`, UTF8_BAD at the end. */
int32_t lex_peek(const struct lexer *lexer, size_t at);
/* Also what word processors and phones make of a ". */
bool lex_is_quote(int32_t c);
/* Digits from `at` up to `end`; -1 when there are none, others, or too many. */
int64_t lex_number(const char *query, size_t at, size_t end);

/* Fills the error; returns -1. */
int query_fail(struct query_error *error, size_t at, const char *hint, const char *fmt, ...)
    PRINTF(4, 5);

#endif
