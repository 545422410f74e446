/* The objects between host and plugin: options, findings and their bounds, words made once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "lib/objects.h"

/* ---- what an instance says is kept here ---- */

static struct buf said;

static void keep_log(void *arg, enum tocsin_log_level level, const char *text)
{
    buf_printf(arg, "log %d %s\n", (int)level, text);
}

static void keep_problem(void *arg, bool warning, const char *file, int line, int column,
                         const char *text)
{
    buf_printf(arg, "%s %s:%d:%d %s\n", warning ? "warning" : "problem", file ? file : "-", line,
               column, text);
}

static const struct tocsin_option table[] = {
    {.name = "greeting", .type = TOCSIN_OPTION_TEXT},
    {.name = "often", .type = TOCSIN_OPTION_DURATION},
    {.name = "loud", .type = TOCSIN_OPTION_BOOL},
    {.name = "files", .type = TOCSIN_OPTION_PATHS},
    {.name = "names", .type = TOCSIN_OPTION_TEXTS},
    {.name = NULL},
};
static const char *const files[] = {"/a", "/b", NULL};
static const struct tocsin_value values[] = {
    {.text = "hello"}, {.number = 1500}, {.number = 1}, {.list = files}, {.list = NULL},
};

static struct tocsin_instance an_instance(void)
{
    buf_clear(&said);
    return (struct tocsin_instance){.name = "greeter",
                                    .options = table,
                                    .values = values,
                                    .log = keep_log,
                                    .problem = keep_problem,
                                    .arg = &said};
}

static void test_options_are_read_by_name(void **state)
{
    (void)state;
    struct tocsin_instance instance = an_instance();
    assert_string_equal(tocsin_instance_name(&instance), "greeter");
    assert_string_equal(tocsin_option_text(&instance, "greeting"), "hello");
    assert_int_equal(tocsin_option_int(&instance, "often"), 1500);
    assert_true(tocsin_option_bool(&instance, "loud"));
    assert_string_equal(tocsin_option_list(&instance, "files")[1], "/b");
    assert_null(tocsin_option_list(&instance, "names")[0]);
}

static void log_to_stdout(void *arg, enum tocsin_log_level level, const char *text)
{
    (void)arg, (void)level;
    ssize_t ignored = write(STDOUT_FILENO, text, strlen(text));
    (void)ignored;
}

/* Runs in a child what must end it; the text it logged before. */
static void assert_aborts(const char *name, bool as_text, const char *expected)
{
    int pipe_fds[2];
    assert_int_equal(pipe(pipe_fds), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(pipe_fds[1], STDOUT_FILENO);
        struct tocsin_instance instance = an_instance();
        instance.log = log_to_stdout;
        if (as_text)
            tocsin_option_text(&instance, name);
        else
            tocsin_option_list(&instance, name);
        _exit(0);
    }
    close(pipe_fds[1]);
    char text[256] = "";
    assert_true(read(pipe_fds[0], text, sizeof(text) - 1) > 0);
    close(pipe_fds[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(text, expected));
}

static void test_a_wrong_option_ends_the_process(void **state)
{
    (void)state;
    assert_aborts("greting", true, "\"greting\" is not in the plugin's table");
    assert_aborts("often", true, "\"often\" is of another type");
    assert_aborts("greeting", false, "\"greeting\" is of another type");
}

static void test_words_of_a_plugin_are_cleaned(void **state)
{
    (void)state;
    struct tocsin_instance instance = an_instance();
    tocsin_log(&instance, TOCSIN_INFO, "bad \xff byte, %d", 7);
    assert_int_equal(tocsin_fail(&instance, "names.txt", 3, 1, "unknown %s", "team"), -1);
    tocsin_warn(&instance, NULL, 0, 0, "odd");
    assert_string_equal(said.data, "log 3 bad \xEF\xBF\xBD byte, 7\n"
                                   "problem names.txt:3:1 unknown team\n"
                                   "warning -:0:0 odd\n");
    size_t n_cut = 0;
    AUTO_FREE char *cut = tocsin_host_clean("caf\xC3\xA9", 4, &n_cut);
    assert_string_equal(cut, "caf");
    assert_int_equal(n_cut, 1);
    AUTO_FREE char *whole = tocsin_host_clean("caf\xC3\xA9", 5, &n_cut);
    assert_string_equal(whole, "caf\xC3\xA9");
    assert_int_equal(n_cut, 1);
    AUTO_FREE char *none = tocsin_host_clean(NULL, 5, &n_cut);
    assert_string_equal(none, "");
}

/* ---- reports ---- */

static void test_a_finding_holds_what_was_said(void **state)
{
    (void)state;
    struct tocsin_report report = {.text_len = 100};
    struct tocsin_finding *fact = tocsin_report_fact(&report, "interest");
    struct tocsin_finding *topic = tocsin_report_topic(&report, "le-mans");
    tocsin_finding_summary(fact, "%s wants to drive", "Leclerc");
    tocsin_finding_severity(fact, TOCSIN_HIGH);
    tocsin_finding_field(fact, "driver", "Charles Leclerc");
    tocsin_finding_field(fact, "driver", "Pierre Gasly");
    tocsin_finding_label(fact, "f1");
    tocsin_finding_score(fact, 0.5);
    tocsin_finding_evidence(fact, 10, 20);
    tocsin_finding_evidence(topic, 0, 100);
    assert_int_equal(report.n, 2);
    assert_true(report.findings[0]->is_fact && !report.findings[1]->is_fact);
    assert_string_equal(report.findings[0]->topic, "interest");
    assert_string_equal(report.findings[0]->summary, "Leclerc wants to drive");
    assert_string_equal(report.findings[0]->field_values.items[1], "Pierre Gasly");
    assert_null(report.findings[0]->field_names.items[2]);
    assert_int_equal(report.findings[0]->evidence[0].end, 20);
    assert_int_equal(report.findings[0]->n_cut + report.findings[1]->n_cut, 0);
    assert_int_equal(report.findings[1]->severity, TOCSIN_NORMAL);
    tocsin_host_report_deinit(&report);
}

static void test_nonsense_is_left_out_and_counted(void **state)
{
    (void)state;
    struct tocsin_report report = {.text_len = 100};
    struct tocsin_finding *finding = tocsin_report_topic(&report, NULL);
    tocsin_finding_evidence(finding, 5, 5);
    tocsin_finding_evidence(finding, 90, 101);
    tocsin_finding_evidence(finding, 9, 3);
    tocsin_finding_severity(finding, (enum tocsin_severity)9);
    tocsin_finding_score(finding, (double)NAN);
    tocsin_finding_score(finding, 1.5);
    assert_int_equal(finding->n_cut, 6);
    assert_int_equal(finding->n_evidence, 0);
    assert_true(finding->score > 0.99);
    tocsin_host_report_deinit(&report);
}

static void test_too_much_is_bounded(void **state)
{
    (void)state;
    struct tocsin_report report = {.text_len = 10};
    for (size_t i = 0; i < TOCSIN_MAX_FINDINGS + 5; i++)
        tocsin_finding_summary(tocsin_report_topic(&report, "t"), "number %zu", i);
    assert_int_equal(report.n, TOCSIN_MAX_FINDINGS);
    assert_int_equal(report.n_dropped, 5);
    struct tocsin_finding *finding = report.findings[0];
    for (size_t i = 0; i < 1000; i++) {
        tocsin_finding_evidence(finding, 1, 2);
        tocsin_finding_label(finding, "label");
        tocsin_finding_field(finding, "name", "value");
    }
    assert_int_equal(finding->n_evidence, TOCSIN_MAX_EVIDENCE);
    assert_int_equal(finding->labels.n, TOCSIN_MAX_LABELS);
    assert_int_equal(finding->field_values.n, TOCSIN_MAX_FIELDS);
    AUTO_FREE char *text = mem_zalloc(100001);
    memset(text, 'x', 100000);
    tocsin_finding_summary(finding, "%s", text);
    assert_int_equal(strlen(finding->summary), TOCSIN_MAX_VALUE_BYTES);
    tocsin_host_report_deinit(&report);
}

/* ---- documents, outcomes, actions ---- */

static void test_words_are_made_once(void **state)
{
    (void)state;
    const char *text = "Gasly m\xC3\xB6"
                       "chte nach Le Mans. Sp\xC3\xA4ter.";
    struct tocsin_document document = {
        .text = text, .len = strlen(text), .title = "Gasly", .date = 20240617};
    size_t n, again;
    const struct tocsin_word *words = tocsin_document_words(&document, &n);
    assert_int_equal(n, 6);
    assert_memory_equal(words[1].folded, "mochte", 6);
    assert_ptr_equal(tocsin_document_words(&document, &again), words);
    const struct tocsin_span *sentences = tocsin_document_sentences(&document, &n);
    assert_int_equal(n, 2);
    assert_int_equal(sentences[1].first_word, 5);
    assert_ptr_equal(tocsin_document_sentences(&document, &again), sentences);
    tocsin_document_title_words(&document, &n);
    assert_int_equal(n, 1);
    tocsin_host_document_deinit(&document);
}

static void test_an_outcome_keeps_tokens(void **state)
{
    (void)state;
    struct tocsin_outcome outcome = {.n_revisions = 2};
    tocsin_outcome_token(&outcome, 1, "17");
    tocsin_outcome_token(&outcome, 1, "18");
    tocsin_outcome_token(&outcome, 2, "beyond");
    tocsin_outcome_delay(&outcome, -5);
    tocsin_outcome_reason(&outcome, "no %s", "server");
    assert_null(outcome.tokens[0]);
    assert_string_equal(outcome.tokens[1], "18");
    assert_int_equal(outcome.delay_ms, 0);
    assert_string_equal(outcome.reason, "no server");
    tocsin_host_outcome_deinit(&outcome);
}

static void keep_action(const char *alert_id, const char *verb)
{
    buf_printf(&said, "%s %s\n", verb, alert_id);
}

static char *make_page(const char *name)
{
    return strcmp(name, "metrics") == 0 ? mem_strdup("a page") : NULL;
}

static void test_pages_come_from_the_source(void **state)
{
    (void)state;
    assert_null(tocsin_page("metrics"));
    tocsin_host_on_page(make_page);
    AUTO_FREE char *page = tocsin_page("metrics");
    assert_string_equal(page, "a page");
    assert_null(tocsin_page("other"));
    assert_null(tocsin_page(NULL));
}

static void test_actions_reach_the_sink(void **state)
{
    (void)state;
    buf_clear(&said);
    tocsin_action("abc", "too early");
    tocsin_host_on_action(keep_action);
    tocsin_action("abc", "mute");
    tocsin_action(NULL, "mute");
    assert_string_equal(buf_text(&said), "mute abc\n");
}

static int free_said(void **state)
{
    (void)state;
    buf_deinit(&said);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_are_read_by_name),
        cmocka_unit_test(test_a_wrong_option_ends_the_process),
        cmocka_unit_test(test_words_of_a_plugin_are_cleaned),
        cmocka_unit_test(test_a_finding_holds_what_was_said),
        cmocka_unit_test(test_nonsense_is_left_out_and_counted),
        cmocka_unit_test(test_too_much_is_bounded),
        cmocka_unit_test(test_words_are_made_once),
        cmocka_unit_test(test_an_outcome_keeps_tokens),
        cmocka_unit_test(test_actions_reach_the_sink),
        cmocka_unit_test(test_pages_come_from_the_source),
    };
    return cmocka_run_group_tests(tests, NULL, free_said);
}
