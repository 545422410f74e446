/* A page as text and as JSON, and the rules that the table of metrics keeps. */
#include "unit.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "metrics/metrics.h"

static struct metrics *page;

static int setup(void **state)
{
    (void)state;
    page = metrics_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    metrics_free(&page);
    return 0;
}

static void assert_text(const char *wanted)
{
    AUTO_BUF struct buf text = {0};
    metrics_text(page, &text);
    assert_string_equal(buf_text(&text), wanted);
}

static void an_empty_page_is_an_empty_text(void **state)
{
    (void)state;
    assert_text("");
}

static void a_family_is_said_once_before_its_samples(void **state)
{
    (void)state;
    metrics_put(page, METRIC_RELOADS, 3, METRIC_LABELS("good"));
    metrics_put(page, METRIC_READY, 1, NULL);
    metrics_put(page, METRIC_RELOADS, 0, METRIC_LABELS("bad"));
    assert_text("# HELP tocsin_ready Whether a configuration is in force\n"
                "# TYPE tocsin_ready gauge\n"
                "tocsin_ready 1\n"
                "# HELP tocsin_config_reloads_total Configurations that were to be taken while "
                "running\n"
                "# TYPE tocsin_config_reloads_total counter\n"
                "tocsin_config_reloads_total{result=\"good\"} 3\n"
                "tocsin_config_reloads_total{result=\"bad\"} 0\n");
}

static void assert_line(const char *line)
{
    AUTO_BUF struct buf text = {0};
    AUTO_FREE char *whole = mem_printf("\n%s\n", line);
    metrics_text(page, &text);
    if (!strstr(buf_text(&text), whole))
        assert_string_equal(buf_text(&text), line);
}

static void numbers_are_whole_or_short(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *line;
    } cases[] = {
        {0, "tocsin_loop_longest_turn_seconds 0"},
        {0.1, "tocsin_loop_longest_turn_seconds 0.1"},
        {0.000072, "tocsin_loop_longest_turn_seconds 7.2e-05"},
        {-2.5, "tocsin_loop_longest_turn_seconds -2.5"},
        {1795795084.907, "tocsin_loop_longest_turn_seconds 1795795084.907"},
        {9007199254740991., "tocsin_loop_longest_turn_seconds 9007199254740991"},
        {1e300, "tocsin_loop_longest_turn_seconds 1e+300"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        metrics_put(page, METRIC_LOOP_LONGEST_TURN, cases[i].value, NULL);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_line(cases[i].line);
}

#define AWKWARD "a \"b\"\\c\n{d}=,é\xff"

static void awkward_values_are_escaped(void **state)
{
    (void)state;
    metrics_put(page, METRIC_SOURCE_EVENTS, 1, METRIC_LABELS(AWKWARD));
    /* One byte of it is no UTF-8: then ? stands for all that is not ASCII. */
    assert_line("tocsin_source_events_total{source=\"a \\\"b\\\"\\\\c\\n{d}=,???\"} 1");
    metrics_put(page, METRIC_SOURCE_EVENTS, 2, METRIC_LABELS("zürich"));
    assert_line("tocsin_source_events_total{source=\"zürich\"} 2");
    metrics_put(page, METRIC_SOURCE_EVENTS, 3, METRIC_LABELS(""));
    assert_line("tocsin_source_events_total{source=\"\"} 3");
}

static const uint64_t bounds_us[] = {100, 2500, 1000000};
static const uint64_t counts[] = {1, 0, 2, 4};
static const struct metric_times times = {bounds_us, counts, ARRAY_LEN(bounds_us), 12500000};

static void a_histogram_counts_up(void **state)
{
    (void)state;
    metrics_put_times(page, METRIC_DETECT_DURATION, &times, METRIC_LABELS("topics"));
    assert_text("# HELP tocsin_detect_duration_seconds How long a detector took over a document\n"
                "# TYPE tocsin_detect_duration_seconds histogram\n"
                "tocsin_detect_duration_seconds_bucket{detector=\"topics\",le=\"0.0001\"} 1\n"
                "tocsin_detect_duration_seconds_bucket{detector=\"topics\",le=\"0.0025\"} 1\n"
                "tocsin_detect_duration_seconds_bucket{detector=\"topics\",le=\"1\"} 3\n"
                "tocsin_detect_duration_seconds_bucket{detector=\"topics\",le=\"+Inf\"} 7\n"
                "tocsin_detect_duration_seconds_sum{detector=\"topics\"} 12.5\n"
                "tocsin_detect_duration_seconds_count{detector=\"topics\"} 7\n");
}

static void json_has_every_family(void **state)
{
    (void)state;
    metrics_put(page, METRIC_DELIVERIES, 5, METRIC_LABELS("mail", "sent"));
    metrics_put_times(page, METRIC_DETECT_DURATION, &times, METRIC_LABELS("topics"));
    json_t *families = metrics_json(page);
    assert_int_equal(json_object_size(families), METRIC_N);
    json_t *wanted = json_pack("{s:s, s:s, s:[{s:{s:s, s:s}, s:i}]}", "type", "counter", "help",
                               "Attempts to deliver", "samples", "labels", "notifier", "mail",
                               "result", "sent", "value", 5);
    assert_true(json_equal(json_object_get(families, "tocsin_deliveries_total"), wanted));
    json_decref(wanted);
    const json_t *family = json_object_get(families, "tocsin_detect_duration_seconds");
    wanted =
        json_pack("{s:{s:s}, s:{s:i, s:i, s:i, s:i}, s:i, s:f}", "labels", "detector", "topics",
                  "buckets", "0.0001", 1, "0.0025", 1, "1", 3, "+Inf", 7, "count", 7, "sum", 12.5);
    assert_true(json_equal(json_array_get(json_object_get(family, "samples"), 0), wanted));
    json_decref(wanted);
    family = json_object_get(families, "tocsin_ready");
    assert_int_equal(json_array_size(json_object_get(family, "samples")), 0);
    json_decref(families);
}

/* ---- the table ---- */

static bool is_name(const char *name, const char *more)
{
    if (!islower((unsigned char)*name))
        return false;
    for (; *name; name++) {
        if (!islower((unsigned char)*name) && !isdigit((unsigned char)*name) &&
            !strchr(more, *name))
            return false;
    }
    return true;
}

static void the_table_keeps_the_customs(void **state)
{
    (void)state;
    for (size_t i = 0; i < METRIC_N; i++) {
        const struct metric_family *family = &metric_families[i];
        assert_non_null(family->name);
        assert_true(str_starts(family->name, "tocsin_") || str_starts(family->name, "process_"));
        assert_true(is_name(family->name, "_"));
        assert_int_equal(str_ends(family->name, "_total"), family->type == METRIC_TYPE_COUNTER);
        if (family->type == METRIC_TYPE_HISTOGRAM)
            assert_true(str_ends(family->name, "_seconds"));
        assert_true(*family->help && !str_ends(family->help, "."));
        for (size_t k = 0; family->labels[k]; k++)
            assert_true(k < METRIC_MAX_LABELS && is_name(family->labels[k], "_"));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(family->name, metric_families[k].name);
    }
}

/* ---- as Prometheus itself reads it ---- */

static void put_all(void)
{
    static const char *const awkward[] = {AWKWARD, "b\\", "\"\n"};
    for (int i = 0; i < METRIC_N; i++) {
        const struct metric_family *family = &metric_families[i];
        const char *labels[METRIC_MAX_LABELS + 1] = {NULL};
        for (size_t n = 0; n < METRIC_MAX_LABELS && family->labels[n]; n++)
            labels[n] = awkward[n];
        if (family->type == METRIC_TYPE_HISTOGRAM)
            metrics_put_times(page, (enum metric)i, &times, labels);
        else
            metrics_put(page, (enum metric)i, i, labels);
    }
}

static void promtool_is_content(void **state)
{
    (void)state;
    if (system("command -v promtool >/dev/null") != 0)
        skip(); /* Debian: prometheus */
    char file[] = "/tmp/tocsin-page-XXXXXX";
    AUTO_FD int fd = mkstemp(file);
    assert_true(fd >= 0);
    put_all();
    AUTO_BUF struct buf text = {0};
    metrics_text(page, &text);
    assert_int_equal(write(fd, text.data, text.len), text.len);
    AUTO_FREE char *command =
        mem_printf("test -z \"$(promtool check metrics <%s 2>&1 || echo no)\"", file);
    int result = system(command);
    unlink(file);
    assert_int_equal(result, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_empty_page_is_an_empty_text), CASE(a_family_is_said_once_before_its_samples),
        CASE(numbers_are_whole_or_short),     CASE(awkward_values_are_escaped),
        CASE(a_histogram_counts_up),          CASE(json_has_every_family),
        CASE(the_table_keeps_the_customs),    CASE(promtool_is_content),
    };
    return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
