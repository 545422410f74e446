/*
 * From the text of a query to tokens.
 *
 * Called by parse.c alone. What a later version of the language means to use (~ ? @ = ^ /, NEAR and
 * its kin, other fields) is refused here with a way out, so that no stored query changes its
 * meaning one day.
 */
#include "topics/lex.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/utf8.h"

#define QUOTE_HINT "put it in quotes to look for it as it stands"

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

/* Also what word processors and phones make of it. */
static bool is_quote(int32_t c)
{
    return c == '"' || (c >= 0x201C && c <= 0x201F);
}

static int32_t peek(const struct lexer *lexer, size_t at)
{
    return at < lexer->len ? utf8_next(lexer->query, lexer->len, &at) : UTF8_BAD;
}

/* Moves `at` to the first character that ends a bare word. */
static size_t word_end(const struct lexer *lexer, size_t at)
{
    while (at < lexer->len) {
        size_t next = at;
        int32_t c = utf8_next(lexer->query, lexer->len, &next);
        if (utf8_is_space(c) || c == '(' || c == ')' || is_quote(c))
            break;
        at = next;
    }
    return at;
}

/* Takes the asterisk off the end of a term, and refuses any other. */
static int take_prefix(const struct lexer *lexer, struct token *token, struct query_error *error)
{
    const char *start = lexer->query + token->text_start;
    size_t len = token->text_end - token->text_start;
    token->prefix = len && start[len - 1] == '*';
    if (token->prefix)
        token->text_end--, len--;
    const char *star = memchr(start, '*', len);
    if (star)
        return query_fail(error, (size_t)(star - lexer->query),
                          "write what comes before it, then the *: entr*",
                          "a * stands only at the end of a word");
    return 0;
}

static int lex_phrase(struct lexer *lexer, struct token *token, struct query_error *error)
{
    size_t at = lexer->at;
    utf8_next(lexer->query, lexer->len, &at);
    token->kind = TOKEN_TERM;
    token->text_start = at;
    for (; at < lexer->len; utf8_next(lexer->query, lexer->len, &at))
        if (is_quote(peek(lexer, at)))
            break;
    if (at >= lexer->len)
        return query_fail(error, token->start, "close it with another \"",
                          "this quote is never closed");
    token->text_end = at;
    utf8_next(lexer->query, lexer->len, &at);
    lexer->at = token->end = at;
    return take_prefix(lexer, token, error);
}

static bool equals(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && !memcmp(text, word, len);
}

/* Operators of a later version, as words. */
static int check_reserved_word(const char *text, size_t len, size_t at, struct query_error *error)
{
    static const char *const reserved[] = {"NEAR", "ADJ", "SENTENCE", "PARAGRAPH", "OF"};
    const char *slash = memchr(text, '/', len);
    size_t name_len = slash ? (size_t)(slash - text) : len;
    for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
        if (equals(text, name_len, reserved[i]))
            return query_fail(error, at, "write it in small letters or in quotes to look for it",
                              "%s is reserved for a later version of this language", reserved[i]);
    return 0;
}

static int check_reserved(const struct lexer *lexer, const struct token *token,
                          struct query_error *error)
{
    const char *text = lexer->query + token->start;
    size_t len = token->end - token->start;
    if (memchr("=@^/", text[0], 4))
        return query_fail(error, token->start, QUOTE_HINT,
                          "a %c before a word is reserved for a later version of this language",
                          text[0]);
    for (size_t i = 0; i < len; i++)
        if (text[i] == '~' || text[i] == '?')
            return query_fail(error, token->start + i, QUOTE_HINT,
                              "%c is reserved for a later version of this language", text[i]);
    return check_reserved_word(text, len, token->start, error);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A name and a colon, with something behind it: title:word. 0 when the word is no field, 1 when it
 * is one, -1 when it is one that does not exist. */
static int lex_field(struct lexer *lexer, struct token *token, struct query_error *error)
{
    static const char field[] = "title";
    const char *text = lexer->query + token->start;
    size_t name = 0, len = token->end - token->start;
    while (name < len && is_letter(text[name]))
        name++;
    if (!name || name == len || text[name] != ':')
        return 0;
    if (!equals(text, name, field))
        return query_fail(error, token->start, "the field of this version is title:; " QUOTE_HINT,
                          "there is no field \"%.*s\"", name > 40 ? 40 : (int)name, text);
    token->kind = TOKEN_FIELD;
    lexer->at = token->end = token->start + name + 1;
    int32_t next = peek(lexer, lexer->at);
    if (lexer->at >= lexer->len || utf8_is_space(next) || next == ')')
        return query_fail(error, token->start,
                          "write title:word, title:\"a phrase\" or title:(...)",
                          "title: stands alone");
    return 1;
}

static int lex_word(struct lexer *lexer, struct token *token, struct query_error *error)
{
    static const struct {
        const char *word;
        enum token_kind kind;
    } operators[] = {{"AND", TOKEN_AND}, {"OR", TOKEN_OR}, {"NOT", TOKEN_NOT}};
    const char *text = lexer->query + token->start;
    lexer->at = token->end = word_end(lexer, token->start);
    for (size_t i = 0; i < ARRAY_LEN(operators); i++)
        if (equals(text, token->end - token->start, operators[i].word)) {
            token->kind = operators[i].kind;
            return 0;
        }
    int field = lex_field(lexer, token, error);
    if (field)
        return field < 0 ? -1 : 0;
    if (check_reserved(lexer, token, error) < 0)
        return -1;
    token->kind = TOKEN_TERM;
    token->text_start = token->start;
    token->text_end = token->end;
    return take_prefix(lexer, token, error);
}

int lex_next(struct lexer *lexer, struct token *token, struct query_error *error)
{
    while (lexer->at < lexer->len && utf8_is_space(peek(lexer, lexer->at)))
        utf8_next(lexer->query, lexer->len, &lexer->at);
    *token = (struct token){.kind = TOKEN_END, .start = lexer->at, .end = lexer->at};
    if (lexer->at >= lexer->len)
        return 0;
    int32_t c = peek(lexer, lexer->at);
    if (is_quote(c))
        return lex_phrase(lexer, token, error);
    if (c != '(' && c != ')' && c != '-')
        return lex_word(lexer, token, error);

    token->kind = c == '(' ? TOKEN_OPEN : c == ')' ? TOKEN_CLOSE : TOKEN_NOT;
    token->end = ++lexer->at;
    int32_t next = peek(lexer, lexer->at);
    if (c == '-' && (lexer->at >= lexer->len || utf8_is_space(next) || next == ')'))
        return query_fail(error, token->start, "write it directly before a word: -word",
                          "this - refuses nothing");
    return 0;
}
