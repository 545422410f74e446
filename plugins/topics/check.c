/* What a query must be beyond its form: it requires something. And notes to those who wrote it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "topics/query.h"

void query_note(struct query_notes *notes, size_t at, const char *fmt, ...)
{
    if (!notes)
        return;
    notes->items = mem_grow(notes->items, &notes->cap, notes->n + 1, sizeof(*notes->items));
    struct query_note *note = &notes->items[notes->n++];
    va_list va;
    va_start(va, fmt);
    vsnprintf(note->text, sizeof(note->text), fmt, va);
    va_end(va);
    note->at = at;
}

void query_notes_deinit(struct query_notes *notes)
{
    free(notes->items);
    *notes = (struct query_notes){0};
}

bool query_matches_nothing(const struct node *node)
{
    size_t wanted = node->n;
    switch (node->kind) {
    case NODE_TERM:
    case NODE_WINDOW:
    case NODE_LIST:
    case NODE_REGEX:
    case NODE_NEAR:
        return false;
    case NODE_DATE:
    case NODE_WORDS:
    case NODE_LANG:
        return true;
    case NODE_NOT:
        return !query_matches_nothing(node->children[0]);
    case NODE_OR:
        wanted = 1;
        break;
    case NODE_OF:
        wanted = node->number;
        break;
    case NODE_AND:
    case NODE_SENTENCE:
    case NODE_PARAGRAPH:
    case NODE_NEW:
        break;
    }
    size_t found = 0;
    for (size_t i = 0; i < node->n; i++)
        found += query_matches_nothing(node->children[i]);
    return found >= wanted;
}

/* The part that is to blame: of an OR the one that requires nothing. */
static const struct node *unrequiring(const struct node *node)
{
    for (size_t i = 0; node->kind == NODE_OR && i < node->n; i++)
        if (query_matches_nothing(node->children[i]))
            return unrequiring(node->children[i]);
    return node;
}

static bool only_refuses(const struct node *node)
{
    if (node->kind == NODE_DATE || node->kind == NODE_WORDS || node->kind == NODE_LANG)
        return false;
    for (size_t i = 0; i < node->n; i++)
        if (node->kind != NODE_NOT && !only_refuses(node->children[i]))
            return false;
    return true;
}

int query_check(const struct node *root, struct query_error *error)
{
    if (!query_matches_nothing(root))
        return 0;
    const struct node *part = unrequiring(root);
    return query_fail(error, part->start, "add a word that must be there",
                      "this matches nearly every document: it only says %s",
                      only_refuses(part) ? "what must not be there"
                                         : "of what date, length or language it must be");
}
