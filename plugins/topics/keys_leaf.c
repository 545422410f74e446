/* The key of a part without parts, and what it costs. */
#include "topics/frequency.h"
#include "topics/keys_inner.h"

#define COST_LIST   0.3  /* unknown here: of some hundred names one is often there */
#define COST_REGEX  0.5  /* scanning costs every document something */
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

double keys_of_leaf(const struct node *node, struct key *key)
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
