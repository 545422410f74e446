/*
 * `topic backtest`: what topics would have rung for, had they been there. Versions of documents
 * come on standard input, oldest first, a JSON object a line ("origin", "source", "path", "title",
 * "date", "media_type", "seen_ms", "text"); tocsinctl writes them. As in the daemon, a version
 * rings when it has evidence that its story (stories.h) did not have.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/str.h"
#include "batch/batch.h"
#include "batch/news.h"
#include "host/quote.h"
#include "lib/objects.h"
#include "topics/evidence.h"
#include "topics/load.h"

#define DAY_MS INT64_C(86400000)

/* Of one topic. */
struct score {
    uint32_t topic;
    uint64_t n_rings;
    int64_t day, best_day;      /* since 1970: the latest, and that with most rings */
    uint64_t n_day, n_best_day; /* rings on them */
    char *quote, *path;         /* of the latest ring */
    int64_t ms;
};

struct backtest {
    const struct batch *batch;
    struct image image;
    struct engine engine;
    struct score *scores; /* by the number of the topic */
    struct news *news;
    uint64_t n_versions, n_gone, n_cut, n_rings;
    int64_t first_ms, last_ms;
};

/* ---- one version ---- */

static void ring(struct backtest *test, struct score *score, const json_t *version,
                 const char *quote)
{
    int64_t ms = json_integer_value(json_object_get(version, "seen_ms")), day = ms / DAY_MS;
    score->n_day = day == score->day ? score->n_day + 1 : 1;
    score->day = day;
    if (score->n_day > score->n_best_day) {
        score->n_best_day = score->n_day;
        score->best_day = day;
    }
    score->n_rings++;
    test->n_rings++;
    score->ms = ms;
    free(score->quote);
    free(score->path);
    score->quote = mem_strdup(quote);
    score->path = mem_printf("%s/%s", json_string_value(json_object_get(version, "source")),
                             json_string_value(json_object_get(version, "path")));
}

static struct ipc_quotes quotes_of(struct backtest *test, struct tocsin_document *document,
                                   uint32_t topic)
{
    struct evidence evidence;
    evidence_find(&test->engine.view, engine_code(&test->engine, topic), &evidence);
    struct tocsin_evidence spans[EVIDENCE_MAX_SPANS];
    for (size_t i = 0; i < evidence.n; i++)
        spans[i] = (struct tocsin_evidence){evidence.spans[i].start, evidence.spans[i].end};
    struct tocsin_finding finding = {.evidence = spans, .n_evidence = evidence.n};
    return quotes_make(document, &finding);
}

static const char *text_of(const json_t *version, const char *key)
{
    const char *text = json_string_value(json_object_get(version, key));
    return text ? text : "";
}

static void judge(struct backtest *test, struct tocsin_document *document, const json_t *version)
{
    size_t n;
    const uint32_t *found = engine_matches(&test->engine, &n);
    if (n)
        news_take(test->news, document, text_of(version, "origin"), text_of(version, "title"),
                  json_integer_value(json_object_get(version, "seen_ms")));
    for (size_t i = 0; i < n; i++) {
        struct score *score = &test->scores[found[i]];
        if (score->topic == UINT32_MAX)
            continue; /* it was not asked about */
        struct ipc_quotes quotes = quotes_of(test, document, found[i]);
        const char *news = news_find(test->news, score->topic, &quotes);
        if (news)
            ring(test, score, version, news);
        quotes_free(&quotes);
    }
}

static void take(struct backtest *test, const json_t *version)
{
    const json_t *text = json_object_get(version, "text");
    int64_t seen_ms = json_integer_value(json_object_get(version, "seen_ms"));
    test->n_versions++;
    test->first_ms = test->first_ms ? test->first_ms : seen_ms;
    test->last_ms = seen_ms;
    if (!json_is_string(text)) {
        test->n_gone++;
        return;
    }
    test->n_cut += json_is_true(json_object_get(version, "cut"));
    int64_t date = json_integer_value(json_object_get(version, "date"));
    int32_t day = str_date_from_ms(seen_ms);
    struct tocsin_document document = {.text = json_string_value(text),
                                       .len = json_string_length(text),
                                       .date = date ? (int32_t)date : day};
    struct view_document seen = {.text = document.text,
                                 .len = document.len,
                                 .title = text_of(version, "title"),
                                 .path = text_of(version, "path"),
                                 .source = text_of(version, "source"),
                                 .type = text_of(version, "media_type"),
                                 .date = document.date,
                                 .today = day,
                                 .all_is_new = true};
    seen.words = tocsin_document_words(&document, &seen.n_words);
    engine_set(&test->engine, &seen);
    judge(test, &document, version);
    tocsin_host_document_deinit(&document);
}

static int read_versions(struct backtest *test)
{
    AUTO_FREE char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    while ((len = getline(&line, &cap, stdin)) > 0) {
        json_error_t error;
        json_t *version = json_loadb(line, (size_t)len, 0, &error);
        if (!version) {
            say_complaint("a version that is no JSON: %s", error.text);
            return -1;
        }
        take(test, version);
        json_decref(version);
    }
    return ferror(stdin) ? -1 : 0;
}

/* ---- what came of it ---- */

static int most_first(const void *a, const void *b)
{
    const struct score *x = a, *y = b;
    if (x->n_rings != y->n_rings)
        return x->n_rings < y->n_rings ? 1 : -1;
    return x->topic < y->topic ? -1 : x->topic > y->topic;
}

static double days_of(const struct backtest *test)
{
    double days = (double)(test->last_ms - test->first_ms) / (double)DAY_MS;
    return days < 1 ? 1 : days;
}

static json_t *score_json(const struct backtest *test, const struct score *score)
{
    char day[16];
    str_date_format(str_date_from_ms(score->best_day * DAY_MS), day, sizeof(day));
    return json_pack("{s:s, s:I, s:f, s:I, s:s*, s:s*, s:s*, s:I}", "topic",
                     image_topic_name(&test->image, score->topic), "rings",
                     (json_int_t)score->n_rings, "a_day", (double)score->n_rings / days_of(test),
                     "most_a_day", (json_int_t)score->n_best_day, "on", score->n_rings ? day : NULL,
                     "quote", score->quote, "path", score->path, "seen_ms", (json_int_t)score->ms);
}

static void print_score(const struct backtest *test, const struct score *score)
{
    char day[16];
    double a_day = (double)score->n_rings / days_of(test);
    put_safe(image_topic_name(&test->image, score->topic));
    printf(": %llu rings, %.1f a day, %.1f a week", (unsigned long long)score->n_rings, a_day,
           a_day * 7);
    if (!score->n_rings) {
        putchar('\n');
        return;
    }
    str_date_format(str_date_from_ms(score->best_day * DAY_MS), day, sizeof(day));
    printf(", at most %llu (%s)\n  ", (unsigned long long)score->n_best_day, day);
    str_date_format(str_date_from_ms(score->ms), day, sizeof(day));
    printf("%s  ", day);
    put_safe(score->path);
    fputs(": “", stdout);
    put_safe(score->quote);
    puts("”");
}

static void print(const struct backtest *test, size_t n)
{
    json_t *topics = json_array();
    size_t n_silent = 0;
    for (size_t i = 0; i < n; i++) {
        const struct score *score = &test->scores[i];
        bool is_asked = score->topic != UINT32_MAX;
        n_silent += is_asked && !score->n_rings;
        if (is_asked && test->batch->json)
            json_array_append_new(topics, score_json(test, score));
        else if (is_asked && (score->n_rings || test->batch->n_only))
            print_score(test, score);
    }
    if (!test->batch->json) {
        printf("%llu versions in %.0f days, %llu rings; %zu topics ring for none\n",
               (unsigned long long)test->n_versions, days_of(test),
               (unsigned long long)test->n_rings, n_silent);
        if (test->n_gone || test->n_cut)
            printf("not in the archive any more: %llu; only begun, for their length: %llu\n",
                   (unsigned long long)test->n_gone, (unsigned long long)test->n_cut);
        json_decref(topics);
        return;
    }
    json_t *all = json_pack("{s:o, s:I, s:I, s:I, s:f}", "topics", topics, "versions",
                            (json_int_t)test->n_versions, "gone", (json_int_t)test->n_gone, "cut",
                            (json_int_t)test->n_cut, "days", days_of(test));
    json_dumpf(all, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(all);
}

/* Which topics are asked about: all, or those that are named. */
static int choose(struct backtest *test)
{
    size_t n = test->image.n_topics;
    test->scores = NEW_N(struct score, n + 1);
    for (uint32_t i = 0; i < n; i++)
        test->scores[i].topic = test->batch->n_only ? UINT32_MAX : i;
    for (size_t i = 0; i < test->batch->n_only; i++) {
        uint32_t number = image_find(&test->image, test->batch->only[i]);
        if (number == UINT32_MAX) {
            say_complaint("there is no topic \"%s\"", test->batch->only[i]);
            return -1;
        }
        test->scores[number].topic = number;
    }
    return 0;
}

static void test_deinit(struct backtest *test)
{
    for (size_t i = 0; test->scores && i < test->image.n_topics; i++) {
        free(test->scores[i].quote);
        free(test->scores[i].path);
    }
    free(test->scores);
    news_free(&test->news);
}

int batch_backtest(const struct batch *batch)
{
    AUTO_BUF struct buf bytes = {0};
    struct diags diags = {0};
    struct err err;
    struct backtest test = {.batch = batch, .news = news_new()};
    int status = EX_CONFIG;
    if (load_index(batch->topics, batch->lists, NULL, &bytes, &diags) == LOAD_BASE &&
        image_open(&test.image, bytes.data, bytes.len, &err) == 0)
        status = choose(&test) < 0 ? EX_DATAERR : EX_OK;
    say_diags(&diags);
    diags_deinit(&diags);
    if (status == EX_OK) {
        size_t n = test.image.n_topics;
        if (engine_init(&test.engine, &test.image, &err) < 0) {
            say_complaint("%s", err.text);
            status = EX_UNAVAILABLE;
        } else if (read_versions(&test) < 0) {
            status = EX_IOERR;
        }
        engine_deinit(&test.engine);
        qsort(test.scores, n, sizeof(*test.scores), most_first);
        if (status == EX_OK)
            print(&test, n);
    }
    test_deinit(&test);
    return status;
}
