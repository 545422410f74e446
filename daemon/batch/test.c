/*
 * `topic test`: do the topics match what the files of tests beside them say? What fails is said
 * with the reason: which part of the query decided, or which words matched.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <jansson.h>

#include "base/str.h"
#include "batch/batch.h"
#include "batch/suite.h"
#include "host/charset.h"
#include "topics/evidence.h"
#include "topics/explain.h"
#include "topics/file.h"
#include "topics/load.h"

/* A test that runs, and what was wrong with those before. */
struct run {
    struct image image;
    struct engine engine;
    struct reading reading;
    const struct suite_test *test;
    struct buf faults; /* of this test: lines */
    size_t n_tests, n_failed;
    json_t *results; /* NULL: as text */
};

static void fault(struct run *run, const char *topic, const char *what)
{
    AUTO_FREE char *shown = tocsin_display(topic, strlen(topic));
    buf_printf(&run->faults, "  %s: %s\n", shown, what);
}

/* ---- reasons ---- */

static void say_part(void *arg, int depth, bool holds, const char *part, const char *why)
{
    struct run *run = arg;
    AUTO_FREE char *shown = tocsin_display(part, strlen(part));
    AUTO_FREE char *reason = tocsin_display(why, strlen(why));
    buf_printf(&run->faults, "    %*s%s %s: %s\n", depth * 2, "", holds ? "yes" : "no ", shown,
               reason);
}

static void explain(struct run *run, uint32_t number)
{
    const struct image_topic *topic = &run->image.topics[number];
    const char *text = image_text(&run->image, topic->query);
    const char *language = image_text(&run->image, topic->language);
    struct query_error error;
    struct node *query = query_parse(text, strlen(text), *language ? language : NULL, NULL, &error);
    if (query)
        explain_query(query, &run->engine.view, say_part, run);
    query_free(&query);
}

/* ---- one test ---- */

/* Does a place that proves the match lie in these words? */
static bool quotes(struct run *run, uint32_t number, const char *words)
{
    struct evidence evidence;
    evidence_find(&run->engine.view, engine_code(&run->engine, number), &evidence);
    const char *text = run->reading.document.text;
    size_t len = strlen(words);
    AUTO_FREE char *whole = mem_strndup(text, run->reading.document.len);
    for (const char *at = whole; len && (at = strstr(at, words)); at++)
        for (size_t i = 0; i < evidence.n; i++)
            if (evidence.spans[i].start >= (size_t)(at - whole) &&
                evidence.spans[i].end <= (size_t)(at - whole) + len)
                return true;
    return false;
}

static void expect(struct run *run, const struct tree *entry, bool *matches)
{
    const char *quote, *topic = suite_topic(entry, &quote);
    uint32_t number = image_find(&run->image, topic);
    if (number == UINT32_MAX) {
        fault(run, topic, "there is no such topic");
    } else if (!matches[number]) {
        fault(run, topic, "expected, and does not match:");
        explain(run, number);
    } else if (quote && !quotes(run, number, quote)) {
        AUTO_FREE char *what = mem_printf("matches, and not by \"%s\":", quote);
        fault(run, topic, what);
        explain(run, number);
    }
    if (number != UINT32_MAX)
        matches[number] = false; /* what is left was not expected */
}

static void refuse(struct run *run, uint32_t number)
{
    fault(run, image_topic_name(&run->image, number), "not expected, and matches:");
    explain(run, number);
}

static void judge(struct run *run)
{
    const struct suite_test *test = run->test;
    size_t n;
    const uint32_t *found = engine_matches(&run->engine, &n);
    bool *matches = NEW_N(bool, run->image.n_topics + 1);
    for (size_t i = 0; i < n; i++)
        matches[found[i]] = true;
    for (size_t i = 0; test->expect && i < test->expect->n; i++)
        expect(run, test->expect->items[i], matches);
    for (size_t i = 0; test->not &&i < test->not ->n; i++) {
        const char *quote, *topic = suite_topic(test->not ->items[i], &quote);
        uint32_t number = image_find(&run->image, topic);
        if (number == UINT32_MAX)
            fault(run, topic, "there is no such topic");
        else if (matches[number] && !test->is_whole)
            refuse(run, number);
    }
    for (uint32_t i = 0; test->is_whole && i < run->image.n_topics; i++)
        if (matches[i])
            refuse(run, i);
    free(matches);
}

static void tell(struct run *run)
{
    const struct suite_test *test = run->test;
    if (run->results)
        json_array_append_new(run->results,
                              json_pack("{s:s, s:i, s:s, s:b, s:s}", "file", test->at.file, "line",
                                        test->at.line, "name", test->name, "passed",
                                        !run->faults.len, "faults", buf_text(&run->faults)));
    else if (run->faults.len)
        printf("%s:%d: %s\n%s", test->at.file, test->at.line, test->name, buf_text(&run->faults));
}

static bool read_document(struct run *run, struct buf *why)
{
    const struct suite_test *test = run->test;
    return test->file ? reading_read(&run->reading, test->file, reading_today(), why)
                      : reading_take(&run->reading, test->text, test->text_len, "document.txt",
                                     reading_today(), why);
}

static void run_test(struct run *run)
{
    AUTO_BUF struct buf why = {0};
    buf_clear(&run->faults);
    if (read_document(run, &why)) {
        engine_set(&run->engine, &run->reading.document);
        judge(run);
    } else {
        buf_printf(&run->faults, "  %s: %s\n", run->test->file ? run->test->file : "its text",
                   buf_text(&why));
    }
    run->n_tests++;
    run->n_failed += run->faults.len > 0;
    tell(run);
}

/* ---- files ---- */

static int run_suite(struct run *run, const struct suite *suite, struct diags *diags)
{
    AUTO_BUF struct buf bytes = {0};
    struct err err;
    if (load_index((const char *const *)suite->topics, (const char *const *)suite->lists, NULL,
                   &bytes, diags) != LOAD_BASE)
        return -1;
    int result = image_open(&run->image, bytes.data, bytes.len, &err);
    if (result == 0) {
        result = engine_init(&run->engine, &run->image, &err);
        for (size_t i = 0; i < suite->n && result == 0; i++) {
            run->test = &suite->tests[i];
            run_test(run);
        }
        engine_deinit(&run->engine);
    }
    if (result < 0)
        diags_error(diags, (struct config_at){.file = suite->tests[0].at.file}, "%s", err.text);
    return result;
}

static int run_file(struct run *run, const char *path)
{
    struct suite suite;
    struct diags diags = {0};
    int result = suite_read(&suite, path, &diags);
    if (result == 0)
        result = run_suite(run, &suite, &diags);
    if (result < 0)
        say_diags(&diags);
    diags_deinit(&diags);
    suite_deinit(&suite);
    return result;
}

/* The files of tests among those that are named or in folders. -1: one cannot be read. */
static int choose(struct paths *paths, const char *const *given)
{
    int result = paths_collect(paths, given);
    size_t n = 0;
    for (size_t i = 0; i < paths->n; i++) {
        if (topics_is_test(paths->items[i]))
            paths->items[n++] = paths->items[i];
        else
            free(paths->items[i]);
    }
    paths->n = n;
    return result;
}

int batch_test(const struct batch *batch)
{
    struct paths paths = {0};
    struct run run = {.results = batch->json ? json_array() : NULL};
    int status = choose(&paths, batch->paths) < 0 ? EX_NOINPUT : EX_OK;
    if (status == EX_OK && !paths.n) {
        say_complaint("there are no files NAME.test.yaml");
        status = EX_NOINPUT;
    }
    for (size_t i = 0; i < paths.n; i++)
        if (run_file(&run, paths.items[i]) < 0)
            status = EX_CONFIG;
    charset_close();
    if (run.results) {
        json_dumpf(run.results, stdout, JSON_INDENT(2));
        putchar('\n');
    } else if (paths.n) {
        printf("%zu tests, %zu failed\n", run.n_tests, run.n_failed);
    }
    json_decref(run.results);
    reading_deinit(&run.reading);
    buf_deinit(&run.faults);
    paths_deinit(&paths);
    return status != EX_OK ? status : run.n_failed ? 1 : EX_OK;
}
