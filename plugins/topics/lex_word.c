/*
 * Tokens that look like words: words, the operators in capitals, names with a colon, lists.
 *
 * What looks like an operator and is none is refused with a way out, so that nothing is looked for
 * that was meant otherwise.
 */
#include <string.h>

#include "lib/utf8.h"
#include "topics/lex.h"

#define QUOTE_HINT "put it in quotes to look for it as it stands"

/* Moves `at` to the first character that ends a bare word. */
static size_t word_end(const struct lexer *lexer, size_t at)
{
    while (at < lexer->len) {
        size_t next = at;
        int32_t c = utf8_next(lexer->query, lexer->len, &next);
        if (utf8_is_space(c) || c == '(' || c == ')' || lex_is_quote(c) ||
            (c == ',' && lexer->listing))
            break;
        at = next;
    }
    return at;
}

static bool equals(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && !memcmp(text, word, len);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_open(const struct lexer *lexer, size_t at)
{
    while (at < lexer->len && utf8_is_space(lex_peek(lexer, at)))
        utf8_next(lexer->query, lexer->len, &at);
    return at < lexer->len && lexer->query[at] == '(';
}

/* ---- a name and a colon ---- */

static const char *const prefixes[N_PREFIXES] = {
    [PREFIX_TITLE] = "title", [PREFIX_PATH] = "path",   [PREFIX_SOURCE] = "source",
    [PREFIX_TYPE] = "type",   [PREFIX_STEM] = "stem",   [PREFIX_NEW] = "new",
    [PREFIX_DATE] = "date",   [PREFIX_WORDS] = "words", [PREFIX_LANG] = "lang"};

/* 0 when the word is none, 1 when it is one, -1 when it is one that does not exist. */
static int lex_prefix(struct lexer *lexer, struct token *token, struct query_error *error)
{
    const char *text = lexer->query + token->start;
    size_t name = 0, len = token->end - token->start, known = 0;
    while (name < len && is_letter(text[name]))
        name++;
    if (!name || name == len || text[name] != ':')
        return 0;
    while (known < N_PREFIXES && !equals(text, name, prefixes[known]))
        known++;
    if (known == N_PREFIXES)
        return query_fail(error, token->start,
                          "fields are title: path: source: type: lang: date: words:; " QUOTE_HINT,
                          "there is no field \"%.*s\"", name > 40 ? 40 : (int)name, text);
    token->prefix = (enum prefix)known;
    bool test = known == PREFIX_DATE || known == PREFIX_WORDS || known == PREFIX_LANG;
    token->kind = test ? TOKEN_TEST : TOKEN_PREFIX;
    token->text_start = token->start + name + 1;
    token->text_end = token->end;
    if (!test)
        lexer->at = token->end = token->text_start;
    int32_t next = lex_peek(lexer, token->text_start);
    if (token->text_start >= lexer->len || utf8_is_space(next) || next == ')' ||
        (test && token->text_start == token->end))
        return query_fail(error, token->start,
                          test ? "write what it is to be directly behind it"
                               : "write what it is about directly behind it: a word, a \"phrase\" "
                                 "or (...)",
                          "%s: stands alone", prefixes[known]);
    return 1;
}

/* ---- operators ---- */

/* NEAR/5 and ADJ/5; 0 when the word is neither. */
static int lex_near(struct lexer *lexer, struct token *token, struct query_error *error)
{
    const char *text = lexer->query + token->start;
    size_t len = token->end - token->start;
    const char *slash = memchr(text, '/', len);
    size_t name = slash ? (size_t)(slash - text) : len;
    token->ordered = equals(text, name, "ADJ");
    if (!token->ordered && !equals(text, name, "NEAR"))
        return 0;
    int64_t number = slash ? lex_number(lexer->query, token->start + name + 1, token->end) : -1;
    if (number < 1)
        return query_fail(error, token->start,
                          "write within how many words: a NEAR/5 b; in small letters it is a word",
                          "%.*s needs a number from 1 on", (int)name, text);
    token->kind = TOKEN_NEAR;
    token->number = (uint32_t)number;
    return 1;
}

/* SENTENCE and PARAGRAPH before a parenthesis; OF where no number stands before it. */
static int lex_scope(struct lexer *lexer, struct token *token, struct query_error *error)
{
    const char *text = lexer->query + token->start;
    size_t len = token->end - token->start;
    token->paragraph = equals(text, len, "PARAGRAPH");
    if (equals(text, len, "OF"))
        return query_fail(error, token->start,
                          "write 2 OF (a, b, c); in small letters it is a word",
                          "OF needs a number before it and a list behind it");
    if (!token->paragraph && !equals(text, len, "SENTENCE"))
        return 0;
    if (!is_open(lexer, token->end))
        return query_fail(error, token->start, "write SENTENCE(a b); in small letters it is a word",
                          "%.*s needs a ( behind it", (int)len, text);
    token->kind = TOKEN_SCOPE;
    return 1;
}

/* A number, OF and a parenthesis. */
static int lex_of(struct lexer *lexer, struct token *token)
{
    int64_t number = lex_number(lexer->query, token->start, token->end);
    size_t at = token->end;
    while (at < lexer->len && utf8_is_space(lex_peek(lexer, at)))
        utf8_next(lexer->query, lexer->len, &at);
    if (number < 0 || at == token->end || at + 2 > lexer->len ||
        !equals(lexer->query + at, 2, "OF") || !is_open(lexer, at + 2))
        return 0;
    token->kind = TOKEN_OF;
    token->number = (uint32_t)number;
    lexer->at = token->end = at + 2;
    return 1;
}

static int lex_operator(struct lexer *lexer, struct token *token, struct query_error *error)
{
    static const struct {
        const char *word;
        enum token_kind kind;
    } operators[] = {{"AND", TOKEN_AND}, {"OR", TOKEN_OR}, {"NOT", TOKEN_NOT}};
    const char *text = lexer->query + token->start;
    for (size_t i = 0; i < ARRAY_LEN(operators); i++)
        if (equals(text, token->end - token->start, operators[i].word)) {
            token->kind = operators[i].kind;
            return 1;
        }
    int found = lex_near(lexer, token, error);
    if (!found)
        found = lex_scope(lexer, token, error);
    if (!found)
        found = lex_prefix(lexer, token, error);
    return found ? found : lex_of(lexer, token);
}

/* ---- words ---- */

static int lex_list(struct lexer *lexer, struct token *token, struct query_error *error)
{
    token->kind = TOKEN_LIST;
    token->text_start = token->start + 1;
    token->text_end = token->end;
    if (token->text_start == token->text_end)
        return query_fail(error, token->start, "write @ and the name of a list: @drivers",
                          "this @ names no list");
    for (size_t at = token->text_start; at < token->text_end; at++) {
        char c = lexer->query[at];
        if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return query_fail(error, at, "names of lists are of letters, digits, - and _",
                              "this cannot be in the name of a list");
    }
    return 0;
}

/* Takes ~number off the end of a word; a ~ anywhere else is refused. */
static int take_slips(struct lexer *lexer, struct token *token, struct query_error *error)
{
    const char *text = lexer->query + token->text_start;
    const char *tilde = memchr(text, '~', token->text_end - token->text_start);
    if (!tilde)
        return 0;
    size_t at = (size_t)(tilde - lexer->query);
    int64_t number = lex_number(lexer->query, at + 1, token->text_end);
    if (number < 0)
        return query_fail(error, at, "write term~1 to allow one slip; " QUOTE_HINT,
                          "this ~ has no number");
    token->has_number = true;
    token->number = (uint32_t)number;
    token->text_end = at;
    return 0;
}

int lex_word(struct lexer *lexer, struct token *token, struct query_error *error)
{
    bool marked = token->first || token->exact;
    token->text_start = lexer->at;
    lexer->at = token->end = token->text_end = word_end(lexer, lexer->at);
    int found = marked ? 0 : lex_operator(lexer, token, error);
    if (found)
        return found < 0 ? -1 : 0;
    char c = lexer->query[token->text_start];
    if (c == '@' && !marked)
        return lex_list(lexer, token, error);
    if (memchr("@/^=", c, 4))
        return query_fail(error, token->text_start, QUOTE_HINT, "a %c does not belong here", c);
    token->kind = TOKEN_TERM;
    return take_slips(lexer, token, error);
}
