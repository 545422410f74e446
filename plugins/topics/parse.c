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

static struct node *parse_or(struct parser *parser);
static struct node *parse_primary(struct parser *parser);

int parser_advance(struct parser *parser)
{
    return lex_next(&parser->lexer, &parser->token, parser->error);
}

static struct node *fail_at(struct parser *parser, size_t at, const char *hint, const char *text)
{
    query_fail(parser->error, at, hint, "%s", text);
    return NULL;
}

static int enter(struct parser *parser)
{
    if (parser->depth >= QUERY_MAX_DEPTH)
        return query_fail(parser->error, parser->token.start, DEPTH_HINT,
                          "this query is nested more than %d deep", QUERY_MAX_DEPTH);
    parser->depth++;
    return 0;
}

/* ---- what stands between operators ---- */

/* The closing parenthesis of the one at `open`; frees the node when it is missing. */
static void close_group(struct parser *parser, size_t open, struct node **node)
{
    if (!*node)
        return;
    if (parser->token.kind == TOKEN_COMMA)
        fail_at(parser, parser->token.start, "write OR for one of them, or 2 OF (a, b, c)",
                "a , stands only between the items of a list");
    else if (parser->token.kind != TOKEN_CLOSE)
        fail_at(parser, open, "close it with )", "this ( is never closed");
    else if (parser_advance(parser) == 0) {
        (*node)->grouped = true;
        return;
    }
    query_free(node);
}

/* The token at hand is the opening parenthesis. */
static int open_group(struct parser *parser)
{
    size_t open = parser->token.start;
    if (parser_advance(parser) < 0)
        return -1;
    if (parser->token.kind == TOKEN_CLOSE)
        return query_fail(parser->error, open, "write something into them, or leave them out",
                          "these parentheses are empty");
    return 0;
}

static struct node *parse_group(struct parser *parser)
{
    size_t open = parser->token.start;
    struct node *node = open_group(parser) < 0 ? NULL : parse_or(parser);
    close_group(parser, open, &node);
    return node;
}

static const struct {
    enum query_field field;
    bool is_field;
} fields[N_PREFIXES] = {[PREFIX_TITLE] = {FIELD_TITLE, true},
                        [PREFIX_PATH] = {FIELD_PATH, true},
                        [PREFIX_SOURCE] = {FIELD_SOURCE, true},
                        [PREFIX_TYPE] = {FIELD_TYPE, true}};

static bool begins_primary(enum token_kind kind)
{
    return kind == TOKEN_TERM || kind == TOKEN_OPEN || kind == TOKEN_LIST || kind == TOKEN_REGEX ||
           kind == TOKEN_TEST || kind == TOKEN_SCOPE || kind == TOKEN_OF;
}

/* A scope, which must not be within another. */
static struct node *wrap(struct parser *parser, enum node_kind kind, size_t start)
{
    if (parser->scoped || parser->field != FIELD_TEXT)
        return fail_at(parser, start, "write them side by side, joined by AND",
                       "SENTENCE, PARAGRAPH and new: cannot stand within each other or in a field");
    parser->scoped = true;
    struct node *child = parse_primary(parser);
    parser->scoped = false;
    if (!child)
        return NULL;
    struct node *node = node_new(kind, start, child->end);
    node_add(node, child);
    return node;
}

static struct node *parse_prefix(struct parser *parser)
{
    enum prefix prefix = parser->token.prefix;
    size_t start = parser->token.start;
    enum query_field field = parser->field;
    bool stem = parser->stem;
    if (parser_advance(parser) < 0)
        return NULL;
    bool stem_next = parser->token.kind == TOKEN_PREFIX && parser->token.prefix == PREFIX_STEM;
    if (!begins_primary(parser->token.kind) && !(stem_next && prefix != PREFIX_STEM))
        return fail_at(parser, start, "write a word, a \"phrase\" or (...) directly behind it",
                       "this name with a : has nothing behind it");
    if (prefix == PREFIX_NEW)
        return wrap(parser, NODE_NEW, start);
    if (fields[prefix].is_field && parser->scoped)
        return fail_at(parser, start, "join it with the rest by AND",
                       "a field cannot stand within SENTENCE, PARAGRAPH or new:");
    if (fields[prefix].is_field)
        parser->field = fields[prefix].field;
    parser->stem |= prefix == PREFIX_STEM;
    struct node *node = parse_primary(parser);
    parser->field = field;
    parser->stem = stem;
    return node;
}

static struct node *parse_scope(struct parser *parser)
{
    enum node_kind kind = parser->token.paragraph ? NODE_PARAGRAPH : NODE_SENTENCE;
    size_t start = parser->token.start;
    return parser_advance(parser) < 0 ? NULL : wrap(parser, kind, start);
}

/* The items of a list, to its closing parenthesis. */
static int parse_items(struct parser *parser, struct node *list, size_t open)
{
    for (;;) {
        struct node *item = parse_or(parser);
        if (!item)
            return -1;
        node_add(list, item);
        if (parser->token.kind == TOKEN_CLOSE)
            return 0;
        if (parser->token.kind != TOKEN_COMMA)
            return query_fail(parser->error, open, "close it with )", "this ( is never closed");
        if (parser_advance(parser) < 0)
            return -1;
    }
}

static struct node *parse_of(struct parser *parser)
{
    struct node *node = node_new(NODE_OF, parser->token.start, parser->token.end);
    node->number = parser->token.number;
    size_t open = parser->lexer.at;
    parser->lexer.listing++;
    int result = parser_advance(parser) < 0 || open_group(parser) < 0 ? -1 : 0;
    if (result == 0)
        result = parse_items(parser, node, open);
    parser->lexer.listing--;
    if (result == 0 && (node->number < 1 || node->number > node->n))
        result = query_fail(parser->error, node->start, "write a number from 1 up to the items",
                            "there are %zu items", node->n);
    if (result < 0 || parser_advance(parser) < 0)
        query_free(&node);
    return node;
}

static const char *token_name(enum token_kind kind)
{
    switch (kind) {
    case TOKEN_AND:
        return "AND";
    case TOKEN_OR:
        return "OR";
    case TOKEN_NEAR:
        return "NEAR or ADJ";
    case TOKEN_COMMA:
        return ",";
    case TOKEN_CLOSE:
        return ")";
    case TOKEN_END:
        return "the end";
    case TOKEN_TERM:
    case TOKEN_PREFIX:
    case TOKEN_TEST:
    case TOKEN_LIST:
    case TOKEN_REGEX:
    case TOKEN_OPEN:
    case TOKEN_NOT:
    case TOKEN_SCOPE:
    case TOKEN_OF:
        break;
    }
    return "this";
}

static struct node *fail_primary(struct parser *parser)
{
    const struct token *token = &parser->token;
    if (token->kind == TOKEN_CLOSE && parser->depth == 0)
        return fail_at(parser, token->start, "take it out, or open one before",
                       "this ) closes nothing");
    query_fail(parser->error, token->start,
               "to look for the words and, or, not themselves write them in small letters",
               "a word, a \"phrase\" or ( must stand before %s", token_name(token->kind));
    return NULL;
}

static struct node *parse_primary_inner(struct parser *parser)
{
    enum token_kind kind = parser->token.kind;
    if (kind == TOKEN_OPEN)
        return parse_group(parser);
    if (kind == TOKEN_PREFIX)
        return parse_prefix(parser);
    if (kind == TOKEN_SCOPE)
        return parse_scope(parser);
    if (kind == TOKEN_OF)
        return parse_of(parser);
    struct node *leaf = parse_leaf(parser);
    if (leaf && parser_advance(parser) < 0)
        query_free(&leaf);
    return leaf;
}

static struct node *parse_primary(struct parser *parser)
{
    if (!begins_primary(parser->token.kind) && parser->token.kind != TOKEN_PREFIX)
        return fail_primary(parser);
    if (++parser->n_nodes > QUERY_MAX_NODES) {
        query_fail(parser->error, parser->token.start, "make two topics of it",
                   "this query has more than %d parts", QUERY_MAX_NODES);
        return NULL;
    }
    if (enter(parser) < 0)
        return NULL;
    struct node *node = parse_primary_inner(parser);
    parser->depth--;
    return node;
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
    if (enter(parser) < 0)
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

static struct node *parse_or(struct parser *parser)
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
        return fail_at(&parser, 0, "write the words to look for", "this query is empty");
    struct node *node = parse_or(&parser);
    if (node && parser.token.kind != TOKEN_END) {
        fail_at(&parser, parser.token.start, "take it out, or open one before",
                "this ) closes nothing");
        query_free(&node);
    }
    if (node && query_check(node, error) < 0)
        query_free(&node);
    return node;
}
