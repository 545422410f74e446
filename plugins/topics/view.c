/* A document as queries see it: its ids. Where they stand is in view_map.c. */
#include "topics/view.h"

#include <stdlib.h>
#include <string.h>

#define BATCH 32 /* words that are looked up together */

void view_init(struct view *view, const struct image *image)
{
    *view = (struct view){.image = image};
    if (image->n_classes)
        view->classes = class_finder_new(image);
    if (image->n_regex_set)
        view->regexes = regex_set_open(image->regex_set, image->n_regex_set);
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

/* ---- ids ---- */

/* A document's word's hash, and its key, without a branch: eight bytes can be read there, whatever
 * its length (words.h). */
static inline uint64_t hash_of(uint64_t seed, const struct tocsin_word *word, uint64_t *key)
{
    size_t len = word->folded_len, more = len > WORD_KEY_BYTES ? len - WORD_KEY_BYTES : 0;
    size_t missing = WORD_KEY_BYTES - (len - more);
    uint64_t first, last;
    memcpy(&first, word->folded, sizeof(first));
    memcpy(&last, word->folded + more, sizeof(last));
    uint64_t own = ~UINT64_C(0) >> (8 * missing);
    uint64_t hash = word_hash(seed, first & own, last & own, more);
    *key = more ? hash : first & own;
    return hash;
}

static inline bool same_long(const struct image *image, uint32_t string,
                             const struct tocsin_word *word)
{
    uint32_t len;
    memcpy(&len, image->strings + string, sizeof(len));
    return len == word->folded_len &&
           !memcmp(image->strings + string + sizeof(len), word->folded, len);
}

static inline uint32_t find_id(const struct image *image, uint64_t key, size_t at,
                               const struct tocsin_word *word)
{
    bool is_short = word_is_short(word->folded_len);
    for (size_t mask = image->n_words - 1;; at = (at + 1) & mask) {
        const struct image_word *slot = &image->words[at];
        if (slot->id == ID_NONE || (slot->key == key && !slot->string == is_short &&
                                    (is_short || same_long(image, slot->string, word))))
            return slot->id;
    }
}

/* The words of a batch that some query may ask for, by their places in it; mostly few. */
static inline uint32_t sift(const struct image *image, const struct tocsin_word *words, uint32_t n,
                            uint64_t *keys, uint64_t *hashes, uint8_t *kept)
{
    uint32_t n_kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        hashes[i] = hash_of(image->seed, &words[i], &keys[i]);
        kept[n_kept] = (uint8_t)i;
        n_kept += image_may_word(image, hashes[i]);
    }
    return n_kept;
}

/* Looks every word up, a batch of them at a time: a small filter answers for most, and the memory
 * that one of the others waits for comes while the rest are looked at. */
static void find_ids(const struct image *image, struct view_field *field)
{
    uint64_t keys[BATCH], hashes[BATCH];
    uint8_t kept[BATCH] = {0};
    size_t mask = image->n_words - 1;
    if (!field->n) /* then there are no ids either */
        return;
    memset(field->ids, 0, field->n * sizeof(*field->ids)); /* ID_NONE */
    for (uint32_t start = 0; start < field->n; start += BATCH) {
        const struct tocsin_word *words = field->words + start;
        uint32_t n = field->n - start < BATCH ? field->n - start : BATCH;
        uint32_t n_kept = sift(image, words, n, keys, hashes, kept);
        for (uint32_t i = 0; i < n_kept; i++)
            __builtin_prefetch(&image->words[hashes[kept[i]] & mask]);
        for (uint32_t i = 0; i < n_kept; i++) {
            uint32_t at = kept[i];
            field->ids[start + at] = find_id(image, keys[at], hashes[at] & mask, &words[at]);
        }
    }
}

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
    find_ids(view->image, field);
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
