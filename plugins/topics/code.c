/* From a query's tree to its code. */
#include "topics/code.h"

struct compiler {
    struct code *code, *places;
    const struct code_names *names;
    const struct node *unknown;
};

void code_put(struct code *code, uint32_t number)
{
    if (code->n == code->cap)
        code->numbers = mem_grow(code->numbers, &code->cap, code->n + 1, sizeof(*code->numbers));
    code->numbers[code->n++] = number;
}

static void put_name(struct compiler *c, const struct node *node, uint32_t number)
{
    if (number == UINT32_MAX && !c->unknown)
        c->unknown = node;
    code_put(c->code, number);
}

static void put_words(struct compiler *c, const struct node *node)
{
    for (size_t i = 0; i < node->n_words; i++)
        put_name(c, node, c->names->word(c->names->arg, &node->words[i], node->text));
}

static void put_arguments(struct compiler *c, const struct node *node)
{
    switch (node->kind) {
    case NODE_WINDOW:
        code_put(c->code, node->number);
        put_words(c, node);
        break;
    case NODE_TERM:
        put_words(c, node);
        break;
    case NODE_NEAR:
        for (size_t i = 0; i + 1 < node->n; i++)
            code_put(c->code, node->gaps[i].distance | (node->gaps[i].ordered ? CODE_ORDERED : 0));
        break;
    case NODE_OF:
        code_put(c->code, node->number);
        break;
    case NODE_LIST:
        put_name(c, node, c->names->list(c->names->arg, node->text));
        break;
    case NODE_REGEX:
        put_name(c, node, c->names->regex(c->names->arg, node->text, node->any_case));
        break;
    case NODE_DATE:
        code_put(c->code, (node->range.low_is_days ? CODE_LOW_IS_DAYS : 0) |
                              (node->range.high_is_days ? CODE_HIGH_IS_DAYS : 0));
        code_put(c->code, (uint32_t)node->range.low);
        code_put(c->code, (uint32_t)node->range.high);
        break;
    case NODE_WORDS:
        code_put(c->code, (uint32_t)node->range.low);
        code_put(c->code, (uint32_t)node->range.high);
        break;
    case NODE_LANG:
        code_put(c->code, (uint32_t)node->text[0] << 8 | (uint32_t)node->text[1]);
        break;
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
    case NODE_SENTENCE:
    case NODE_PARAGRAPH:
    case NODE_NEW:
        break;
    }
}

static void put_node(struct compiler *c, const struct node *node)
{
    size_t start = c->code->n, n = node->n ? node->n : node->n_words;
    if (c->places)
        code_put(c->places, (uint32_t)start);
    code_put(c->code, code_head(node->kind, node->field, node->first, n));
    code_put(c->code, 0);
    put_arguments(c, node);
    for (size_t i = 0; i < node->n; i++)
        put_node(c, node->children[i]);
    c->code->numbers[start + CODE_SIZE] = (uint32_t)(c->code->n - start);
}

const struct node *code_compile(struct code *code, const struct node *query,
                                const struct code_names *names, struct code *places)
{
    struct compiler c = {.code = code, .places = places, .names = names};
    put_node(&c, query);
    return c.unknown;
}
