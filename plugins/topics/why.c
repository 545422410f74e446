/* The words that decided on one part of a query. */
#include <string.h>

#include "topics/explain_inner.h"

#define CONTEXT_BYTES 40 /* of the text shown to either side of a place */

const char *why_field(enum query_field field)
{
    static const char *const names[N_FIELDS] = {"text", "title", "path", "source's name",
                                                "media type"};
    return names[field];
}

/* The text around some bytes, cut at whole characters. */
static void quote(const char *text, size_t start, size_t end, struct buf *out)
{
    size_t from = start > CONTEXT_BYTES ? start - CONTEXT_BYTES : 0;
    while (from < start && ((unsigned char)text[from] & 0xC0) == 0x80)
        from++;
    size_t to = end + strnlen(text + end, CONTEXT_BYTES);
    while (to > end && ((unsigned char)text[to] & 0xC0) == 0x80)
        to--;
    AUTO_FREE char *shown = tocsin_display(text + from, to - from);
    buf_printf(out, "\u201C%s%s%s\u201D", from ? "\u2026" : "", shown, text[to] ? "\u2026" : "");
}

/* ---- what is there ---- */

struct tally {
    size_t n;
    struct place first;
};

static bool tally(void *arg, struct place place)
{
    struct tally *tally = arg;
    if (!tally->n++ || place.first < tally->first.first)
        tally->first = place;
    return true;
}

static void why_present(const struct explainer *e, const struct node *node, enum query_field field,
                        const struct tally *places, struct buf *out)
{
    const struct view_field *seen = view_field(e->view, field);
    buf_printf(out, "in the %s", why_field(field));
    if (places->n > 1 && node->kind != NODE_NEAR)
        buf_printf(out, " %zu times, first", places->n);
    buf_puts(out, ": ");
    quote(seen->text, seen->words[places->first.first].start, seen->words[places->first.last].end,
          out);
}

static void add_entry(void *arg, struct place place, const char *entry)
{
    (void)place;
    struct buf *out = arg;
    if (!strstr(buf_text(out), entry))
        buf_printf(out, "%s%s", out->len ? ", " : "", entry);
}

static void why_entries(const struct explainer *e, const uint32_t *code, struct buf *out)
{
    AUTO_BUF struct buf entries = {0};
    places_of_list(e->view, code, &SCOPE_ALL, add_entry, &entries);
    buf_printf(out, "; it names %s", buf_text(&entries));
}

static void why_places(const struct explainer *e, const struct node *node, size_t number,
                       struct buf *out)
{
    const uint32_t *code = explain_code(e, number);
    struct tally places = {0};
    places_each(e->view, code, &SCOPE_ALL, tally, &places);
    if (!places.n && node->kind == NODE_NEAR) {
        buf_puts(out, "its parts are not there within so many words");
        return;
    }
    if (!places.n) {
        why_absent(e, node, number, out);
        return;
    }
    why_present(e, node, node->field, &places, out);
    if (node->kind == NODE_LIST)
        why_entries(e, code, out);
}

/* ---- the rest ---- */

static bool quote_match(void *arg, size_t start, size_t end)
{
    size_t *span = arg;
    span[0] = start;
    span[1] = end;
    return false;
}

static void why_regex(const struct explainer *e, const struct node *node, bool holds,
                      struct buf *out)
{
    const struct view_field *seen = view_field(e->view, node->field);
    size_t span[2] = {0, 0};
    buf_printf(out, "%sin the %s", holds ? "" : "not ", why_field(node->field));
    if (holds && regex_places(node->text, node->any_case, seen->text, strlen(seen->text),
                              quote_match, span)) {
        buf_puts(out, ": ");
        quote(seen->text, span[0], span[1], out);
    }
}

static void why_test(const struct explainer *e, const struct node *node, struct buf *out)
{
    const struct view_document *document = e->view->document;
    uint32_t language = view_language(e->view);
    if (node->kind == NODE_DATE)
        buf_printf(out, "its date is %04d-%02d-%02d", document->date / 10000,
                   document->date / 100 % 100, document->date % 100);
    else if (node->kind == NODE_WORDS)
        buf_printf(out, "it has %zu words", document->n_words);
    else if (language)
        buf_printf(out, "its language looks like %c%c", (char)(language >> 8), (char)language);
    else
        buf_puts(out, "its language is not clear");
}

static void why_group(const struct explainer *e, const struct node *node, size_t number, bool holds,
                      struct buf *out)
{
    size_t n = 0, child = number + 1;
    for (size_t i = 0; i < node->n; i++) {
        n += eval(e->view, explain_code(e, child), &SCOPE_ALL);
        child += explain_count(node->children[i]);
    }
    if (node->kind == NODE_NOT)
        buf_puts(out, holds ? "what it refuses is not there" : "what it refuses is there");
    else if (node->kind == NODE_OF)
        buf_printf(out, "%zu of %zu hold, %u are needed", n, node->n, node->number);
    else if (node->kind == NODE_AND && holds)
        buf_printf(out, "all %zu parts hold", n);
    else if (node->kind == NODE_AND)
        buf_printf(out, "%zu of %zu parts hold", n, node->n);
    else if (holds)
        buf_printf(out, "%zu of %zu alternatives hold", n, node->n);
    else
        buf_puts(out, "none of its alternatives holds");
}

static void why_scope(const struct node *node, bool holds, struct buf *out)
{
    const char *what = node->kind == NODE_SENTENCE    ? "sentence"
                       : node->kind == NODE_PARAGRAPH ? "paragraph"
                                                      : NULL;
    if (what)
        buf_printf(out, "%s %s holds this", holds ? "a" : "no", what);
    else
        buf_printf(out, "what is new %s this", holds ? "holds" : "does not hold");
}

void why_node(const struct explainer *e, const struct node *node, size_t number, bool holds,
              struct buf *out)
{
    switch (node->kind) {
    case NODE_TERM:
    case NODE_WINDOW:
    case NODE_LIST:
    case NODE_NEAR:
        why_places(e, node, number, out);
        break;
    case NODE_REGEX:
        why_regex(e, node, holds, out);
        break;
    case NODE_DATE:
    case NODE_WORDS:
    case NODE_LANG:
        why_test(e, node, out);
        break;
    case NODE_SENTENCE:
    case NODE_PARAGRAPH:
    case NODE_NEW:
        why_scope(node, holds, out);
        break;
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
    case NODE_OF:
        why_group(e, node, number, holds, out);
        break;
    }
}
