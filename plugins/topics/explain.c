/*
 * Why a query holds or not: each part true or false, with the words that decided (why.c says them).
 */
#include "topics/explain.h"

#include <stdlib.h>

#include "topics/explain_inner.h"
#include "topics/lookup.h"

/* The first leaf that made the node what it is, by its place in the order of nodes. */
static size_t first_reason(const struct explainer *e, const struct node *node, size_t number)
{
    bool holds = eval(e->view, explain_code(e, number), &SCOPE_ALL);
    size_t child = number + 1;
    for (size_t i = 0; i < node->n; i++) {
        bool same = eval(e->view, explain_code(e, child), &SCOPE_ALL) == holds;
        if (node->kind == NODE_NOT || same || i + 1 == node->n)
            return first_reason(e, node->children[i], child);
        child += explain_count(node->children[i]);
    }
    return number;
}

size_t explain_count(const struct node *node)
{
    size_t n = 1;
    for (size_t i = 0; i < node->n; i++)
        n += explain_count(node->children[i]);
    return n;
}

/* Returns the number of the node behind this one. */
static size_t explain_node(struct explainer *e, const struct node *node, size_t number, int depth)
{
    AUTO_BUF struct buf part = {0}, why = {0};
    bool holds = eval(e->view, explain_code(e, number), &SCOPE_ALL);
    query_canon(node, &part);
    why_node(e, node, number, holds, &why);
    e->say(e->arg, depth, holds, buf_text(&part), buf_text(&why));
    size_t next = number + 1;
    for (size_t i = 0; i < node->n; i++)
        next = explain_node(e, node->children[i], next, depth + 1);
    return next;
}

void explain_query(const struct node *query, struct view *view, explain_part *say, void *arg)
{
    struct code code = {0}, places = {0};
    struct explainer e = {.view = view, .say = say, .arg = arg, .culprit = SIZE_MAX};
    if (lookup_code(view->image, query, &code, &places)) {
        e.code = code.numbers;
        e.places = places.numbers;
        if (!eval(view, e.code, &SCOPE_ALL))
            e.culprit = first_reason(&e, query, 0);
        explain_node(&e, query, 0, 0);
    }
    free(code.numbers);
    free(places.numbers);
}
