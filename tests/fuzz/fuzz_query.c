/*
 * A query, a newline, a document (made valid UTF-8, as hosts do). What is parsed must come back
 * from its canonical form as the same; what matches must be a candidate of the index and have
 * evidence within the text; both the error and the explanation of anything can be printed.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/text.h>

#include "lib/objects.h"
#include "topics/build.h"
#include "topics/engine.h"
#include "topics/explain.h"

#define SEED UINT64_C(1)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_canon(const struct node *query)
{
    struct query_error error = {0};
    struct buf canon = {0}, again = {0};
    query_canon(query, &canon);
    /* Writing AND out and folding can make a query longer than is allowed. */
    if (canon.len <= QUERY_MAX_BYTES) {
        struct node *parsed = query_parse(buf_text(&canon), canon.len, "en", NULL, &error);
        require(parsed != NULL);
        query_canon(parsed, &again);
        require(canon.len == again.len && !memcmp(canon.data, again.data, canon.len));
        query_free(&parsed);
    }
    buf_deinit(&canon);
    buf_deinit(&again);
}

static void check_match(struct engine *engine)
{
    struct evidence evidence;
    size_t n, len = engine->view.document->len;
    engine_candidates(engine, &n);
    require(n == 1);
    evidence_find(&engine->view, engine_code(engine, 0), &evidence);
    require(evidence.n > 0 || !view_spans(&engine->view, false)->n);
    for (size_t i = 0; i < evidence.n; i++)
        require(evidence.spans[i].start < evidence.spans[i].end && evidence.spans[i].end <= len);
}

static void say(void *arg, int depth, bool holds, const char *part, const char *why)
{
    (void)holds;
    require(depth >= 0 && part[0] && why[0]);
    ++*(size_t *)arg;
}

/* An image of this query; NULL when it names a list. */
static char *make_image(struct node *query, struct image *image)
{
    struct build *build = build_new(SEED);
    struct buf bytes = {0};
    struct query_error error = {0};
    struct err err;
    double cost;
    struct topic topic = {.name = (char[]){"t"}, .labels = (char *[]){NULL}, .query = query};
    build_piece(build, &(struct piece){.path = "f"});
    bool made =
        build_topic(build, &topic, &cost, &error) == 0 && build_finish(build, &bytes, &err) == 0;
    build_free(&build);
    if (made)
        require(image_open(image, bytes.data, bytes.len, &err) == 0);
    else
        buf_deinit(&bytes);
    return bytes.data;
}

static void check_document(struct node *query, const char *text)
{
    struct image image;
    struct engine engine;
    struct tocsin_words words;
    size_t parts = 0;
    char *bytes = make_image(query, &image);
    if (!bytes)
        return;
    tocsin_words_make(text, strlen(text), &words);
    struct view_document document = {.text = text,
                                     .len = strlen(text),
                                     .words = words.words,
                                     .n_words = words.n,
                                     .title = text,
                                     .path = "a/b.txt",
                                     .source = "seeds",
                                     .type = "text/plain",
                                     .date = 20250601,
                                     .today = 20250615,
                                     .all_is_new = true};
    require(engine_init(&engine, &image, NULL) == 0);
    engine_set(&engine, &document);
    if (eval(&engine.view, engine_code(&engine, 0), &SCOPE_ALL))
        check_match(&engine);
    explain_query(query, &engine.view, say, &parts);
    require(parts > 0);
    engine_deinit(&engine);
    tocsin_words_free(&words);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
    size_t len = newline ? (size_t)(newline - data) : size;
    struct query_error error = {0};
    struct node *query = query_parse((const char *)data, len, "en", NULL, &error);
    if (!query) {
        struct buf shown = {0};
        require(error.at <= len && error.text[0] && error.hint[0]);
        query_error_print((const char *)data, len, &error, &shown);
        buf_deinit(&shown);
        return 0;
    }
    check_canon(query);
    size_t text_len = newline ? size - len - 1 : 0;
    char *written = mem_strndup(newline ? (const char *)newline + 1 : "", text_len);
    char *text = tocsin_host_clean(written, text_len, NULL);
    check_document(query, text);
    free(written);
    free(text);
    query_free(&query);
    return 0;
}
