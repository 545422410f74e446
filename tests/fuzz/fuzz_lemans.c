/*
 * A document of any bytes, read as one about the race by the lists of the tree. What is found lies
 * within the text, names persons of it, and can be said.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/text.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "lemans/headline.h"
#include "lemans/race.h"
#include "lemans/story.h"
#include "require.h"

#define DATE 20260301

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct lists *lists_once(void)
{
    static struct lists *lists;
    if (lists)
        return lists;
    const char *source = getenv("TOCSIN_SRCDIR");
    AUTO_FREE char *folder = mem_printf("%s/conf/lemans", source ? source : ".");
    struct diags diags = {0};
    lists = lists_read(folder, &diags);
    if (!lists)
        log_fatal("the lists in %s cannot be read", folder);
    diags_deinit(&diags);
    return lists;
}

static void check_fact(const struct story *story, const struct fact *fact)
{
    const struct reading *reading = &story->reading;
    require(fact->status <= CUE_RESULT && fact->score >= FACT_SCORE_MIN && fact->score <= 1.0);
    require(fact->first < fact->end && fact->end <= reading->n_tokens);
    require(reading->tokens[fact->first].start < reading->tokens[fact->end - 1].end);
    require(fact->n_drivers <= FACT_MAX_DRIVERS && (fact->n_drivers || fact->team));
    for (size_t i = 0; i < fact->n_drivers; i++)
        require(fact->drivers[i] < story->persons.n);
    AUTO_FREE char *headline = headline_make(story, fact);
    require(*headline);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct lists *lists = lists_once();
    const char *text = (const char *)data;
    struct tocsin_words words;
    struct tocsin_spans sentences;
    tocsin_words_make(text, size, &words);
    tocsin_sentences_make(text, size, &words, &sentences);
    struct story story;
    story_init(&story, lists, text, size, words.words, words.n, sentences.spans, sentences.n, DATE);
    /* Without an anchor it is not read at all, and nothing would be found. */
    require(race_anchored(lists, words.words, words.n) || !story.facts.n);
    for (size_t i = 0; i < story.facts.n; i++)
        check_fact(&story, &story.facts.items[i]);
    story_deinit(&story);
    tocsin_spans_free(&sentences);
    tocsin_words_free(&words);
    return 0;
}
