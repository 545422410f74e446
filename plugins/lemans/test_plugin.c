/* The plugin's own calls, with the objects that a host would hand it. */
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plugins/lib/objects.h"

static int n_problems;

static void problem(void *arg, bool warning, const char *file, int line, int column,
                    const char *text)
{
    (void)arg;
    (void)line;
    (void)column;
    assert_false(warning);
    assert_non_null(file);
    assert_true(text[0]);
    n_problems++;
}

static int plugin_init(const char *lists, void **state)
{
    const struct tocsin_value values[] = {{.text = lists}};
    struct tocsin_instance instance = {
        .name = "lemans", .options = tocsin_plugin.options, .values = values, .problem = problem};
    return tocsin_plugin.detector->init(&instance, state);
}

static int setup(void **state)
{
    const char *source = getenv("TOCSIN_SRCDIR");
    AUTO_FREE char *lists = mem_printf("%s/conf/lemans", source ? source : ".");
    return plugin_init(lists, state);
}

static int teardown(void **state)
{
    tocsin_plugin.detector->fini(*state);
    return 0;
}

static struct tocsin_document a_document(const char *text)
{
    return (struct tocsin_document){.text = text,
                                    .len = strlen(text),
                                    .title = "",
                                    .path = "a.txt",
                                    .source = "tests",
                                    .media_type = "text/plain",
                                    .date = 20300301};
}

static const char *field(const struct tocsin_finding *finding, const char *name, size_t nth)
{
    for (size_t i = 0; i < finding->field_names.n; i++)
        if (!strcmp(finding->field_names.items[i], name) && !nth--)
            return finding->field_values.items[i];
    return "";
}

static void test_table(void **state)
{
    (void)state;
    const struct tocsin_detector *detector = tocsin_plugin.detector;
    assert_string_equal(tocsin_plugin.name, "lemans");
    assert_string_equal(detector->key_fields[2], detector->edition_field);
    assert_null(detector->key_fields[3]);
    assert_string_equal(detector->statuses[4], "result");
}

static void test_crew(void **state)
{
    const char *text = "News. Hartley, Ryo Hirakawa and Brendon Hartley will share the #8 Toyota "
                       "at the 24 Hours of Le Mans in Hypercar.";
    struct tocsin_document document = a_document(text);
    struct tocsin_report report = {.text_len = document.len};
    assert_int_equal(tocsin_plugin.detector->detect(*state, &document, &report), 0);
    assert_int_equal(report.n, 1);
    const struct tocsin_finding *finding = report.findings[0];
    assert_true(finding->is_fact);
    assert_string_equal(finding->topic, "confirmed");
    assert_string_equal(field(finding, "driver", 0), "Brendon Hartley");
    assert_string_equal(field(finding, "driver", 1), "Ryo Hirakawa");
    assert_string_equal(field(finding, "driver", 2), "");
    assert_string_equal(field(finding, "entrant", 0), "");
    assert_string_equal(field(finding, "team", 0), "Toyota");
    assert_string_equal(field(finding, "car", 0), "8");
    assert_string_equal(field(finding, "class", 0), "Hypercar");
    assert_string_equal(field(finding, "year", 0), "2030");
    assert_int_equal(finding->n_evidence, 1);
    assert_true(finding->evidence[0].end <= document.len);
    assert_int_equal(finding->n_cut, 0);
    tocsin_host_report_deinit(&report);
    tocsin_host_document_deinit(&document);
}

static void test_entrant(void **state)
{
    struct tocsin_document document =
        a_document("Lamborghini has withdrawn from the 24 Hours of Le Mans.");
    struct tocsin_report report = {.text_len = document.len};
    assert_int_equal(tocsin_plugin.detector->detect(*state, &document, &report), 0);
    assert_int_equal(report.n, 1);
    assert_string_equal(report.findings[0]->topic, "ruled_out");
    assert_string_equal(field(report.findings[0], "entrant", 0), "Lamborghini");
    tocsin_host_report_deinit(&report);
    tocsin_host_document_deinit(&document);
}

/* A document without the race is put down after a look at its words. */
static void test_unrelated(void **state)
{
    struct tocsin_document document = a_document("Charles Leclerc would love to race at Spa.");
    struct tocsin_report report = {.text_len = document.len};
    assert_int_equal(tocsin_plugin.detector->detect(*state, &document, &report), 0);
    assert_int_equal(report.n, 0);
    assert_false(document.has_sentences);
    tocsin_host_report_deinit(&report);
    tocsin_host_document_deinit(&document);
}

static void test_bad_lists(void **state)
{
    (void)state;
    void *none = NULL;
    n_problems = 0;
    assert_int_equal(plugin_init("/nonexistent/lemans", &none), -1);
    assert_true(n_problems > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),     cmocka_unit_test(test_crew),
        cmocka_unit_test(test_entrant),   cmocka_unit_test(test_unrelated),
        cmocka_unit_test(test_bad_lists),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
