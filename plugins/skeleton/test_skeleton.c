/* The skeleton does what its manual says, called as the host calls it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "lib/objects.h"

static void keep_problem(void *arg, bool warning, const char *file, int line, int column,
                         const char *text)
{
    assert_false(warning);
    assert_null(file);
    assert_int_equal(line + column, 0);
    buf_puts(arg, text);
}

static void *init(const char *word, const char *problem)
{
    AUTO_BUF struct buf problems = {0};
    const struct tocsin_value values[] = {{.text = word}};
    struct tocsin_instance instance = {.name = "skeleton",
                                       .options = tocsin_plugin.options,
                                       .values = values,
                                       .problem = keep_problem,
                                       .arg = &problems};
    void *state = NULL;
    int result = tocsin_plugin.detector->init(&instance, &state);
    assert_int_equal(result, problem ? -1 : 0);
    assert_string_equal(buf_text(&problems), problem ? problem : "");
    return state;
}

static void test_init(void **unused)
{
    (void)unused;
    init("two words", "word: \"two words\" is not one word");
    init("!", "word: \"!\" is not one word");
}

static void test_detect(void **unused)
{
    (void)unused;
    void *state = init("B\u00C9ll", NULL);
    struct tocsin_document document = {.text = "A bell. The B\u00E9ll, bells.", .title = "A bell."};
    document.len = strlen(document.text);
    struct tocsin_report report = {.text_len = document.len};
    assert_int_equal(tocsin_plugin.detector->detect(state, &document, &report), 0);
    assert_int_equal(report.n, 1);
    const struct tocsin_finding *finding = report.findings[0];
    assert_string_equal(finding->topic, "bell");
    assert_string_equal(finding->summary, "bell: A bell.");
    assert_int_equal(finding->n_evidence, 2);
    assert_int_equal(finding->evidence[0].start, 2);
    assert_int_equal(finding->evidence[1].start, 12);
    assert_int_equal(finding->evidence[1].end, 17);
    tocsin_host_report_deinit(&report);
    tocsin_host_document_deinit(&document);

    document = (struct tocsin_document){.text = "bells", .len = 5, .title = "bells"};
    report = (struct tocsin_report){.text_len = 5};
    assert_int_equal(tocsin_plugin.detector->detect(state, &document, &report), 0);
    assert_int_equal(report.n, 0);
    tocsin_host_report_deinit(&report);
    tocsin_host_document_deinit(&document);
    tocsin_plugin.detector->fini(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_init), cmocka_unit_test(test_detect)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
