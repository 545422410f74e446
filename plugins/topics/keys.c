/* Choosing the keys of queries. */
#include "topics/keys.h"

#include <string.h>

#include "topics/frequency.h"

#define COST_LIST   0.3 /* unknown here: of some hundred names one is often there */
#define COST_REGEX  0.5 /* scanning costs every document something */
#define COST_ALWAYS 1.0
#define COST_NEVER  2.0  /* nothing that could be a key */
#define WILD_LETTER 0.15 /* of the words that begin so, the share that one more letter leaves */

static double word_cost(const struct query_word *word)
{
    double cost = 0.6, plain;
    switch (word->kind) {
    case WORD_PLAIN:
    case WORD_EXACT:
        return frequency_of(word->folded, word->len);
    case WORD_FUZZY:
    case WORD_STEM:
        plain = frequency_of(word->folded, word->len) * 3;
        return plain < cost ? plain : cost;
    case WORD_WILD:
        break;
    }
    size_t letters = 0;
    for (size_t i = 0; i < word->len; i++)
        letters += word->folded[i] != '*' && word->folded[i] != '?';
    for (; letters > 2; letters--)
        cost *= WILD_LETTER * 2;
    return cost > 0.0005 ? cost : 0.0005;
}

static bool is_plain(const struct query_word *word)
{
    return word->kind == WORD_PLAIN || word->kind == WORD_EXACT;
}

/* The cheapest key of a term or a window, and its cost. */
static double term_key(const struct node *term, struct key *key)
{
    double best = COST_NEVER;
    *key = (struct key){.kind = KEY_ALWAYS, .node = term};
    if (term->field != FIELD_TEXT && term->field != FIELD_TITLE)
        return COST_ALWAYS;
    for (size_t i = 0; i < term->n_words; i++) {
        double cost = word_cost(&term->words[i]);
        if (cost < best) {
            best = cost;
            *key = (struct key){.kind = KEY_WORD, .node = term, .first = &term->words[i]};
        }
    }
    for (size_t i = 0; term->kind == NODE_TERM && i + 1 < term->n_words; i++) {
        const struct query_word *first = &term->words[i], *second = first + 1;
        if (!is_plain(first) || !is_plain(second))
            continue;
        double cost = frequency_of_pair(first->folded, first->len, second->folded, second->len);
        if (cost <= best) { /* where its word is as rare, the pair says more */
            best = cost;
            *key = (struct key){.kind = KEY_PAIR, .node = term, .first = first, .second = second};
        }
    }
    return best;
}

static double leaf_key(const struct node *node, struct key *key)
{
    *key = (struct key){.kind = KEY_ALWAYS, .node = node};
    bool indexed = node->field == FIELD_TEXT || node->field == FIELD_TITLE;
    if (node->kind == NODE_TERM || node->kind == NODE_WINDOW)
        return term_key(node, key);
    if (node->kind == NODE_LIST && indexed) {
        key->kind = KEY_LIST;
        return COST_LIST;
    }
    if (node->kind == NODE_REGEX && indexed) {
        key->kind = KEY_REGEX;
        return COST_REGEX;
    }
    bool test = node->kind == NODE_DATE || node->kind == NODE_WORDS || node->kind == NODE_LANG;
    return test ? COST_NEVER : COST_ALWAYS;
}

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

static double cost_of(const struct node *node, bool negated);

/* The costs of the children, and the sum of the cheapest that are needed. */
static double cost_of_children(const struct node *node, bool negated)
{
    size_t needed = n_needed(node, negated);
    double sum = 0, least = -1;
    if (needed == node->n) {
        for (size_t i = 0; i < node->n; i++)
            sum += cost_of(node->children[i], negated);
        return sum < COST_NEVER ? sum : COST_NEVER;
    }
    /* Each round takes the cheapest above the last; equal ones come together. */
    for (size_t taken = 0; taken < needed;) {
        double next = COST_NEVER + 1;
        size_t equal = 0;
        for (size_t i = 0; i < node->n; i++) {
            double cost = cost_of(node->children[i], negated);
            if (cost <= least)
                continue;
            equal = cost < next ? 1 : equal + (cost <= next);
            next = cost < next ? cost : next;
        }
        equal = equal < needed - taken ? equal : needed - taken;
        sum += next * (double)equal;
        taken += equal;
        least = next;
    }
    return sum < COST_NEVER ? sum : COST_NEVER;
}

static double cost_of(const struct node *node, bool negated)
{
    struct key key;
    if (has_no_key(node, negated))
        return COST_NEVER;
    if (!node->n)
        return leaf_key(node, &key);
    if (node->kind == NODE_NOT)
        return cost_of(node->children[0], !negated);
    return cost_of_children(node, negated);
}

static void use_keys(const struct node *node, bool negated, use_key *use, void *arg);

static void use_cheapest(const struct node *node, bool negated, size_t needed, use_key *use,
                         void *arg)
{
    bool *taken = NEW_N(bool, node->n);
    for (; needed > 0; needed--) {
        size_t best = node->n;
        double least = COST_NEVER + 1;
        for (size_t i = 0; i < node->n; i++) {
            double cost = taken[i] ? COST_NEVER + 1 : cost_of(node->children[i], negated);
            if (cost < least) {
                least = cost;
                best = i;
            }
        }
        taken[best] = true;
        use_keys(node->children[best], negated, use, arg);
    }
    mem_free_p(&taken);
}

static void use_keys(const struct node *node, bool negated, use_key *use, void *arg)
{
    if (!node->n) {
        struct key key;
        leaf_key(node, &key);
        use(arg, &key);
    } else if (node->kind == NODE_NOT) {
        use_keys(node->children[0], !negated, use, arg);
    } else if (n_needed(node, negated) == node->n) {
        for (size_t i = 0; i < node->n; i++)
            use_keys(node->children[i], negated, use, arg);
    } else {
        use_cheapest(node, negated, n_needed(node, negated), use, arg);
    }
}

double keys_choose(const struct node *query, use_key *use, void *arg)
{
    double cost = cost_of(query, false);
    if (cost < COST_NEVER)
        use_keys(query, false, use, arg);
    else
        use(arg, &(struct key){.kind = KEY_ALWAYS, .node = query});
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
