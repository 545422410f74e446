/* What stands between the operators: groups, prefixes, scopes, lists of items, and leaves. */
#include "topics/parser.h"

/* The closing parenthesis of the one at `open`; frees the node when it is missing. */
static void close_group(struct parser *parser, size_t open, struct node **node)
{
    if (!*node)
        return;
    if (parser->token.kind == TOKEN_COMMA)
        parser_fail(parser, parser->token.start, "write OR for one of them, or 2 OF (a, b, c)",
                    "a , stands only between the items of a list");
    else if (parser->token.kind != TOKEN_CLOSE)
        parser_fail(parser, open, "close it with )", "this ( is never closed");
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

bool begins_primary(enum token_kind kind)
{
    return kind == TOKEN_TERM || kind == TOKEN_OPEN || kind == TOKEN_LIST || kind == TOKEN_REGEX ||
           kind == TOKEN_TEST || kind == TOKEN_SCOPE || kind == TOKEN_OF;
}

/* A scope, which must not be within another. */
static struct node *wrap(struct parser *parser, enum node_kind kind, size_t start)
{
    if (parser->scoped || parser->field != FIELD_TEXT)
        return parser_fail(
            parser, start, "write them side by side, joined by AND",
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
        return parser_fail(parser, start, "write a word, a \"phrase\" or (...) directly behind it",
                           "this name with a : has nothing behind it");
    if (prefix == PREFIX_NEW)
        return wrap(parser, NODE_NEW, start);
    if (fields[prefix].is_field && parser->scoped)
        return parser_fail(parser, start, "join it with the rest by AND",
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
        return parser_fail(parser, token->start, "take it out, or open one before",
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

struct node *parse_primary(struct parser *parser)
{
    if (!begins_primary(parser->token.kind) && parser->token.kind != TOKEN_PREFIX)
        return fail_primary(parser);
    if (++parser->n_nodes > QUERY_MAX_NODES) {
        query_fail(parser->error, parser->token.start, "make two topics of it",
                   "this query has more than %d parts", QUERY_MAX_NODES);
        return NULL;
    }
    if (parser_enter(parser) < 0)
        return NULL;
    struct node *node = parse_primary_inner(parser);
    parser->depth--;
    return node;
}
