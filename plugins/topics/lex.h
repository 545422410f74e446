/* The query language's tokens; see tocsin-query(7). */
#ifndef TOCSIN_TOPICS_LEX_H
#define TOCSIN_TOPICS_LEX_H

#include <stdbool.h>
#include <stddef.h>

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
    TOKEN_TERM,  /* a word as typed, or a quoted phrase */
    TOKEN_FIELD, /* title: */
    TOKEN_OPEN,  /* ( */
    TOKEN_CLOSE, /* ) */
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT, /* NOT, or a - before what it refuses */
};

struct token {
    enum token_kind kind;
    size_t start, end;           /* in the query */
    size_t text_start, text_end; /* of a term: without quotes and asterisk */
    bool prefix;                 /* of a term: its last word may go on */
};

struct lexer {
    const char *query;
    size_t len;
    size_t at;
};

/* 0, or -1 with `error` filled. After TOKEN_END it goes on giving TOKEN_END. */
int lex_next(struct lexer *lexer, struct token *token, struct query_error *error);

/* Fills the error; returns -1. */
int query_fail(struct query_error *error, size_t at, const char *hint, const char *fmt, ...)
    PRINTF(4, 5);

#endif
