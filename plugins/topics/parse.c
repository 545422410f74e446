/*
 * From tokens to a tree.
 *
 *     or      = and { OR and }
 *     and     = unary { [AND] unary }
 *     unary   = ( NOT | - ) unary | near
 *     near    = primary { ( NEAR/n | ADJ/n ) primary }
 *     primary = leaf | ( or ) | prefix: primary | SENTENCE ( or ) | PARAGRAPH ( or )
 *             | number OF ( or { , or } )
 *
 * A prefix is title: path: source: type: new: or stem:, and only stem: follows another.
 */
#include <stdlib.h>
#include <string.h>

#include "topics/parser.h"

#define DEPTH_HINT "take parentheses out, or make two topics of it"

int parser_advance(struct parser *parser)
{
    return lex_next(&parser->lexer, &parser->token, parser->error);
}

struct node *parser_fail(struct parser *parser, size_t at, const char *hint, const char *text)
{
    query_fail(parser->error, at, hint, "%s", text);
    return NULL;
}

int parser_enter(struct parser *parser)
{
    if (parser->depth >= QUERY_MAX_DEPTH)
        return query_fail(parser->error, parser->token.start, DEPTH_HINT,
                          "this query is nested more than %d deep", QUERY_MAX_DEPTH);
    parser->depth++;
    return 0;
}

int parser_count_near(struct parser *parser)
{
    if (++parser->n_near <= QUERY_MAX_NEAR)
        return 0;
    return query_fail(parser->error, parser->token.start, "make two topics of it",
                      "this query has more than %d NEAR, ADJ and \"...\"~", QUERY_MAX_NEAR);
}

/* ---- operators ---- */

/* What NEAR can measure from: words, phrases, lists, and ORs of these in one field. */
static bool has_places(const struct node *node, enum query_field field)
{
    if (node->kind == NODE_TERM || node->kind == NODE_LIST)
        return node->field == field;
    for (size_t i = 0; i < node->n; i++)
        if (!has_places(node->children[i], field))
            return false;
    return node->kind == NODE_OR;
}

static enum query_field field_of(const struct node *node)
{
    return node->n ? field_of(node->children[0]) : node->field;
}

static int add_near(struct parser *parser, struct node *near, struct node *child)
{
    enum query_field field = field_of(near->n ? near->children[0] : child);
    bool good = has_places(child, field);
    size_t start = child->start;
    near->field = field;
    node_add(near, child);
    if (good)
        return 0;
    return query_fail(parser->error, start, "write a NEAR/5 b NEAR/5 c, or join them by AND",
                      "NEAR and ADJ join words, phrases, lists and ORs of them, all in one field");
}

static int parse_gap(struct parser *parser, struct node *near)
{
    const struct token *token = &parser->token;
    if (token->number > QUERY_MAX_DISTANCE)
        return query_fail(parser->error, token->start, "use PARAGRAPH(...) for what is far apart",
                          "words can be near within at most %d", QUERY_MAX_DISTANCE);
    if (parser_count_near(parser) < 0)
        return -1;
    near->gaps = mem_resize(near->gaps, near->n * sizeof(*near->gaps));
    near->gaps[near->n - 1] =
        (struct query_gap){.distance = token->number, .ordered = token->ordered};
    return parser_advance(parser);
}

static struct node *parse_near(struct parser *parser)
{
    struct node *first = parse_primary(parser);
    if (!first || parser->token.kind != TOKEN_NEAR)
        return first;
    struct node *near = node_new(NODE_NEAR, first->start, first->end);
    int result = add_near(parser, near, first);
    while (result == 0 && parser->token.kind == TOKEN_NEAR) {
        struct node *next = parse_gap(parser, near) < 0 ? NULL : parse_primary(parser);
        result = next ? add_near(parser, near, next) : -1;
    }
    if (result < 0)
        query_free(&near);
    return near;
}

/* Every way down goes through here or through parse_primary: both count. */
static struct node *parse_unary(struct parser *parser)
{
    if (parser->token.kind != TOKEN_NOT)
        return parse_near(parser);
    size_t start = parser->token.start;
    if (parser_enter(parser) < 0)
        return NULL;
    struct node *child = parser_advance(parser) < 0 ? NULL : parse_unary(parser);
    parser->depth--;
    return child ? node_not(child, start) : NULL;
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
    enum token_kind kind = parser->token.kind;
    if (kind == TOKEN_AND)
        return parser_advance(parser) < 0 ? -1 : 1;
    return begins_primary(kind) || kind == TOKEN_PREFIX || kind == TOKEN_NOT;
}

static int more_or(struct parser *parser)
{
    if (parser->token.kind != TOKEN_OR)
        return 0;
    return parser_advance(parser) < 0 ? -1 : 1;
}

static struct node *parse_and(struct parser *parser)
{
    return join(parser, NODE_AND, parse_unary, more_and);
}

/* A person who writes `a b OR c` may have meant `a (b OR c)`. */
static void note_mixture(struct parser *parser, const struct node *node)
{
    for (size_t i = 0; node->kind == NODE_OR && i < node->n; i++)
        if (node->children[i]->kind == NODE_AND && !node->children[i]->grouped) {
            query_note(parser->notes, node->children[i]->start,
                       "AND binds tighter than OR: put parentheses around what belongs together");
            return;
        }
}

struct node *parse_or(struct parser *parser)
{
    struct node *node = join(parser, NODE_OR, parse_and, more_or);
    if (node)
        note_mixture(parser, node);
    return node;
}

struct node *query_parse(const char *query, size_t len, const char *language,
                         struct query_notes *notes, struct query_error *error)
{
    struct parser parser = {.lexer = {.query = query, .len = len},
                            .error = error,
                            .notes = notes,
                            .language = language};
    if (len > QUERY_MAX_BYTES) {
        query_fail(error, 0, "make several topics of it", "this query is longer than %d bytes",
                   QUERY_MAX_BYTES);
        return NULL;
    }
    if (parser_advance(&parser) < 0)
        return NULL;
    if (parser.token.kind == TOKEN_END)
        return parser_fail(&parser, 0, "write the words to look for", "this query is empty");
    struct node *node = parse_or(&parser);
    if (node && parser.token.kind != TOKEN_END) {
        parser_fail(&parser, parser.token.start, "take it out, or open one before",
                    "this ) closes nothing");
        query_free(&node);
    }
    if (node && query_check(node, error) < 0)
        query_free(&node);
    return node;
}
