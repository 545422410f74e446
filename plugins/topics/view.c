/* A document as queries see it: its fields. The ids of their words are in view_ids.c, where they
 * stand in view_map.c. */
#include "topics/view.h"

#include <stdlib.h>
#include <string.h>

#include "topics/stems.h"

/* As it was compiled with the image; or anew, for an image that is kept can come from another
 * processor, or be older than the library. */
static int open_regexes(struct view *view, struct err *err)
{
    const struct image *image = view->image;
    AUTO_BUF struct buf set = {0};
    char what[256] = "it does not know what it has made";
    view->regexes = regex_set_open(image->regex_set, image->n_regex_set);
    if (view->regexes)
        return 0;
    struct regex_source *sources = NEW_N(struct regex_source, image->n_regexes);
    for (size_t i = 0; i < image->n_regexes; i++)
        sources[i] = (struct regex_source){image_text(image, image->regexes[i].source),
                                           image->regexes[i].any_case};
    if (regex_set_build(sources, image->n_regexes, &set, what, sizeof(what)) == 0)
        view->regexes = regex_set_open(set.data, set.len);
    free(sources);
    return view->regexes ? 0 : err_set(err, "regular expressions: %s", what);
}

int view_init(struct view *view, const struct image *image, struct err *err)
{
    *view = (struct view){.image = image};
    if (image->n_classes)
        view->classes = class_finder_new(image);
    for (size_t i = 0; i < image->n_languages; i++)
        if (stems_open(image_text(image, image->languages[i]), err) < 0)
            return -1;
    return image->n_regexes ? open_regexes(view, err) : 0;
}

static void field_deinit(struct view_field *field)
{
    tocsin_words_free(&field->own);
    free(field->ids);
    free(field->present);
    free(field->extras);
    free(field->next);
    free(field->counts);
    free(field->slots);
}

void view_deinit(struct view *view)
{
    for (size_t i = 0; i < N_FIELDS; i++) {
        field_deinit(&view->fields[i]);
        free(view->regexes_found[i].found);
    }
    class_finder_free(&view->classes);
    regex_set_free(&view->regexes);
    tocsin_spans_free(&view->sentences);
    tocsin_spans_free(&view->paragraphs);
    *view = (struct view){0};
}

void view_set(struct view *view, const struct view_document *document)
{
    view->document = document;
    for (size_t i = 0; i < N_FIELDS; i++) {
        view->fields[i].is_filled = view->fields[i].is_mapped = false;
        view->fields[i].n_scanned = 0;
        view->regexes_found[i].is_scanned = false;
    }
    if (view->has_sentences)
        tocsin_spans_free(&view->sentences);
    if (view->has_paragraphs)
        tocsin_spans_free(&view->paragraphs);
    view->has_sentences = view->has_paragraphs = false;
    view->language = 0;
}

/* ---- fields ---- */

static void add_extras(struct view_field *field, uint32_t position, const uint32_t *classes,
                       size_t n)
{
    if (field->n_extras + n > field->extras_cap)
        field->extras = mem_grow(field->extras, &field->extras_cap, field->n_extras + n,
                                 sizeof(*field->extras));
    for (size_t i = 0; i < n; i++)
        field->extras[field->n_extras++] =
            (struct view_extra){.position = position, .id = classes[i] | ID_CLASS};
}

static void find_classes(struct view *view, struct view_field *field)
{
    for (uint32_t i = 0; i < field->n; i++) {
        const struct tocsin_word *word = &field->words[i];
        size_t n;
        const uint32_t *found =
            class_finder_find(view->classes, word->folded, word->folded_len, &n);
        add_extras(field, i, found, n);
        if (!(field->ids[i] & ID_HAS_EXACT))
            continue;
        found = class_finder_exact(view->classes, field->ids[i] & ID_MASK,
                                   field->text + word->start, word->end - word->start, &n);
        add_extras(field, i, found, n);
    }
}

const char *view_text(const struct view_document *document, enum query_field field, size_t *len)
{
    const char *const texts[N_FIELDS] = {document->text, document->title, document->path,
                                         document->source, document->type};
    bool asks = document->ask && field != FIELD_TEXT;
    const char *text = asks ? document->ask(document->arg, field) : texts[field];
    *len = field == FIELD_TEXT ? document->len : strlen(text);
    return text;
}

static void set_words(struct view *view, struct view_field *field, enum query_field which)
{
    const struct view_document *document = view->document;
    size_t len;
    field->text = view_text(document, which, &len);
    if (which == FIELD_TEXT) {
        field->words = document->words;
        field->n = (uint32_t)document->n_words;
        return;
    }
    tocsin_words_free(&field->own);
    tocsin_words_make(field->text, len, &field->own);
    field->words = field->own.words;
    field->n = (uint32_t)field->own.n;
}

struct view_field *view_field(struct view *view, enum query_field which)
{
    struct view_field *field = &view->fields[which];
    if (field->is_filled)
        return field;
    set_words(view, field, which);
    view_unmark(field);
    if (field->n > field->ids_cap) {
        field->ids_cap = field->n + field->n / 2;
        field->ids = mem_resize(field->ids, field->ids_cap * sizeof(*field->ids));
    }
    view_find_ids(view->image, field);
    field->n_extras = 0;
    if (view->classes)
        find_classes(view, field);
    field->is_filled = true;
    return field;
}

/* ---- what only some queries ask for ---- */

const struct tocsin_spans *view_spans(struct view *view, bool paragraphs)
{
    const struct view_document *document = view->document;
    /* These functions only read the words. */
    struct tocsin_words words = {.n = document->n_words};
    memcpy(&words.words, &document->words, sizeof(words.words));
    if (paragraphs && !view->has_paragraphs)
        tocsin_paragraphs_make(document->text, document->len, &words, &view->paragraphs);
    if (!paragraphs && !view->has_sentences)
        tocsin_sentences_make(document->text, document->len, &words, &view->sentences);
    view->has_paragraphs |= paragraphs;
    view->has_sentences |= !paragraphs;
    return paragraphs ? &view->paragraphs : &view->sentences;
}

static void mark_regex(void *arg, uint32_t number)
{
    uint64_t *found = arg;
    found[number / 64] |= UINT64_C(1) << (number % 64);
}

bool view_has_regex(struct view *view, enum query_field which, uint32_t number)
{
    struct view_regexes *regexes = &view->regexes_found[which];
    if (!view->regexes)
        return false;
    if (!regexes->is_scanned) {
        size_t n = view->image->n_regexes / 64 + 1, len;
        const char *text = view_text(view->document, which, &len);
        if (!regexes->found)
            regexes->found = NEW_N(uint64_t, n);
        memset(regexes->found, 0, n * sizeof(*regexes->found));
        regex_set_scan(view->regexes, text, len, mark_regex, regexes->found);
        regexes->is_scanned = true;
    }
    return regexes->found[number / 64] >> (number % 64) & 1;
}

uint32_t view_language(struct view *view)
{
    if (!view->language)
        view->language = language_of(view->document->words, view->document->n_words);
    return view->language;
}
