/* Stories from nothing but what their texts say; see stories.h. */
#include "stories.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks.h"
#include "base/mem.h"

#define DAY_MS INT64_C(86400000)
/* Two texts of a story are told as one when the later comes within a week; clocks that are set may
 * make two days of a difference. */
#define TOGETHER_MS (5 * DAY_MS)

struct said {
    struct stories_text text;
    char alert[HASH_HEX_SIZE], *quote;
    int64_t at_ms, loop_ms;
    bool is_news;
};

struct stories {
    struct said *said;
    size_t n, cap;
};

struct stories *stories_new(void)
{
    return NEW(struct stories);
}

void stories_free(struct stories **stories)
{
    for (size_t i = 0; i < (*stories)->n; i++)
        free((*stories)->said[i].quote);
    free((*stories)->said);
    free(*stories);
    *stories = NULL;
}

char *stories_quote(const struct stories_text *text)
{
    static const char *const wordings[STORIES_WORDINGS][2] = {
        {"will close", "will not close"},
        {"is to close", "is not to close"},
        {"shall close", "shall not close"},
    };
    static const char *const places[STORIES_PLACES] = {"Lyon", "Lille", "Nice"};
    return mem_printf("Acme says that it %s its old plant in %s by the summer%s",
                      wordings[text->wording][text->is_denied], places[text->place],
                      text->has_number ? ", where 300 work" : "");
}

static bool same_document(const struct stories_text *a, const struct stories_text *b)
{
    return a->story == b->story && a->document == b->document;
}

/* NULL: it is news. */
static const char *silence(const struct stories *stories, const struct said *now)
{
    bool has_place = false, has_number = !now->text.has_number, has_answer = false;
    for (size_t i = 0; i < stories->n; i++) {
        const struct said *said = &stories->said[i];
        if (!said->is_news || strcmp(said->alert, now->alert) != 0)
            continue;
        if (strcmp(said->quote, now->quote) == 0)
            return outcome_word(OUTCOME_KNOWN_EVIDENCE);
        if (same_document(&said->text, &now->text))
            continue;
        has_place |= said->text.place == now->text.place;
        has_number |= said->text.has_number;
        has_answer |= said->text.is_denied == now->text.is_denied;
    }
    return has_place && has_number && has_answer ? outcome_word(OUTCOME_SAME_STORY) : NULL;
}

/* The first that this document said, of any topic: then its story was found. */
static const struct said *first_of(const struct stories *stories, const struct said *said)
{
    for (size_t i = 0; i < stories->n; i++) {
        if (same_document(&stories->said[i].text, &said->text))
            return &stories->said[i];
    }
    return said;
}

static int64_t apart(int64_t a_ms, int64_t b_ms)
{
    return a_ms < b_ms ? b_ms - a_ms : a_ms - b_ms;
}

/* Two stories are never one alert; two texts of one that came soon after another always are. */
static int check_alert(const struct stories *stories, struct script *script, const struct said *now)
{
    for (size_t i = 0; i < stories->n; i++) {
        const struct said *said = &stories->said[i];
        const struct said *a = first_of(stories, said), *b = first_of(stories, now);
        bool is_one = strcmp(said->alert, now->alert) == 0;
        if (strcmp(said->text.topic, now->text.topic) != 0)
            continue;
        if (is_one && said->text.story != now->text.story)
            return script_fail(script, "two stories are one alert");
        if (!is_one && said->text.story == now->text.story &&
            apart(a->at_ms, b->at_ms) < TOGETHER_MS && apart(a->loop_ms, b->loop_ms) < TOGETHER_MS)
            return script_fail(script, "one story is two alerts");
    }
    return 0;
}

int stories_said(struct stories *stories, struct script *script, const struct stories_text *text,
                 char alert[HASH_HEX_SIZE])
{
    struct loop *loop = world_loop(script->world);
    json_t *came = ask_outcome(script);
    if (!came)
        return -1;
    struct said said = {.text = *text,
                        .quote = stories_quote(text),
                        .at_ms = loop_wall_ms(loop),
                        .loop_ms = loop_now_ms(loop)};
    snprintf(said.alert, sizeof(said.alert), "%s", ask_text(came, "alert"));
    const char *wanted = silence(stories, &said), *is = ask_text(came, "outcome");
    said.is_news = !wanted;
    int result = check_alert(stories, script, &said);
    if (result == 0 && (wanted ? strcmp(is, wanted) != 0 : !ask_is_news(is)))
        result = script_fail(script, "it should come to \"%s\", and came to \"%s\"",
                             wanted ? wanted : "news", is);
    snprintf(alert, HASH_HEX_SIZE, "%s", wanted ? "" : said.alert);
    stories->said = mem_grow(stories->said, &stories->cap, stories->n + 1, sizeof(*stories->said));
    stories->said[stories->n++] = said;
    json_decref(came);
    return result;
}
