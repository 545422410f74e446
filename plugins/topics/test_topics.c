/* The plugin as the host calls it: files in, findings, explanations and the list of topics out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "lib/objects.h"

static const char topics[] = "topics:\n"
                             "  bridge:\n"
                             "    query: >\n"
                             "      \"harbour bridge\" AND cost*\n"
                             "    description: About the bridge\n"
                             "    severity: high\n"
                             "    labels: [city, money]\n"
                             "  tram: {query: 'title:tram OR tramway'}\n";

struct fixture {
    char path[64];
    struct buf said;
    struct buf index, learnt;
    struct tocsin_instance instance;
    void *state;
};

static void keep_problem(void *arg, bool warning, const char *file, int line, int column,
                         const char *text)
{
    struct fixture *fixture = arg;
    buf_printf(&fixture->said, "%s%s:%d:%d: %s\n", warning ? "warning " : "", file ? "F" : "", line,
               column, text);
}

static int keep_index(void *arg, enum tocsin_index_part part, const void *bytes, size_t len)
{
    struct fixture *fixture = arg;
    assert_true(part == TOCSIN_INDEX_BASE || part == TOCSIN_INDEX_LEARNT);
    struct buf *to = part == TOCSIN_INDEX_BASE ? &fixture->index : &fixture->learnt;
    buf_clear(to);
    buf_append(to, bytes, len);
    return 0;
}

/* Prepare, by what was learnt, and init. */
static int fixture_start(struct fixture *fixture)
{
    struct tocsin_instance *instance = &fixture->instance;
    instance->index_give = keep_index;
    instance->is_prepared_now = true;
    if (tocsin_plugin.detector->prepare(instance) < 0)
        return -1;
    instance->index[TOCSIN_INDEX_BASE] =
        (struct tocsin_index_bytes){fixture->index.data, fixture->index.len};
    instance->is_prepared_now = false;
    return tocsin_plugin.detector->init(instance, &fixture->state);
}

/* Calls prepare and init with one file that holds `text`; returns its result. */
static int fixture_init(struct fixture *fixture, const char *text)
{
    *fixture = (struct fixture){.path = "/tmp/tocsin-topics-XXXXXX"};
    int fd = mkstemp(fixture->path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    const char *const files[] = {fixture->path, NULL};
    const struct tocsin_value values[] = {{.list = files}, {.list = NULL}};
    fixture->instance = (struct tocsin_instance){.name = "topics",
                                                 .options = tocsin_plugin.options,
                                                 .values = values,
                                                 .problem = keep_problem,
                                                 .arg = fixture};
    int result = fixture_start(fixture);
    fixture->instance.values = NULL;
    return result;
}

static void fixture_deinit(struct fixture *fixture)
{
    if (fixture->state)
        tocsin_plugin.detector->fini(fixture->state);
    unlink(fixture->path);
    buf_deinit(&fixture->said);
    buf_deinit(&fixture->index);
    buf_deinit(&fixture->learnt);
}

static void test_detect(void **unused)
{
    (void)unused;
    struct fixture fixture;
    assert_int_equal(fixture_init(&fixture, topics), 0);
    struct tocsin_document document = {
        .text = "The Bridge. It opens. Harbour Bridge: its costs, and who pays for the bridge.",
        .title = "The Bridge."};
    document.len = strlen(document.text);
    for (int round = 0; round < 2; round++) {
        struct tocsin_report report = {.text_len = document.len};
        assert_int_equal(tocsin_plugin.detector->detect(fixture.state, &document, &report), 0);
        assert_int_equal(report.n, 1);
        const struct tocsin_finding *finding = report.findings[0];
        assert_string_equal(finding->topic, "bridge");
        assert_string_equal(finding->summary, "bridge: The Bridge.");
        assert_int_equal(finding->severity, TOCSIN_HIGH);
        assert_int_equal(finding->labels.n, 2);
        assert_int_equal(finding->field_names.n, 3);
        assert_string_equal(finding->field_values.items[0], "About the bridge");
        assert_string_equal(finding->field_values.items[1], "Harbour Bridge");
        assert_string_equal(finding->field_values.items[2], "costs");
        assert_int_equal(finding->n_evidence, 2);
        assert_int_equal(finding->evidence[0].start, 22);
        assert_int_equal(finding->evidence[0].end, 36);
        tocsin_host_report_deinit(&report);
    }
    tocsin_host_document_deinit(&document);
    fixture_deinit(&fixture);
}

static void keep_topic(void *arg, const char *topic, bool matches)
{
    buf_printf(arg, "%s %d\n", topic, matches);
}

static void keep_part(void *arg, int depth, bool holds, const char *part, const char *text)
{
    buf_printf(arg, "%d %d %s: %s\n", depth, holds, part, text);
}

static void check_explain(struct fixture *fixture, const char *topic, const char *expected)
{
    AUTO_BUF struct buf out = {0};
    struct tocsin_explain explain = {.topic = keep_topic, .part = keep_part, .arg = &out};
    struct tocsin_document document = {.text = "A trem.", .len = 7, .title = "A trem."};
    assert_int_equal(tocsin_plugin.detector->explain(fixture->state, &document, topic, &explain),
                     0);
    assert_string_equal(buf_text(&out), expected);
    tocsin_host_document_deinit(&document);
}

static void test_explain(void **unused)
{
    (void)unused;
    struct fixture fixture;
    assert_int_equal(fixture_init(&fixture, topics), 0);
    check_explain(&fixture, "tram",
                  "tram 0\n0 0 title:tram OR tramway: none of its alternatives holds\n"
                  "1 0 title:tram: not in the title; nearest: \u201Ctrem\u201D\n"
                  "1 0 tramway: not in the text\n");
    check_explain(&fixture, "unknown", "");
    check_explain(&fixture, NULL,
                  "bridge 0\n0 0 \"harbour bridge\" AND cost*: 0 of 2 parts hold\n"
                  "1 0 \"harbour bridge\": not in the text; missing: \u201Charbour\u201D, "
                  "\u201Cbridge\u201D\n1 0 cost*: not in the text\n"
                  "tram 0\n0 0 title:tram OR tramway: none of its alternatives holds\n"
                  "1 0 title:tram: not in the title; nearest: \u201Ctrem\u201D\n"
                  "1 0 tramway: not in the text\n");
    fixture_deinit(&fixture);
}

static void keep_listed(void *arg, const char *name, enum tocsin_severity severity,
                        const char *const *labels, const char *query, const char *file, int line)
{
    assert_non_null(file);
    buf_printf(arg, "%s %d %s %d %s\n", name, (int)severity, labels[0] ? labels[0] : "-", line,
               query);
}

static void keep_detail(void *arg, const char *name, const char *value)
{
    buf_printf(arg, "%s=%s\n", name, value);
}

static void test_list(void **unused)
{
    (void)unused;
    struct fixture fixture;
    AUTO_BUF struct buf out = {0};
    struct tocsin_topics list = {.add = keep_listed, .detail = keep_detail, .arg = &out};
    assert_int_equal(fixture_init(&fixture, topics), 0);
    assert_int_equal(tocsin_plugin.detector->topics(fixture.state, &list), 0);
    assert_string_equal(buf_text(&out), "bridge 3 city 2 \"harbour bridge\" AND cost*\n\n"
                                        "description=About the bridge\n"
                                        "tram 2 - 8 title:tram OR tramway\n");
    fixture_deinit(&fixture);
}

static void test_wrong(void **unused)
{
    (void)unused;
    struct fixture fixture;
    assert_int_equal(fixture_init(&fixture, "topics:\n  a: {query: -b}\n  c: {query: (d}\n"), -1);
    assert_string_equal(
        buf_text(&fixture.said),
        "F:2:14: topic \"a\": this matches nearly every document: it only says what must not be "
        "there\n    -b\n    ^\n    add a word that must be there\n"
        "F:3:14: topic \"c\": this ( is never closed\n    (d\n    ^\n    close it with )\n");
    assert_null(fixture.state);
    fixture_deinit(&fixture);
}

/* ---- learning ---- */

static size_t n_told; /* topics that an explanation was worth */
static void count_topic(void *arg, const char *topic, bool matches)
{
    (void)arg;
    (void)topic;
    (void)matches;
    n_told++;
}
static void skip_part(void *arg, int depth, bool holds, const char *part, const char *text)
{
    (void)arg;
    (void)depth;
    (void)holds;
    (void)part;
    (void)text;
}

/* How many topics a document is held against. */
static size_t candidates_of(struct fixture *fixture, struct tocsin_document *document)
{
    struct tocsin_explain explain = {count_topic, skip_part, NULL};
    n_told = 0;
    assert_int_equal(tocsin_plugin.detector->explain(fixture->state, document, NULL, &explain), 0);
    return n_told;
}

static void detect_many(struct fixture *fixture, int n, const char *text)
{
    for (int i = 0; i < n; i++) {
        struct tocsin_document document = {.text = text, .len = strlen(text), .title = ""};
        struct tocsin_report report = {.text_len = document.len};
        fixture->instance.index_give = keep_index; /* as the host has it, for each document */
        assert_int_equal(tocsin_plugin.detector->detect(fixture->state, &document, &report), 0);
        tocsin_host_report_deinit(&report);
        tocsin_host_document_deinit(&document);
    }
}

/* Words that the table does not know, of which one is in every document. */
#define MANY_TOPICS 1200
static void test_learning(void **unused)
{
    (void)unused;
    static const char usual[] = "Every gizmotron has its own.", other[] = "A widgetorium is here.";
    struct fixture fixture;
    struct tocsin_document document = {.text = usual, .len = strlen(usual), .title = ""};
    AUTO_BUF struct buf text = {0};
    buf_puts(&text, "topics:\n");
    for (int i = 0; i < MANY_TOPICS; i++)
        buf_printf(&text, "  t%d: {query: 'gizmotron AND (q%dx OR widgetorium)'}\n", i, i);
    assert_int_equal(fixture_init(&fixture, buf_text(&text)), 0);
    assert_int_equal(candidates_of(&fixture, &document), MANY_TOPICS);
    tocsin_host_document_deinit(&document);
    detect_many(&fixture, 996, usual);
    assert_int_equal(fixture.learnt.len, 0);
    detect_many(&fixture, 1, usual); /* the 250th that it learns from */
    assert_true(fixture.learnt.len > 0);

    const char *const files[] = {fixture.path, NULL};
    const struct tocsin_value values[] = {{.list = files}, {.list = NULL}};
    tocsin_plugin.detector->fini(fixture.state);
    fixture.state = NULL;
    fixture.instance.values = values;
    fixture.instance.index[TOCSIN_INDEX_LEARNT] =
        (struct tocsin_index_bytes){fixture.learnt.data, fixture.learnt.len};
    assert_int_equal(fixture_start(&fixture), 0);
    document = (struct tocsin_document){.text = usual, .len = strlen(usual), .title = ""};
    assert_int_equal(candidates_of(&fixture, &document), 0);
    tocsin_host_document_deinit(&document);

    /* What comes later is of another kind: it learns again. */
    struct buf first = fixture.learnt;
    fixture.learnt = (struct buf){0};
    detect_many(&fixture, 1000, usual);
    detect_many(&fixture, 1000, other);
    assert_int_equal(fixture.learnt.len, 0);
    detect_many(&fixture, 997, other);
    assert_int_equal(fixture.learnt.len, first.len);
    assert_memory_not_equal(fixture.learnt.data, first.data, first.len);
    buf_deinit(&first);
    fixture_deinit(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_detect), cmocka_unit_test(test_explain),
        cmocka_unit_test(test_list),   cmocka_unit_test(test_learning),
        cmocka_unit_test(test_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
