/*
 * Why a part of a query is not there: which of its words are missing, and, of the part that keeps
 * the query from matching, the nearest words of the document.
 */
#include <string.h>

#include "topics/explain_inner.h"
#include "topics/nearest.h"

static bool word_is_there(const struct explainer *e, const uint32_t *code, size_t i,
                          enum query_field field)
{
    size_t skipped = code_kind(code) == NODE_WINDOW ? 1 : 0;
    const struct view_field *seen = view_mapped(e->view, field);
    return view_first(seen, code[CODE_ARGS + skipped + i]) != VIEW_NONE;
}

static void why_words(const struct explainer *e, const struct node *node, const uint32_t *code,
                      struct buf *out)
{
    size_t missing = 0;
    for (size_t i = 0; i < node->n_words; i++)
        if (!word_is_there(e, code, i, node->field))
            buf_printf(out, "%s \u201C%s\u201D",
                       missing++ ? "," : "; missing:", node->words[i].folded);
    if (missing)
        return;
    if (node->first)
        buf_printf(out, "; it is there, but not among the first %d words", QUERY_FIRST_WORDS);
    else if (node->kind == NODE_WINDOW)
        buf_printf(out, "; its words are there, but not within %u", node->number);
    else if (node->n_words > 1)
        buf_puts(out, "; its words are there, but not one after the other");
}

static void why_nearest(const struct explainer *e, const struct node *node, const uint32_t *code,
                        struct buf *out)
{
    const struct view_field *seen = view_field(e->view, node->field);
    const char *lead = "; nearest:";
    for (size_t i = 0; i < node->n_words; i++) {
        uint32_t places[NEAREST_MAX];
        size_t n = 0;
        if (!word_is_there(e, code, i, node->field))
            n = nearest_words(seen->words, seen->n, node->words[i].folded, node->words[i].len,
                              places);
        for (size_t at = 0; at < n; at++, lead = ",") {
            const struct tocsin_word *word = &seen->words[places[at]];
            buf_printf(out, "%s \u201C%.*s\u201D", lead, (int)word->folded_len, word->folded);
        }
    }
}

/* Looked for in the title, and only in the text. */
static bool is_in_text(const struct explainer *e, const uint32_t *code)
{
    AUTO_FREE uint32_t *in_text = mem_copy(code, code[CODE_SIZE] * sizeof(*code));
    in_text[CODE_HEAD] = code_head(code_kind(code), FIELD_TEXT, false, code_n(code));
    return places_any(e->view, in_text, &SCOPE_ALL);
}

void why_absent(const struct explainer *e, const struct node *node, size_t number, struct buf *out)
{
    const uint32_t *code = explain_code(e, number);
    buf_printf(out, "not in the %s", why_field(node->field));
    if (node->n_words > 1 || node->first)
        why_words(e, node, code, out);
    if (node->field == FIELD_TITLE && is_in_text(e, code))
        buf_puts(out, ", only in the text");
    else if (number == e->culprit)
        why_nearest(e, node, code, out);
}
