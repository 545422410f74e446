/*
 * lemans-extract LISTS FILE...: what the detector finds in files, one JSON object a line, in the
 * shape that the shared scorer reads. A tool for tests and scores; it is not installed.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/buf.h"
#include "base/mem.h"

#include "headline.h"
#include "race.h"
#include "story.h"

static void file_read(const char *path, struct buf *text)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(2);
    }
    char block[65536];
    size_t n;
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        buf_append(text, block, n);
    fclose(file);
}

static json_t *text_or_null(const char *text)
{
    json_t *value = text ? json_string(text) : NULL;
    return value ? value : json_null();
}

static json_t *fact_json(const struct story *story, const struct fact *fact)
{
    json_t *drivers = json_array();
    for (size_t i = 0; i < fact->n_drivers; i++)
        json_array_append_new(drivers, text_or_null(story->persons.items[fact->drivers[i]].name));
    AUTO_FREE char *evidence = reading_text(&story->reading, fact->first, fact->end);
    AUTO_FREE char *headline = headline_make(story, fact);
    json_t *object = json_object();
    json_object_set_new(object, "kind", json_string(fact_status_name(fact->status)));
    json_object_set_new(object, "drivers", drivers);
    json_object_set_new(object, "team", text_or_null(fact->team));
    json_object_set_new(object, "car", text_or_null(fact->car));
    json_object_set_new(object, "class", text_or_null(fact->race_class));
    json_object_set_new(object, "year", fact->year ? json_integer(fact->year) : json_null());
    json_object_set_new(object, "score", json_real(fact->score));
    json_object_set_new(object, "evidence", text_or_null(evidence));
    json_object_set_new(object, "headline", text_or_null(headline));
    return object;
}

static json_t *story_json(const struct lists *lists, const struct buf *text, const char *name)
{
    struct tocsin_words words;
    struct tocsin_spans sentences;
    tocsin_words_make(buf_text(text), text->len, &words);
    tocsin_sentences_make(buf_text(text), text->len, &words, &sentences);
    json_t *findings = json_array();
    json_t *object = json_pack("{s:s, s:o}", "doc", name, "findings", findings);
    if (race_anchored(lists, words.words, words.n)) {
        struct story story;
        story_init(&story, lists, buf_text(text), text->len, words.words, words.n, sentences.spans,
                   sentences.n, 0);
        json_object_set_new(object, "lang", json_string(language_name(story.language)));
        for (size_t i = 0; i < story.facts.n; i++)
            json_array_append_new(findings, fact_json(&story, &story.facts.items[i]));
        story_deinit(&story);
    }
    tocsin_spans_free(&sentences);
    tocsin_words_free(&words);
    return object;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: lemans-extract LISTS FILE...\n");
        return 2;
    }
    struct diags diags = {0};
    struct lists *lists = lists_read(argv[1], &diags);
    AUTO_BUF struct buf said = {0};
    diags_print(&diags, &said);
    fputs(buf_text(&said), stderr);
    diags_deinit(&diags);
    if (!lists)
        return 2;
    for (int i = 2; i < argc; i++) {
        AUTO_BUF struct buf text = {0};
        file_read(argv[i], &text);
        const char *slash = strrchr(argv[i], '/');
        json_t *object = story_json(lists, &text, slash ? slash + 1 : argv[i]);
        json_dumpf(object, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(object);
    }
    lists_free(&lists);
    return 0;
}
