/*
 * Evaluation over the positions of a document's words. Recursion is bounded by the query's depth; a
 * term costs the places of its longest word times its length, a prefix alone the words of the text.
 */
#include "topics/eval.h"

#include <string.h>

static bool word_holds(const struct node *term, size_t i, const struct tocsin_word *word)
{
    const struct query_word *wanted = &term->words[i];
    bool prefix = term->prefix && i + 1 == term->n_words;
    if (prefix ? word->folded_len < wanted->len : word->folded_len != wanted->len)
        return false;
    return !memcmp(word->folded, wanted->folded, wanted->len);
}

static bool stands_at(const struct node *term, const struct wordmap *map, size_t start)
{
    if (start + term->n_words > map->n)
        return false;
    for (size_t i = 0; i < term->n_words; i++)
        if (!word_holds(term, i, &map->words[start + i]))
            return false;
    return true;
}

void cursor_init(struct cursor *cursor, const struct node *term, const struct view *view,
                 const struct wordmap *map)
{
    size_t whole = term->n_words - (term->prefix ? 1 : 0); /* words that do not go on */
    size_t anchor = term->n_words;
    for (size_t i = 0; i < whole; i++)
        if (anchor == term->n_words || term->words[i].len > term->words[anchor].len)
            anchor = i;
    *cursor = (struct cursor){.term = term, .map = map, .anchor = anchor, .at = 0};
    if (anchor < term->n_words) {
        const struct query_word *word = &term->words[anchor];
        cursor->at = wordmap_first(map, word_hash(view->seed, word->folded, word->len),
                                   word->folded, word->len);
    }
}

uint32_t cursor_next(struct cursor *cursor)
{
    const struct wordmap *map = cursor->map;
    bool walks_all = cursor->anchor == cursor->term->n_words;
    size_t offset = walks_all ? 0 : cursor->anchor;
    while (cursor->at < map->n) {
        uint32_t at = cursor->at;
        cursor->at = walks_all ? at + 1 : map->next[at];
        if (at >= offset && stands_at(cursor->term, map, at - offset))
            return at - (uint32_t)offset;
    }
    return WORDMAP_NONE;
}

static bool eval_term(const struct node *term, const struct view *view)
{
    struct cursor cursor;
    cursor_init(&cursor, term, view, term->title ? &view->title : &view->text);
    return cursor_next(&cursor) != WORDMAP_NONE;
}

bool eval(const struct node *node, const struct view *view)
{
    switch (node->kind) {
    case NODE_TERM:
        return eval_term(node, view);
    case NODE_NOT:
        return !eval(node->children[0], view);
    case NODE_AND:
    case NODE_OR:
        break;
    }
    bool all = node->kind == NODE_AND;
    for (size_t i = 0; i < node->n; i++)
        if (eval(node->children[i], view) != all)
            return !all;
    return all;
}
