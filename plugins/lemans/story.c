/* The order of the steps; see story.h. */
#include "story.h"

#include <tocsin/text.h>

#include "base/mem.h"
#include "base/str.h"

#include "asides.h"
#include "epithets.h"
#include "merge.h"
#include "race.h"

bool story_has_role(const struct story *story, size_t token, enum word_role role)
{
    return known_has_role(story->language, &story->known[token], role);
}

/* The listed language that the text is in; the first one when that is unknown. */
static const struct language *language_of(const struct lists *lists,
                                          const struct tocsin_word *words, size_t n_words)
{
    const char *name = tocsin_language_guess(words, n_words);
    for (size_t l = 0; l < lists_n_languages(lists); l++)
        if (str_equal(name, language_name(lists_language(lists, l))))
            return lists_language(lists, l);
    return lists_language(lists, 0);
}

static void known_fill(struct story *story)
{
    story->known = NEW_N(struct known, story->reading.n_tokens + 1);
    for (size_t i = 0; i < story->reading.n_tokens; i++)
        story->known[i] = language_known(story->language, &story->reading.tokens[i],
                                         story->reading.text + story->reading.tokens[i].start);
}

void story_open(struct story *story, const struct lists *lists, const char *text, size_t len,
                const struct tocsin_word *words, size_t n_words,
                const struct tocsin_span *sentences, size_t n_sentences, int32_t date)
{
    *story = (struct story){.lists = lists};
    reading_init(&story->reading, text, len, words, n_words, sentences, n_sentences, date);
    story->language = language_of(lists, words, n_words);
    known_fill(story);
    clauses_find(story);
    mentions_init(&story->mentions, story->reading.n_tokens);
    race_find(story);
    mentions_find(story);
    names_find(story);
    crews_find(story);
    cues_find(story);
    asides_mark(story);
    epithets_mark(story);
}

void story_init(struct story *story, const struct lists *lists, const char *text, size_t len,
                const struct tocsin_word *words, size_t n_words,
                const struct tocsin_span *sentences, size_t n_sentences, int32_t date)
{
    story_open(story, lists, text, len, words, n_words, sentences, n_sentences, date);
    facts_find(story);
    facts_merge(story);
}

void story_deinit(struct story *story)
{
    facts_deinit(&story->facts);
    hits_deinit(&story->hits);
    persons_deinit(&story->persons);
    mentions_deinit(&story->mentions);
    clauses_deinit(&story->clauses);
    mem_free_p(&story->race_distances);
    mem_free_p(&story->phrases);
    mem_free_p(&story->known);
    reading_deinit(&story->reading);
}
