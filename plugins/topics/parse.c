/*
 * From tokens to a checked tree.
 *
 *     or     = and { OR and }
 *     and    = unary { [AND] unary }
 *     unary  = ( NOT | - ) unary | [ title: ] primary
 *     primary = word | "phrase" | ( or )
 */
#include <stdlib.h>
#include <string.h>
#include <tocsin/text.h>
#include <utf8proc.h>

#include "topics/query.h"

struct parser {
    struct lexer lexer;
    struct token token; /* the one at hand */
    struct query_error *error;
    size_t depth;
    size_t n_nodes;
    bool title; /* within title:(...) */
};

static struct node *parse_or(struct parser *parser);

void query_free(struct node **node)
{
    struct node *gone = *node;
    if (!gone)
        return;
    for (size_t i = 0; i < gone->n; i++)
        query_free(&gone->children[i]);
    for (size_t i = 0; i < gone->n_words; i++)
        free(gone->words[i].folded);
    free(gone->children);
    free(gone->words);
    free(gone);
    *node = NULL;
}

static int advance(struct parser *parser)
{
    return lex_next(&parser->lexer, &parser->token, parser->error);
}

static struct node *node_new(enum node_kind kind, size_t start, size_t end)
{
    struct node *node = NEW(struct node);
    node->kind = kind;
    node->start = start;
    node->end = end;
    return node;
}

/* Takes the child over; children of the same kind are taken in its place. */
static void node_add(struct node *node, struct node *child)
{
    if (child->kind == node->kind) {
        for (size_t i = 0; i < child->n; i++)
            node_add(node, child->children[i]);
        child->n = 0;
        node->end = child->end;
        query_free(&child);
        return;
    }
    node->children = mem_grow(node->children, &node->cap, node->n + 1, sizeof(*node->children));
    node->children[node->n++] = child;
    node->end = child->end;
}

/* Takes the child over. */
static struct node *node_not(struct node *child, size_t start)
{
    if (child->kind == NODE_NOT) {
        struct node *inner = child->children[0];
        child->n = 0;
        query_free(&child);
        return inner;
    }
    struct node *node = node_new(NODE_NOT, start, child->end);
    node_add(node, child);
    return node;
}

static int check_prefix(struct parser *parser, const struct node *term)
{
    const struct query_word *last = &term->words[term->n_words - 1];
    size_t chars = 0;
    for (uint32_t i = 0; i < last->len; i++)
        chars += ((unsigned char)last->folded[i] & 0xC0) != 0x80;
    if (chars >= QUERY_PREFIX_LENGTH)
        return 0;
    return query_fail(parser->error, term->start, "write more of the word before the *",
                      "a * needs at least %d characters before it", QUERY_PREFIX_LENGTH);
}

/* The asterisk must follow the last word directly. */
static bool star_is_apart(const struct parser *parser, const struct tocsin_words *words)
{
    const struct token *token = &parser->token;
    return token->prefix && words->words[words->n - 1].end != token->text_end - token->text_start;
}

static struct node *parse_term(struct parser *parser)
{
    const struct token *token = &parser->token;
    struct tocsin_words words;
    tocsin_words_make(parser->lexer.query + token->text_start, token->text_end - token->text_start,
                      &words);
    const char *hint = NULL, *what = NULL;
    if (!words.n)
        what = "there is no word in this", hint = "a word is made of letters and digits";
    else if (words.n > QUERY_MAX_WORDS)
        what = "this phrase has too many words", hint = "join shorter phrases by AND";
    else if (star_is_apart(parser, &words))
        what = "a * stands only at the end of a word", hint = "write it directly behind a word";
    if (what) {
        query_fail(parser->error, token->start, hint, "%s", what);
        tocsin_words_free(&words);
        return NULL;
    }
    struct node *term = node_new(NODE_TERM, token->start, token->end);
    term->title = parser->title;
    term->prefix = token->prefix;
    term->words = NEW_N(struct query_word, words.n);
    term->n_words = words.n;
    for (size_t i = 0; i < words.n; i++) {
        const struct tocsin_word *word = &words.words[i];
        term->words[i].folded = mem_strndup(word->folded, word->folded_len);
        term->words[i].len = word->folded_len;
    }
    tocsin_words_free(&words);
    if ((term->prefix && check_prefix(parser, term) < 0) || advance(parser) < 0)
        query_free(&term);
    return term;
}

static struct node *parse_group(struct parser *parser)
{
    size_t open = parser->token.start;
    if (advance(parser) < 0)
        return NULL;
    if (parser->token.kind == TOKEN_CLOSE) {
        query_fail(parser->error, open, "write something into them, or leave them out",
                   "these parentheses are empty");
        return NULL;
    }
    struct node *node = parse_or(parser);
    if (!node)
        return NULL;
    if (parser->token.kind != TOKEN_CLOSE) {
        query_fail(parser->error, open, "close it with )", "this ( is never closed");
        query_free(&node);
    } else if (advance(parser) < 0) {
        query_free(&node);
    }
    return node;
}

static const char *token_name(enum token_kind kind)
{
    switch (kind) {
    case TOKEN_AND:
        return "AND";
    case TOKEN_OR:
        return "OR";
    case TOKEN_CLOSE:
        return ")";
    case TOKEN_END:
        return "the end";
    case TOKEN_TERM:
    case TOKEN_FIELD:
    case TOKEN_OPEN:
    case TOKEN_NOT:
        break;
    }
    return "this";
}

static struct node *parse_primary(struct parser *parser)
{
    const struct token *token = &parser->token;
    if (token->kind == TOKEN_TERM || token->kind == TOKEN_OPEN) {
        if (++parser->n_nodes > QUERY_MAX_NODES) {
            query_fail(parser->error, token->start, "make two topics of it",
                       "this query has more than %d parts", QUERY_MAX_NODES);
            return NULL;
        }
        return token->kind == TOKEN_TERM ? parse_term(parser) : parse_group(parser);
    }
    if (token->kind == TOKEN_CLOSE && parser->depth <= 1)
        query_fail(parser->error, token->start, "take it out, or open one before",
                   "this ) closes nothing");
    else
        query_fail(parser->error, token->start,
                   "to look for the words and, or, not themselves write them in small letters",
                   "a word, a \"phrase\" or ( must stand before %s", token_name(token->kind));
    return NULL;
}

static struct node *parse_field(struct parser *parser)
{
    bool outer = parser->title;
    if (advance(parser) < 0)
        return NULL;
    if (parser->token.kind != TOKEN_TERM && parser->token.kind != TOKEN_OPEN) {
        query_fail(parser->error, parser->token.start,
                   "write title:word, title:\"a phrase\" or title:(...)",
                   "title: needs a word, a phrase or ( behind it");
        return NULL;
    }
    parser->title = true;
    struct node *node = parse_primary(parser);
    parser->title = outer;
    return node;
}

static struct node *parse_unary_inner(struct parser *parser)
{
    size_t start = parser->token.start;
    if (parser->token.kind == TOKEN_FIELD)
        return parse_field(parser);
    if (parser->token.kind != TOKEN_NOT)
        return parse_primary(parser);
    if (advance(parser) < 0)
        return NULL;
    parser->depth++;
    struct node *child = NULL;
    if (parser->depth > QUERY_MAX_DEPTH)
        query_fail(parser->error, start, "take parentheses out, or make two topics of it",
                   "this query is nested more than %d deep", QUERY_MAX_DEPTH);
    else
        child = parse_unary_inner(parser);
    parser->depth--;
    return child ? node_not(child, start) : NULL;
}

/* Every way down goes through here or through parse_unary_inner's own recursion: both count. */
static struct node *parse_unary(struct parser *parser)
{
    if (parser->depth >= QUERY_MAX_DEPTH) {
        query_fail(parser->error, parser->token.start,
                   "take parentheses out, or make two topics of it",
                   "this query is nested more than %d deep", QUERY_MAX_DEPTH);
        return NULL;
    }
    parser->depth++;
    struct node *node = parse_unary_inner(parser);
    parser->depth--;
    return node;
}

/* One or more of `next`, joined into a node of this kind when there are several. */
static struct node *join(struct parser *parser, enum node_kind kind,
                         struct node *(*next)(struct parser *), int (*more)(struct parser *parser))
{
    struct node *first = next(parser), *joined = NULL;
    int going;
    while (first && (going = more(parser)) != 0) {
        struct node *other = going > 0 ? next(parser) : NULL;
        if (!other) {
            query_free(joined ? &joined : &first);
            return NULL;
        }
        if (!joined) {
            joined = node_new(kind, first->start, first->end);
            node_add(joined, first);
        }
        node_add(joined, other);
    }
    return joined ? joined : first;
}

static int more_and(struct parser *parser)
{
    switch (parser->token.kind) {
    case TOKEN_AND:
        return advance(parser) < 0 ? -1 : 1;
    case TOKEN_TERM:
    case TOKEN_FIELD:
    case TOKEN_OPEN:
    case TOKEN_NOT:
        return 1;
    case TOKEN_END:
    case TOKEN_CLOSE:
    case TOKEN_OR:
        break;
    }
    return 0;
}

static int more_or(struct parser *parser)
{
    if (parser->token.kind != TOKEN_OR)
        return 0;
    return advance(parser) < 0 ? -1 : 1;
}

static struct node *parse_and(struct parser *parser)
{
    return join(parser, NODE_AND, parse_unary, more_and);
}

static struct node *parse_or(struct parser *parser)
{
    return join(parser, NODE_OR, parse_and, more_or);
}

/* Would it match a document without any word? */
static bool matches_nothing(const struct node *node)
{
    switch (node->kind) {
    case NODE_TERM:
        return false;
    case NODE_NOT:
        return !matches_nothing(node->children[0]);
    case NODE_AND:
    case NODE_OR:
        break;
    }
    bool all = node->kind == NODE_AND;
    for (size_t i = 0; i < node->n; i++)
        if (matches_nothing(node->children[i]) != all)
            return !all;
    return all;
}

/* The part that is to blame: of an OR the one that requires nothing. */
static const struct node *unrequiring(const struct node *node)
{
    for (size_t i = 0; node->kind == NODE_OR && i < node->n; i++)
        if (matches_nothing(node->children[i]))
            return unrequiring(node->children[i]);
    return node;
}

struct node *query_parse(const char *query, size_t len, struct query_error *error)
{
    struct parser parser = {.lexer = {.query = query, .len = len}, .error = error};
    if (len > QUERY_MAX_BYTES) {
        query_fail(error, 0, "make several topics of it", "this query is longer than %d bytes",
                   QUERY_MAX_BYTES);
        return NULL;
    }
    if (advance(&parser) < 0)
        return NULL;
    if (parser.token.kind == TOKEN_END) {
        query_fail(error, 0, "write the words to look for", "this query is empty");
        return NULL;
    }
    struct node *node = parse_or(&parser);
    if (node && parser.token.kind != TOKEN_END) {
        query_fail(error, parser.token.start, "take it out, or open one before",
                   "this ) closes nothing");
        query_free(&node);
    }
    if (node && matches_nothing(node)) {
        query_fail(error, unrequiring(node)->start, "add a word that must be there",
                   "this matches nearly every document: it only says what must not be there");
        query_free(&node);
    }
    return node;
}
