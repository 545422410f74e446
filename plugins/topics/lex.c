/*
 * From the text of a query to tokens: signs, phrases and regular expressions. Words, and the
 * operators that are written as words, are in lex_word.c.
 */
#include "topics/lex.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/utf8.h"

int query_fail(struct query_error *error, size_t at, const char *hint, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    vsnprintf(error->text, sizeof(error->text), fmt, va);
    va_end(va);
    snprintf(error->hint, sizeof(error->hint), "%s", hint);
    error->at = at;
    return -1;
}

bool lex_is_quote(int32_t c)
{
    return c == '"' || (c >= 0x201C && c <= 0x201F);
}

int32_t lex_peek(const struct lexer *lexer, size_t at)
{
    return at < lexer->len ? utf8_next(lexer->query, lexer->len, &at) : UTF8_BAD;
}

int64_t lex_number(const char *query, size_t at, size_t end)
{
    int64_t number = at < end && end - at < 10 ? 0 : -1;
    for (; number >= 0 && at < end; at++)
        number = query[at] >= '0' && query[at] <= '9' ? number * 10 + (query[at] - '0') : -1;
    return number;
}

/* ~number behind a phrase. */
static int lex_within(struct lexer *lexer, struct token *token, struct query_error *error)
{
    if (lexer->at >= lexer->len || lexer->query[lexer->at] != '~')
        return 0;
    size_t start = lexer->at + 1, end = start;
    while (end < lexer->len && lexer->query[end] >= '0' && lexer->query[end] <= '9')
        end++;
    int64_t number = lex_number(lexer->query, start, end);
    if (number < 0)
        return query_fail(error, lexer->at, "write within how many words: \"two words\"~5",
                          "this ~ has no number");
    token->has_number = true;
    token->number = (uint32_t)number;
    lexer->at = token->end = end;
    return 0;
}

/* lexer->at is at the quote. */
static int lex_phrase(struct lexer *lexer, struct token *token, struct query_error *error)
{
    size_t open = lexer->at, at = open;
    utf8_next(lexer->query, lexer->len, &at);
    token->kind = TOKEN_TERM;
    token->quoted = true;
    token->text_start = at;
    for (; at < lexer->len; utf8_next(lexer->query, lexer->len, &at))
        if (lex_is_quote(lex_peek(lexer, at)))
            break;
    if (at >= lexer->len)
        return query_fail(error, open, "close it with another \"", "this quote is never closed");
    token->text_end = at;
    utf8_next(lexer->query, lexer->len, &at);
    lexer->at = token->end = at;
    return lex_within(lexer, token, error);
}

static bool ends_here(const struct lexer *lexer)
{
    int32_t c = lex_peek(lexer, lexer->at);
    return lexer->at >= lexer->len || utf8_is_space(c) || c == ')' || (c == ',' && lexer->listing);
}

static int lex_regex(struct lexer *lexer, struct token *token, struct query_error *error)
{
    size_t at = token->start + 1;
    while (at < lexer->len && lexer->query[at] != '/')
        at += lexer->query[at] == '\\' && at + 1 < lexer->len ? 2 : 1;
    if (at >= lexer->len)
        return query_fail(error, token->start,
                          "close it with another /, or put it in quotes to look for the words",
                          "this regular expression is never closed");
    token->kind = TOKEN_REGEX;
    token->text_start = token->start + 1;
    token->text_end = at++;
    token->any_case = at < lexer->len && lexer->query[at] == 'i';
    lexer->at = token->end = at + token->any_case;
    if (token->text_start == token->text_end)
        return query_fail(error, token->start, "write what to look for between the two /",
                          "this regular expression is empty");
    if (!ends_here(lexer))
        return query_fail(error, lexer->at,
                          "behind it only an i may stand, for any case; put a path in quotes",
                          "this does not belong behind a /regular expression/");
    return 0;
}

/* ^ and = before a word or phrase. */
static int lex_marks(struct lexer *lexer, struct token *token, struct query_error *error)
{
    for (; lexer->at < lexer->len; lexer->at++) {
        char c = lexer->query[lexer->at];
        bool *mark = c == '^' ? &token->first : c == '=' ? &token->exact : NULL;
        if (!mark)
            break;
        if (*mark)
            return query_fail(error, lexer->at, "once is enough", "this %c is there twice", c);
        *mark = true;
    }
    if (ends_here(lexer) || lexer->query[lexer->at] == '(')
        return query_fail(error, token->start, "write it directly before a word or a phrase",
                          "this %c marks nothing", lexer->query[token->start]);
    return 0;
}

static int lex_sign(struct lexer *lexer, struct token *token, struct query_error *error)
{
    char c = lexer->query[lexer->at];
    token->kind = c == '('   ? TOKEN_OPEN
                  : c == ')' ? TOKEN_CLOSE
                  : c == ',' ? TOKEN_COMMA
                             : TOKEN_NOT;
    token->end = ++lexer->at;
    if (c == '-' && ends_here(lexer))
        return query_fail(error, token->start, "write it directly before a word: -word",
                          "this - refuses nothing");
    return 0;
}

int lex_next(struct lexer *lexer, struct token *token, struct query_error *error)
{
    while (lexer->at < lexer->len && utf8_is_space(lex_peek(lexer, lexer->at)))
        utf8_next(lexer->query, lexer->len, &lexer->at);
    *token = (struct token){.kind = TOKEN_END, .start = lexer->at, .end = lexer->at};
    if (lexer->at >= lexer->len)
        return 0;
    int32_t c = lex_peek(lexer, lexer->at);
    if (c == '(' || c == ')' || c == '-' || (c == ',' && lexer->listing))
        return lex_sign(lexer, token, error);
    if (c == '/')
        return lex_regex(lexer, token, error);
    if ((c == '^' || c == '=') && lex_marks(lexer, token, error) < 0)
        return -1;
    if (lex_is_quote(lex_peek(lexer, lexer->at)))
        return lex_phrase(lexer, token, error);
    return lex_word(lexer, token, error);
}
