/*
 * Why a query holds or not: each part true or false, with the words that decided. For the first
 * part that keeps a query from matching, the nearest words of the document are named.
 */
#include "topics/explain.h"

#include <stdlib.h>
#include <string.h>
#include <tocsin/text.h>

#include "topics/nearest.h"

#define CONTEXT_BYTES 40 /* of the text shown to either side of a place */

struct explainer {
    const struct view *view;
    const char *text, *title;
    const struct node *culprit; /* the first term that keeps the query from holding */
    explain_part *say;
    void *arg;
};

/* The first term that made the node what it is. */
static const struct node *first_reason(const struct node *node, const struct view *view)
{
    while (node->kind != NODE_TERM) {
        bool holds = eval(node, view);
        size_t i = 0;
        while (node->kind != NODE_NOT && i + 1 < node->n && eval(node->children[i], view) != holds)
            i++;
        node = node->children[i];
    }
    return node;
}

/* The text around a term's place, cut at whole characters. */
static void quote(const char *text, const struct wordmap *map, const struct node *term, uint32_t at,
                  struct buf *out)
{
    size_t start = map->words[at].start, end = map->words[at + term->n_words - 1].end;
    size_t from = start > CONTEXT_BYTES ? start - CONTEXT_BYTES : 0;
    while (from < start && ((unsigned char)text[from] & 0xC0) == 0x80)
        from++;
    size_t to = end + strnlen(text + end, CONTEXT_BYTES);
    while (to > end && ((unsigned char)text[to] & 0xC0) == 0x80)
        to--;
    AUTO_FREE char *shown = tocsin_display(text + from, to - from);
    buf_printf(out, "\u201C%s%s%s\u201D", from ? "\u2026" : "", shown, text[to] ? "\u2026" : "");
}

static void why_present(const struct explainer *e, const struct node *term,
                        const struct wordmap *map, uint32_t at, struct cursor *cursor,
                        struct buf *out)
{
    size_t places = 1;
    while (cursor_next(cursor) != WORDMAP_NONE)
        places++;
    buf_printf(out, "in the %s", term->title ? "title" : "text");
    if (places > 1)
        buf_printf(out, " %zu times, first", places);
    buf_puts(out, ": ");
    quote(term->title ? e->title : e->text, map, term, at, out);
}

static bool word_is_there(const struct explainer *e, const struct node *term, size_t i,
                          const struct wordmap *map)
{
    struct node one = {.kind = NODE_TERM, .words = &term->words[i], .n_words = 1};
    one.prefix = term->prefix && i + 1 == term->n_words;
    struct cursor cursor;
    cursor_init(&cursor, &one, e->view, map);
    return cursor_next(&cursor) != WORDMAP_NONE;
}

static void why_words(const struct explainer *e, const struct node *term, const struct wordmap *map,
                      struct buf *out)
{
    size_t missing = 0;
    for (size_t i = 0; i < term->n_words; i++)
        if (!word_is_there(e, term, i, map))
            buf_printf(out, "%s \u201C%s\u201D",
                       missing++ ? "," : "; missing:", term->words[i].folded);
    if (!missing)
        buf_puts(out, "; its words are there, but not one after the other");
}

static void why_nearest(const struct explainer *e, const struct node *term,
                        const struct wordmap *map, struct buf *out)
{
    const char *lead = "; nearest:";
    for (size_t i = 0; i < term->n_words; i++) {
        uint32_t places[NEAREST_MAX];
        size_t n = 0;
        if (!word_is_there(e, term, i, map))
            n = nearest_words(map, term->words[i].folded, term->words[i].len, places);
        for (size_t at = 0; at < n; at++, lead = ",") {
            const struct tocsin_word *word = &map->words[places[at]];
            buf_printf(out, "%s \u201C%.*s\u201D", lead, (int)word->folded_len, word->folded);
        }
    }
}

static void why_absent(const struct explainer *e, const struct node *term,
                       const struct wordmap *map, struct buf *out)
{
    buf_printf(out, "not in the %s", term->title ? "title" : "text");
    if (term->n_words > 1)
        why_words(e, term, map, out);
    struct cursor cursor;
    cursor_init(&cursor, term, e->view, &e->view->text);
    if (term->title && cursor_next(&cursor) != WORDMAP_NONE)
        buf_puts(out, ", only in the text");
    else if (term == e->culprit)
        why_nearest(e, term, map, out);
}

static void why_term(const struct explainer *e, const struct node *term, struct buf *out)
{
    const struct wordmap *map = term->title ? &e->view->title : &e->view->text;
    struct cursor cursor;
    cursor_init(&cursor, term, e->view, map);
    uint32_t at = cursor_next(&cursor);
    if (at == WORDMAP_NONE)
        why_absent(e, term, map, out);
    else
        why_present(e, term, map, at, &cursor, out);
}

static void why_group(const struct explainer *e, const struct node *node, bool holds,
                      struct buf *out)
{
    size_t n = 0;
    for (size_t i = 0; i < node->n; i++)
        n += eval(node->children[i], e->view);
    if (node->kind == NODE_NOT)
        buf_puts(out, holds ? "what it refuses is not there" : "what it refuses is there");
    else if (node->kind == NODE_AND && holds)
        buf_printf(out, "all %zu parts hold", n);
    else if (node->kind == NODE_AND)
        buf_printf(out, "%zu of %zu parts hold", n, node->n);
    else if (holds)
        buf_printf(out, "%zu of %zu alternatives hold", n, node->n);
    else
        buf_puts(out, "none of its alternatives holds");
}

static void explain_node(const struct explainer *e, const struct node *node, int depth)
{
    AUTO_BUF struct buf part = {0}, why = {0};
    bool holds = eval(node, e->view);
    query_canon(node, &part);
    if (node->kind == NODE_TERM)
        why_term(e, node, &why);
    else
        why_group(e, node, holds, &why);
    e->say(e->arg, depth, holds, buf_text(&part), buf_text(&why));
    for (size_t i = 0; i < node->n; i++)
        explain_node(e, node->children[i], depth + 1);
}

void explain_query(const struct node *query, const struct view *view, const char *text,
                   const char *title, explain_part *say, void *arg)
{
    struct explainer e = {.view = view, .text = text, .title = title, .say = say, .arg = arg};
    if (!eval(query, view))
        e.culprit = first_reason(query, view);
    explain_node(&e, query, 0);
}
