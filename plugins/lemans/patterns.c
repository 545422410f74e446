/* A pattern's text to its elements; what it may hold is said in language.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/mem.h"
#include "base/str.h"

#include "language_build.h"
#include "yaml.h"

#define PATTERN_MAX_ELEMENTS 24
#define GAP_MAX_WORDS        9

static const char *const mention_names[] = {"person", "team",  "car",    "class",   "year",
                                            "race",   "other", "nation", "somebody"};

struct compiling {
    struct language_reader *reader;
    struct config_at at;
    struct element elements[PATTERN_MAX_ELEMENTS];
    size_t n;
};

static int element_add(struct compiling *c, enum element_kind kind, uint16_t arg, bool optional)
{
    if (c->n == PATTERN_MAX_ELEMENTS)
        return diags_error(c->reader->diags, c->at, "a pattern has at most %d parts",
                           PATTERN_MAX_ELEMENTS);
    c->elements[c->n++] = (struct element){.kind = kind, .arg = arg, .optional = optional};
    return 0;
}

static int element_mention(struct compiling *c, const char *piece, bool optional)
{
    for (size_t i = 0; i < ARRAY_LEN(mention_names); i++)
        if (strlen(piece) == strlen(mention_names[i]) + 2 &&
            !memcmp(piece + 1, mention_names[i], strlen(mention_names[i])))
            return element_add(c, ELEMENT_MENTION, (uint16_t)i, optional);
    return diags_error(c->reader->diags, c->at, "unknown mention %s", piece);
}

static int element_named_set(struct compiling *c, const char *piece, bool optional)
{
    uint16_t set = language_set_find(c->reader->language, piece);
    if (set == SET_NONE)
        return diags_error(c->reader->diags, c->at, "unknown set %s", piece);
    return element_add(c, ELEMENT_SET, set, optional);
}

static int element_gap(struct compiling *c, const char *piece)
{
    int64_t n = 0;
    if (!str_int_parse(piece + 1, &n) || n < 1 || n > GAP_MAX_WORDS || !c->n)
        return diags_error(c->reader->diags, c->at, "%s: a gap is ~1 to ~%d, not first", piece,
                           GAP_MAX_WORDS);
    return element_add(c, ELEMENT_GAP, (uint16_t)n, true);
}

/* "a|b|c*": a set of its own, shared by all patterns that write it so. */
static int element_choice(struct compiling *c, char *piece, bool optional)
{
    bool fresh;
    uint16_t set = language_set(c->reader->language, piece, &fresh);
    if (set == SET_NONE)
        return diags_error(c->reader->diags, c->at, "too many sets of words");
    char *save = NULL;
    for (char *word = strtok_r(piece, "|", &save); fresh && word; word = strtok_r(NULL, "|", &save))
        if (!language_set_add(c->reader->language, set, word))
            return diags_error(c->reader->diags, c->at,
                               "\"%s\" is not one word, or two letters of its beginning", word);
    return element_add(c, ELEMENT_SET, set, optional);
}

/* Plain text: as many words as folding makes of it. */
static int element_text(struct compiling *c, const char *piece, bool optional)
{
    struct tocsin_words words;
    tocsin_words_make(piece, strlen(piece), &words);
    int result = words.n ? 0 : diags_error(c->reader->diags, c->at, "\"%s\" has no word", piece);
    for (size_t i = 0; i < words.n && !result; i++) {
        const struct tocsin_word *w = &words.words[i];
        AUTO_FREE char *word = mem_strndup(piece + w->start, w->end - w->start);
        result = element_choice(c, word, optional);
    }
    tocsin_words_free(&words);
    return result;
}

static int piece_compile(struct compiling *c, char *piece)
{
    size_t len = strlen(piece);
    bool optional = len > 2 && piece[0] == '[' && piece[len - 1] == ']';
    if (optional) {
        piece[len - 1] = '\0';
        piece++;
    }
    switch (piece[0]) {
    case '<':
        return element_mention(c, piece, optional);
    case '{':
        return element_named_set(c, piece, optional);
    case '~':
        return element_gap(c, piece);
    default:
        return strpbrk(piece, "|*") ? element_choice(c, piece, optional)
                                    : element_text(c, piece, optional);
    }
}

void pattern_read(struct language_reader *reader, const struct tree *node, size_t cue)
{
    if (!yaml_is(node, TREE_SCALAR, reader->diags))
        return;
    struct compiling c = {.reader = reader, .at = node->at};
    AUTO_FREE char *text = mem_strdup(node->text);
    char *save = NULL;
    for (char *piece = strtok_r(text, " ", &save); piece; piece = strtok_r(NULL, " ", &save))
        if (piece_compile(&c, piece) < 0)
            return;
    if (!c.n || c.elements[0].optional) {
        diags_error(reader->diags, node->at, "a pattern begins with a word that must be there");
        return;
    }
    struct language *language = reader->language;
    language->patterns = mem_grow(language->patterns, &language->cap_patterns,
                                  language->n_patterns + 1, sizeof(struct pattern));
    language->patterns[language->n_patterns++] = (struct pattern){
        .cue = cue, .elements = mem_copy(c.elements, c.n * sizeof(struct element)), .n = c.n};
}
