/* A query's tree as text again: its canonical form. */
#include "topics/query.h"

const char *query_field_name(enum query_field field)
{
    static const char *const names[N_FIELDS] = {"", "title:", "path:", "source:", "type:"};
    return names[field];
}

static void canon_word(const struct query_word *word, struct buf *out)
{
    buf_puts(out, word->kind == WORD_EXACT ? word->shown : word->folded);
    if (word->kind == WORD_FUZZY)
        buf_printf(out, "~%u", word->slips);
}

static void canon_term(const struct node *term, struct buf *out)
{
    bool quoted = term->n_words > 1;
    buf_puts(out, query_field_name(term->field));
    buf_puts(out, term->words[0].kind == WORD_STEM ? "stem:" : "");
    buf_puts(out, term->first ? "^" : "");
    buf_puts(out, term->words[0].kind == WORD_EXACT ? "=" : "");
    buf_puts(out, quoted ? "\"" : "");
    for (size_t i = 0; i < term->n_words; i++) {
        if (term->words[i].kind == WORD_EXACT && !term->words[i].shown)
            continue;
        buf_puts(out, i ? " " : "");
        canon_word(&term->words[i], out);
    }
    buf_puts(out, quoted ? "\"" : "");
    if (term->kind == NODE_WINDOW)
        buf_printf(out, "~%u", term->number);
}

static void canon_day(int32_t day, bool is_days, struct buf *out)
{
    if (is_days)
        buf_printf(out, "%dd", day);
    else if (day != INT32_MIN && day != INT32_MAX)
        buf_printf(out, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
}

static void canon_count(const struct query_range *range, struct buf *out)
{
    buf_puts(out, "words:");
    if (range->low > 0 || range->high == INT32_MAX)
        buf_printf(out, "%d", range->low);
    buf_puts(out, "..");
    if (range->high != INT32_MAX)
        buf_printf(out, "%d", range->high);
}

static void canon_leaf(const struct node *node, struct buf *out)
{
    if (node->kind == NODE_LIST) {
        buf_printf(out, "%s@%s", query_field_name(node->field), node->text);
    } else if (node->kind == NODE_REGEX) {
        buf_printf(out, "%s/%s/%s", query_field_name(node->field), node->text,
                   node->any_case ? "i" : "");
    } else if (node->kind == NODE_DATE) {
        buf_puts(out, "date:");
        canon_day(node->range.low, node->range.low_is_days, out);
        buf_puts(out, "..");
        canon_day(node->range.high, node->range.high_is_days, out);
    } else if (node->kind == NODE_WORDS) {
        canon_count(&node->range, out);
    } else if (node->kind == NODE_LANG) {
        buf_printf(out, "lang:%s", node->text);
    } else {
        canon_term(node, out);
    }
}

static void canon_child(const struct node *child, struct buf *out)
{
    bool group = child->kind == NODE_AND || child->kind == NODE_OR;
    buf_puts(out, group ? "(" : "");
    query_canon(child, out);
    buf_puts(out, group ? ")" : "");
}

/* What stands between child i - 1 and child i. */
static void canon_between(const struct node *node, size_t i, struct buf *out)
{
    if (node->kind == NODE_AND)
        buf_puts(out, " AND ");
    else if (node->kind == NODE_OR)
        buf_puts(out, " OR ");
    else if (node->kind == NODE_OF)
        buf_puts(out, ", ");
    else
        buf_printf(out, " %s/%u ", node->gaps[i - 1].ordered ? "ADJ" : "NEAR",
                   node->gaps[i - 1].distance);
}

void query_canon(const struct node *node, struct buf *out)
{
    static const char *const names[] = {[NODE_NOT] = "NOT ",
                                        [NODE_SENTENCE] = "SENTENCE(",
                                        [NODE_PARAGRAPH] = "PARAGRAPH(",
                                        [NODE_NEW] = "new:(",
                                        [NODE_OF] = "OF ("};
    if (!node->n) {
        canon_leaf(node, out);
        return;
    }
    bool scope = node->kind == NODE_SENTENCE || node->kind == NODE_PARAGRAPH ||
                 node->kind == NODE_NEW || node->kind == NODE_OF;
    if (node->kind == NODE_OF)
        buf_printf(out, "%u ", node->number);
    if (scope || node->kind == NODE_NOT)
        buf_puts(out, names[node->kind]);
    for (size_t i = 0; i < node->n; i++) {
        if (i)
            canon_between(node, i, out);
        if (scope)
            query_canon(node->children[i], out);
        else
            canon_child(node->children[i], out);
    }
    buf_puts(out, scope ? ")" : "");
}
