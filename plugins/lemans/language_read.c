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

static const char *const role_names[N_WORD_ROLES] = {
    [ROLE_HE] = "he",         [ROLE_HIS] = "his",       [ROLE_THEY] = "they",
    [ROLE_SAY] = "say",       [ROLE_AND] = "and",       [ROLE_FILLER] = "filler",
    [ROLE_DRIVER] = "driver", [ROLE_BEARER] = "bearer", [ROLE_OFFICE] = "office",
    [ROLE_FAMILY] = "family", [ROLE_CREW] = "crew",     [ROLE_NUMBER] = "number",
    [ROLE_THE] = "the",       [ROLE_BREAK] = "break",
};

/* --- sets ------------------------------------------------------------------------------------- */

static void set_read(struct language_reader *reader, const struct tree *list)
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

static void sets_read(struct language_reader *reader, const struct tree *sets)
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

static void cue_read(struct language_reader *reader, const struct tree *node)
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

static void common_read(struct language_reader *reader, const struct tree *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (yaml_is(list->items[i], TREE_SCALAR, reader->diags) &&
            !language_common_add(reader->language, list->items[i]->text))
            diags_error(reader->diags, list->items[i]->at, "\"%s\" is not one word",
                        list->items[i]->text);
}

static void accents_read(struct language_reader *reader, const struct tree *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (yaml_is(list->items[i], TREE_SCALAR, reader->diags) &&
            !accents_add(reader->language->accents, list->items[i]->text))
            diags_error(reader->diags, list->items[i]->at, "\"%s\" has no accent",
                        list->items[i]->text);
}

static void language_fill(struct language_reader *reader, const struct tree *tree)
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
    if (accented && yaml_is(accented, TREE_LIST, reader->diags))
        accents_read(reader, accented);
    common_read(reader, common);
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
    language->sets = map_new();
    struct language_reader reader = {language, diags};
    language_fill(&reader, tree);
    tree_free(&tree);
    if (diags->n_errors != errors)
        language_free(&language);
    return language;
}
