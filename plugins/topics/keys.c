/* Choosing the keys of queries: which parts are needed, and which of them are cheapest. */
#include "topics/keys_inner.h"

#include <stdlib.h>
#include <string.h>

/* How many of a node's children need keys, so that one of them is surely met. */
static size_t n_needed(const struct node *node, bool negated)
{
    switch (node->kind) {
    case NODE_OR:
        return negated ? 1 : node->n;
    case NODE_OF: /* of n children k hold: of any n - k + 1 one does */
        return negated ? node->number : node->n - node->number + 1;
    case NODE_AND:
        return negated ? node->n : 1;
    case NODE_TERM:
    case NODE_WINDOW:
    case NODE_LIST:
    case NODE_REGEX:
    case NODE_DATE:
    case NODE_WORDS:
    case NODE_LANG:
    case NODE_NOT:
    case NODE_NEAR:
    case NODE_SENTENCE:
    case NODE_PARAGRAPH:
    case NODE_NEW:
        break;
    }
    return 1;
}

static bool has_no_key(const struct node *node, bool negated)
{
    bool inverts = node->kind == NODE_NOT || node->kind == NODE_AND || node->kind == NODE_OR ||
                   node->kind == NODE_OF;
    return negated && !inverts;
}

/* What was chosen so far; a part that turns out not to be needed takes its keys away again. */
struct chosen {
    struct key *keys;
    size_t n, cap;
};

static void add_key(struct chosen *chosen, const struct key *key)
{
    chosen->keys = mem_grow(chosen->keys, &chosen->cap, chosen->n + 1, sizeof(*chosen->keys));
    chosen->keys[chosen->n++] = *key;
}

static void remove_keys(struct chosen *chosen, size_t start, size_t end)
{
    if (end < chosen->n)
        memmove(chosen->keys + start, chosen->keys + end,
                (chosen->n - end) * sizeof(*chosen->keys));
    chosen->n -= end - start;
}

static double choose(struct chosen *chosen, const struct node *node, bool negated);

static double choose_all(struct chosen *chosen, const struct node *node, bool negated)
{
    double sum = 0;
    for (size_t i = 0; i < node->n; i++)
        sum += choose(chosen, node->children[i], negated);
    return sum;
}

static double choose_cheapest(struct chosen *chosen, const struct node *node, bool negated)
{
    size_t start = chosen->n;
    double least = choose(chosen, node->children[0], negated);
    for (size_t i = 1; i < node->n; i++) {
        size_t end = chosen->n;
        double cost = choose(chosen, node->children[i], negated);
        if (cost < least)
            remove_keys(chosen, start, end);
        else
            remove_keys(chosen, end, chosen->n);
        least = cost < least ? cost : least;
    }
    return least;
}

struct part {
    double cost;
    size_t n; /* keys */
};

/* Takes the dearest part and its keys away. */
static void remove_dearest(struct chosen *chosen, size_t start, struct part *parts, size_t n)
{
    size_t dearest = 0;
    for (size_t i = 1; i < n; i++)
        if (parts[i].cost > parts[dearest].cost)
            dearest = i;
    for (size_t i = 0; i < dearest; i++)
        start += parts[i].n;
    remove_keys(chosen, start, start + parts[dearest].n);
    memmove(parts + dearest, parts + dearest + 1, (n - dearest - 1) * sizeof(*parts));
}

static double choose_some(struct chosen *chosen, const struct node *node, bool negated,
                          size_t needed)
{
    struct part *parts = NEW_N(struct part, node->n);
    size_t start = chosen->n;
    for (size_t i = 0; i < node->n; i++) {
        size_t before = chosen->n;
        parts[i].cost = choose(chosen, node->children[i], negated);
        parts[i].n = chosen->n - before;
    }
    for (size_t n = node->n; n > needed; n--)
        remove_dearest(chosen, start, parts, n);
    double sum = 0;
    for (size_t i = 0; i < needed; i++)
        sum += parts[i].cost;
    free(parts);
    return sum;
}

/* Chooses the keys of a part of the query, and returns what they cost together. */
static double choose(struct chosen *chosen, const struct node *node, bool negated)
{
    if (has_no_key(node, negated))
        return COST_NEVER;
    if (node->kind == NODE_NOT)
        return choose(chosen, node->children[0], !negated);
    if (!node->n) {
        struct key key;
        double cost = keys_of_leaf(node, &key);
        add_key(chosen, &key);
        return cost;
    }
    size_t needed = n_needed(node, negated);
    double cost = needed == node->n ? choose_all(chosen, node, negated)
                  : needed == 1     ? choose_cheapest(chosen, node, negated)
                                    : choose_some(chosen, node, negated, needed);
    return cost < COST_NEVER ? cost : COST_NEVER;
}

double keys_choose(const struct node *query, use_key *use, void *arg)
{
    struct chosen chosen = {0};
    double cost = choose(&chosen, query, false);
    if (cost >= COST_NEVER) {
        chosen.n = 0;
        add_key(&chosen, &(struct key){.kind = KEY_ALWAYS, .node = query});
    }
    for (size_t i = 0; i < chosen.n; i++)
        use(arg, &chosen.keys[i]);
    free(chosen.keys);
    return cost < COST_ALWAYS ? cost : COST_ALWAYS;
}

static void print_key(void *arg, const struct key *key)
{
    struct buf *out = arg;
    buf_puts(out, out->len ? ", " : "");
    if (key->kind == KEY_LIST)
        buf_printf(out, "@%s", key->node->text);
    else if (key->kind == KEY_REGEX)
        buf_printf(out, "/%s/", key->node->text);
    else if (key->kind == KEY_ALWAYS)
        buf_puts(out, "every document");
    else
        buf_puts(out, key->first->folded);
    if (key->kind == KEY_PAIR)
        buf_printf(out, " %s", key->second->folded);
}

void keys_print(const struct node *query, struct buf *out)
{
    keys_choose(query, print_key, out);
}
