/* The nodes of a query's tree: made, joined, freed. */
#include <stdlib.h>

#include "topics/parser.h"

void query_free(struct node **node)
{
    struct node *gone = *node;
    if (!gone)
        return;
    for (size_t i = 0; i < gone->n; i++)
        query_free(&gone->children[i]);
    for (size_t i = 0; i < gone->n_words; i++) {
        free(gone->words[i].folded);
        free(gone->words[i].exact);
        free(gone->words[i].shown);
    }
    free(gone->children);
    free(gone->gaps);
    free(gone->words);
    free(gone->text);
    free(gone);
    *node = NULL;
}

struct node *node_new(enum node_kind kind, size_t start, size_t end)
{
    struct node *node = NEW(struct node);
    node->kind = kind;
    node->start = start;
    node->end = end;
    return node;
}

void node_add(struct node *node, struct node *child)
{
    node->end = child->end;
    if (child->kind == node->kind && (node->kind == NODE_AND || node->kind == NODE_OR)) {
        for (size_t i = 0; i < child->n; i++)
            node_add(node, child->children[i]);
        child->n = 0;
        query_free(&child);
        return;
    }
    node->children = mem_grow(node->children, &node->cap, node->n + 1, sizeof(*node->children));
    node->children[node->n++] = child;
}

struct node *node_not(struct node *child, size_t start)
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
