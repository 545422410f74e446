/*
 * conf/lemans/cues-LANGUAGE.yaml to a language's tables. What is wrong is said with its place, and
 * reading goes on, so that a person sees all of it at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

#include "language_build.h"
#include "mentions.h"
#include "yaml.h"

#define PATTERN_MAX_ELEMENTS 24
#define GAP_MAX_WORDS        9

static const char *const role_names[N_WORD_ROLES] = {
    [ROLE_HE] = "he",         [ROLE_HIS] = "his",       [ROLE_THEY] = "they",
    [ROLE_SAY] = "say",       [ROLE_AND] = "and",       [ROLE_FILLER] = "filler",
    [ROLE_DRIVER] = "driver", [ROLE_BEARER] = "bearer", [ROLE_OFFICE] = "office",
    [ROLE_FAMILY] = "family", [ROLE_CREW] = "crew",     [ROLE_NUMBER] = "number",
    [ROLE_THE] = "the",       [ROLE_BREAK] = "break",
};

static const char *const mention_names[] = {"person", "team",  "car",    "class",   "year",
                                            "race",   "other", "nation", "somebody"};

struct reader {
    struct language *language;
    struct diags *diags;
};

/* --- sets ------------------------------------------------------------------------------------- */

static void set_read(struct reader *reader, const struct tree *list)
{
    AUTO_FREE char *name = mem_printf("{%s}", list->key);
    bool fresh;
    uint16_t set = language_set(reader->language, name, &fresh);
    if (!yaml_is(list, TREE_LIST, reader->diags))
        return;
    for (size_t i = 0; i < list->n; i++) {
        const struct tree *word = list->items[i];
        if (yaml_is(word, TREE_SCALAR, reader->diags) &&
            !language_set_add(reader->language, set, word->text))
            diags_error(reader->diags, word->at,
                        "\"%s\" is not one word, or two letters of its beginning", word->text);
    }
}

static void sets_read(struct reader *reader, const struct tree *sets)
{
    for (size_t i = 0; i < sets->n; i++)
        set_read(reader, sets->items[i]);
    for (int i = 0; i < N_WORD_ROLES; i++) {
        AUTO_FREE char *name = mem_printf("{%s}", role_names[i]);
        reader->language->roles[i] = language_set_find(reader->language, name);
        if (reader->language->roles[i] == SET_NONE)
            diags_error(reader->diags, sets->at, "the set \"%s\" is missing", role_names[i]);
    }
}

/* --- patterns --------------------------------------------------------------------------------- */

struct compiling {
    struct reader *reader;
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

static void pattern_read(struct reader *reader, const struct tree *node, size_t cue)
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

/* --- cues ------------------------------------------------------------------------------------- */

#define KIND_NAMES                                                                                 \
    "interest|rumoured|confirmed|ruled_out|result|not|maybe|together|partners|edition|watch|"      \
    "reserve|unreal|aside|onlook|none"

static const enum cue_kind negated_default[] = {
    [CUE_INTEREST] = CUE_RULED_OUT, [CUE_RUMOURED] = CUE_NONE, [CUE_CONFIRMED] = CUE_RULED_OUT,
    [CUE_RULED_OUT] = CUE_NONE,     [CUE_RESULT] = CUE_NONE,   [CUE_NOT] = CUE_NONE,
    [CUE_MAYBE] = CUE_NONE,         [CUE_TOGETHER] = CUE_NONE, [CUE_PARTNERS] = CUE_NONE,
    [CUE_EDITION] = CUE_EDITION,    [CUE_WATCH] = CUE_NONE,    [CUE_RESERVE] = CUE_NONE,
    [CUE_UNREAL] = CUE_NONE,        [CUE_ASIDE] = CUE_NONE,    [CUE_ONLOOK] = CUE_NONE,
    [CUE_NONE] = CUE_NONE,
};

static void cue_read(struct reader *reader, const struct tree *node)
{
    static const char *const keys[] = {"kind",     "negated",  "who",     "near",  "outcome",
                                       "edition",  "years",    "speaker", "alone", "application",
                                       "strength", "patterns", NULL};
    struct diags *diags = reader->diags;
    if (!yaml_is(node, TREE_MAP, diags))
        return;
    yaml_keys(node, keys, diags);
    struct cue cue = {.strength = yaml_fraction(node, "strength", 1.0, diags),
                      .years = (int)yaml_int(node, "years", 0, -100, 100, diags),
                      .speaker = yaml_bool(node, "speaker", false, diags),
                      .application = yaml_bool(node, "application", false, diags),
                      .alone = yaml_bool(node, "alone", false, diags)};
    cue.kind = (enum cue_kind)yaml_choice(node, "kind", KIND_NAMES, -1, diags);
    if ((int)cue.kind < 0)
        return;
    cue.negated = (enum cue_kind)yaml_choice(node, "negated", KIND_NAMES,
                                             (int)negated_default[cue.kind], diags);
    cue.who = (enum cue_who)yaml_choice(node, "who", "any|before|after", CUE_WHO_ANY, diags);
    cue.near =
        (enum cue_near)yaml_choice(node, "near", "story|sentence|clause", CUE_NEAR_STORY, diags);
    cue.outcome = (enum cue_outcome)yaml_choice(node, "outcome", "none|won|class|placed|retired",
                                                CUE_OUTCOME_NONE, diags);
    cue.edition = (enum cue_edition)yaml_choice(node, "edition", "offset|next|last|open",
                                                CUE_EDITION_OFFSET, diags);
    struct language *language = reader->language;
    language->cues =
        mem_grow(language->cues, &language->cap_cues, language->n_cues + 1, sizeof(struct cue));
    language->cues[language->n_cues++] = cue;
    const struct tree *patterns = yaml_need(node, "patterns", TREE_LIST, diags);
    for (size_t i = 0; patterns && i < patterns->n; i++)
        pattern_read(reader, patterns->items[i], language->n_cues - 1);
}

static void common_read(struct reader *reader, const struct tree *list)
{
    for (size_t i = 0; i < list->n; i++) {
        if (!yaml_is(list->items[i], TREE_SCALAR, reader->diags))
            continue;
        char *folded = tocsin_fold(list->items[i]->text, list->items[i]->text_len);
        map_set_text(reader->language->common, folded, reader->language->common);
        free(folded);
    }
}

static void accents_read(struct reader *reader, const struct tree *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (yaml_is(list->items[i], TREE_SCALAR, reader->diags) &&
            !accents_add(reader->language->accents, list->items[i]->text))
            diags_error(reader->diags, list->items[i]->at, "\"%s\" has no accent",
                        list->items[i]->text);
}

static void language_fill(struct reader *reader, const struct tree *tree)
{
    static const char *const keys[] = {"language",
                                       "drops-subject",
                                       "adjectives-first",
                                       "capital-nations",
                                       "negates-after",
                                       "common",
                                       "accented",
                                       "sets",
                                       "cues",
                                       NULL};
    yaml_keys(tree, keys, reader->diags);
    const struct tree *name = yaml_need(tree, "language", TREE_SCALAR, reader->diags);
    const struct tree *common = yaml_need(tree, "common", TREE_LIST, reader->diags);
    const struct tree *accented = tree_get(tree, "accented");
    const struct tree *sets = yaml_need(tree, "sets", TREE_MAP, reader->diags);
    const struct tree *cues = yaml_need(tree, "cues", TREE_LIST, reader->diags);
    if (!name || !common || !sets || !cues)
        return;
    reader->language->name = mem_strdup(name->text);
    reader->language->drops_subject = yaml_bool(tree, "drops-subject", false, reader->diags);
    reader->language->adjectives_first = yaml_bool(tree, "adjectives-first", false, reader->diags);
    reader->language->capital_nations = yaml_bool(tree, "capital-nations", false, reader->diags);
    reader->language->negates_after = yaml_bool(tree, "negates-after", false, reader->diags);
    common_read(reader, common);
    if (accented && yaml_is(accented, TREE_LIST, reader->diags))
        accents_read(reader, accented);
    sets_read(reader, sets);
    for (size_t i = 0; i < cues->n; i++)
        cue_read(reader, cues->items[i]);
    language_index(reader->language);
}

struct language *language_read(const char *file, struct diags *diags)
{
    size_t errors = diags->n_errors;
    struct tree *tree = tree_read(file, diags);
    if (!tree)
        return NULL;
    struct language *language = NEW(struct language);
    language->accents = accents_new();
    language->common = map_new();
    language->words = map_new();
    language->sets = map_new();
    struct reader reader = {language, diags};
    language_fill(&reader, tree);
    tree_free(&tree);
    if (diags->n_errors != errors)
        language_free(&language);
    return language;
}
