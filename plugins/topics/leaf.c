/* What stands between the operators: terms, lists, regular expressions, tests. */
#include <string.h>

#include "topics/parser.h"
#include "topics/regex.h"

static const char *token_text(const struct parser *parser)
{
    return parser->lexer.query + parser->token.text_start;
}

static size_t token_len(const struct parser *parser)
{
    return parser->token.text_end - parser->token.text_start;
}

static struct node *leaf_new(struct parser *parser, enum node_kind kind)
{
    struct node *node = node_new(kind, parser->token.start, parser->token.end);
    node->field = parser->field;
    return node;
}

/* Needs the whole document: it can be neither in a sentence nor in a field. */
static int check_alone(struct parser *parser, const char *what, bool field_too)
{
    if (parser->scoped || parser->stem || (field_too && parser->field != FIELD_TEXT))
        return query_fail(parser->error, parser->token.start, "join it with the rest by AND",
                          "%s cannot stand within these parentheses", what);
    return 0;
}

static struct node *parse_list(struct parser *parser)
{
    if (parser->stem) {
        check_alone(parser, "a list", false);
        return NULL;
    }
    struct node *node = leaf_new(parser, NODE_LIST);
    node->text = mem_strndup(token_text(parser), token_len(parser));
    return node;
}

static struct node *parse_regex(struct parser *parser)
{
    if (check_alone(parser, "a /regular expression/", false) < 0)
        return NULL;
    struct node *node = leaf_new(parser, NODE_REGEX);
    node->text = mem_strndup(token_text(parser), token_len(parser));
    node->any_case = parser->token.any_case;
    char what[QUERY_ERROR_MAX];
    if (regex_check(node->text, node->any_case, what, sizeof(what)) < 0) {
        query_fail(parser->error, parser->token.start,
                   "regular expressions are those of Hyperscan, without back references", "%s",
                   what);
        query_free(&node);
    }
    return node;
}

static struct node *parse_test(struct parser *parser)
{
    static const char *const hints[N_PREFIXES] = {
        [PREFIX_DATE] = "write date:2025-01-31, date:2025-01..2025-03, date:7d.. or date:2025..",
        [PREFIX_WORDS] = "write words:>200, words:<50 or words:100..200",
        [PREFIX_LANG] = "write a code of two letters: lang:en"};
    static const enum node_kind kinds[N_PREFIXES] = {
        [PREFIX_DATE] = NODE_DATE, [PREFIX_WORDS] = NODE_WORDS, [PREFIX_LANG] = NODE_LANG};
    if (check_alone(parser, "this", true) < 0)
        return NULL;
    enum prefix prefix = parser->token.prefix;
    const char *text = token_text(parser);
    size_t len = token_len(parser);
    struct node *node = leaf_new(parser, kinds[prefix]);
    int result = 0;
    if (prefix == PREFIX_DATE)
        result = parse_date(text, len, &node->range);
    else if (prefix == PREFIX_WORDS)
        result = parse_count(text, len, &node->range);
    else if (len == 2 && text[0] >= 'a' && text[0] <= 'z' && text[1] >= 'a' && text[1] <= 'z')
        node->text = mem_strndup(text, len);
    else
        result = -1;
    if (result < 0) {
        query_fail(parser->error, parser->token.text_start, hints[prefix],
                   "this value is not understood");
        query_free(&node);
    }
    return node;
}

struct node *parse_leaf(struct parser *parser)
{
    switch (parser->token.kind) {
    case TOKEN_LIST:
        return parse_list(parser);
    case TOKEN_REGEX:
        return parse_regex(parser);
    case TOKEN_TEST:
        return parse_test(parser);
    case TOKEN_TERM:
    case TOKEN_END:
    case TOKEN_PREFIX:
    case TOKEN_OPEN:
    case TOKEN_CLOSE:
    case TOKEN_COMMA:
    case TOKEN_AND:
    case TOKEN_OR:
    case TOKEN_NOT:
    case TOKEN_NEAR:
    case TOKEN_SCOPE:
    case TOKEN_OF:
        break;
    }
    return parse_term(parser);
}
