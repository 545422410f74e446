/*
 * A document as queries see it: the ids of its words, and where each stands.
 *
 * Made once a document, in memory that is kept for the next one; what only some queries ask for
 * (the title, sentences, where words stand) is made when the first of them does.
 */
#ifndef TOCSIN_TOPICS_VIEW_H
#define TOCSIN_TOPICS_VIEW_H

#include <tocsin/text.h>

#include "topics/classes.h"
#include "topics/image.h"
#include "topics/regex.h"

#define VIEW_NONE UINT32_MAX

/* What a document is; texts are never NULL. `words` are those of the text. Where `ask` is set, it
 * gives the other fields' texts when a query asks for them, in place of the members. */
struct view_document {
    const char *text;
    size_t len;
    const struct tocsin_word *words;
    size_t n_words;
    const char *title, *path, *source, *type;
    int32_t date, today; /* YYYYMMDD */
    /* What an edit has added, in order; all is new when there was nothing before. */
    const struct tocsin_span *added;
    size_t n_added;
    bool all_is_new;
    const char *(*ask)(void *arg, enum query_field field);
    void *arg;
};
/* The text of a field. */
const char *view_text(const struct view_document *document, enum query_field field, size_t *len);

/* One field: a sequence of words. An occurrence is a word at its position or, from n on, a class
 * that the word at a position is in. */
struct view_field {
    const char *text;
    const struct tocsin_word *words;
    struct tocsin_words own; /* of all fields but the text */
    uint32_t n;
    uint32_t *ids; /* with flags */
    size_t ids_cap;
    uint64_t *present; /* a bit for each id that a word can have: is it there? */
    size_t n_present;
    struct view_extra {
        uint32_t position, id;
    } * extras; /* by position */
    size_t n_extras, extras_cap;
    uint32_t *next, *counts; /* by occurrence: the next of the same id; how many from here on */
    size_t occurrences_cap;
    uint32_t *slots; /* first occurrences, by id */
    size_t slots_cap;
    uint32_t mask;
    bool is_filled, is_marked, is_mapped;
    uint32_t n_scanned; /* terms that were looked for without a map */
};

/* Which regular expressions are in a field. */
struct view_regexes {
    uint64_t *found; /* a bit each */
    bool is_scanned;
};

struct view {
    const struct image *image;
    const struct view_document *document;
    struct class_finder *classes;
    struct regex_set *regexes; /* NULL: there are none */
    struct view_field fields[N_FIELDS];
    struct view_regexes regexes_found[N_FIELDS];
    struct tocsin_spans sentences, paragraphs;
    bool has_sentences, has_paragraphs;
    uint32_t language; /* two letters, 0: not known yet */
};

/* Opens the libraries that its queries need: 0, or -1; deinit it even so. */
int view_init(struct view *view, const struct image *image, struct err *err);
void view_deinit(struct view *view);
/* Another document, which outlives its use here. */
void view_set(struct view *view, const struct view_document *document);

/* Fills the ids of a field whose words are set, and for which there is room (view_ids.c). */
void view_find_ids(const struct image *image, struct view_field *field);
/* A field with its ids. */
struct view_field *view_field(struct view *view, enum query_field field);
/* Before its ids are others: takes back the marks. */
void view_unmark(struct view_field *field);
/* The same, ready for view_may_have. */
struct view_field *view_marked(struct view *view, enum query_field field);
/* The same, ready for view_first. */
struct view_field *view_mapped(struct view *view, enum query_field field);

/* Is the word of this id, or some word of this class, anywhere in a marked field? Of a class it may
 * be said when it is not. */
static inline bool view_may_have(const struct view_field *field, uint32_t id)
{
    return id & ID_CLASS ? field->n_extras > 0 : field->present[id / 64] >> (id % 64) & 1;
}

/* The first occurrence of an id in a mapped field; VIEW_NONE: there is none. Go on by `next`. */
uint32_t view_first(const struct view_field *field, uint32_t id);
static inline uint32_t view_position(const struct view_field *field, uint32_t occurrence)
{
    return occurrence < field->n ? occurrence : field->extras[occurrence - field->n].position;
}
/* Is the word at a position this one, or in this class? */
bool view_holds(const struct view_field *field, uint32_t position, uint32_t id);

/* The sentences or paragraphs of the text. */
const struct tocsin_spans *view_spans(struct view *view, bool paragraphs);
bool view_has_regex(struct view *view, enum query_field field, uint32_t number);
/* Two letters as in CODE_LANG: by the commonest words (lang.c). */
uint32_t view_language(struct view *view);
/* lang.c */
uint32_t language_of(const struct tocsin_word *words, size_t n);

#endif
