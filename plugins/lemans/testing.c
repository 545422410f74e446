/* See testing.h. */
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/buf.h"
#include "base/mem.h"

#include "headline.h"

struct testing {
    struct story story;
    struct tocsin_words words;
    struct tocsin_spans sentences;
};

int testing_setup(void **state)
{
    const char *source = getenv("TOCSIN_SRCDIR");
    AUTO_FREE char *folder = mem_printf("%s/conf/lemans", source ? source : ".");
    struct diags diags = {0};
    struct lists *lists = lists_read(folder, &diags);
    AUTO_BUF struct buf text = {0};
    diags_print(&diags, &text);
    if (!lists)
        fprintf(stderr, "%s", buf_text(&text));
    diags_deinit(&diags);
    *state = lists;
    return lists ? 0 : -1;
}

int testing_teardown(void **state)
{
    struct lists *lists = *state;
    lists_free(&lists);
    return 0;
}

static struct testing *testing_make(const char *text, size_t len)
{
    struct testing *testing = NEW(struct testing);
    tocsin_words_make(text, len, &testing->words);
    tocsin_sentences_make(text, len, &testing->words, &testing->sentences);
    return testing;
}

struct testing *testing_open(void **state, const char *text, size_t len, int32_t date)
{
    struct testing *t = testing_make(text, len);
    story_open(&t->story, *state, text, len, t->words.words, t->words.n, t->sentences.spans,
               t->sentences.n, date);
    return t;
}

struct testing *testing_read(void **state, const char *text, int32_t date)
{
    size_t len = strlen(text);
    struct testing *t = testing_make(text, len);
    story_init(&t->story, *state, text, len, t->words.words, t->words.n, t->sentences.spans,
               t->sentences.n, date);
    return t;
}

struct story *testing_story(struct testing *testing)
{
    return &testing->story;
}

void testing_close(struct testing **testing)
{
    story_deinit(&(*testing)->story);
    tocsin_spans_free(&(*testing)->sentences);
    tocsin_words_free(&(*testing)->words);
    mem_free_p(testing);
}

static int line_order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *fact_line(const struct story *story, const struct fact *fact)
{
    struct buf out = {0};
    buf_puts(&out, fact_status_name(fact->status));
    for (size_t i = 0; i < fact->n_drivers; i++)
        buf_printf(&out, "%s %s", i ? "," : "", story->persons.items[fact->drivers[i]].name);
    if (!fact->n_drivers)
        buf_printf(&out, " (%s)", fact->team);
    if (fact->car)
        buf_printf(&out, " #%s", fact->car);
    if (fact->race_class)
        buf_printf(&out, " %s", fact->race_class);
    if (fact->year)
        buf_printf(&out, " %d", fact->year);
    return buf_take(&out);
}

char *testing_facts(const struct story *story)
{
    size_t n = story->facts.n;
    char **lines = NEW_N(char *, n + 1);
    for (size_t i = 0; i < n; i++)
        lines[i] = fact_line(story, &story->facts.items[i]);
    qsort(lines, n, sizeof *lines, line_order);
    struct buf out = {0};
    for (size_t i = 0; i < n; i++) {
        buf_printf(&out, "%s%s", i ? "\n" : "", lines[i]);
        mem_free_p(&lines[i]);
    }
    mem_free_p(&lines);
    return buf_take(&out);
}
