/*
 * The JSON of an alert: held against the manual, which lists every key with its type, and against
 * texts that are made to break a line, a reader or a terminal.
 */
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/str.h"
#include "lib/objects.h"

static const char *const no_texts[] = {NULL};

static struct tocsin_revision a_revision(void)
{
    static const char *const labels[] = {"f1", "rumour", NULL};
    static const char *const names[] = {"driver", "year", "driver", NULL};
    static const char *const values[] = {"Charles Leclerc", "2027", "Pierre Gasly", NULL};
    return (struct tocsin_revision){.alert_id = "a1",
                                    .revision_id = "b2",
                                    .number = 3,
                                    .detector = "lemans",
                                    .topic = "confirmed",
                                    .headline = "Leclerc will race",
                                    .change = "interest \u2192 confirmed",
                                    .severity = TOCSIN_HIGH,
                                    .labels = labels,
                                    .field_names = names,
                                    .field_values = values,
                                    .quote = "He \"will\" race.",
                                    .mark_start = 3,
                                    .mark_end = 9,
                                    .document_title = "News",
                                    .document_path = "/home/ann/News/1.txt",
                                    .source = "news",
                                    .document_date = 20260131,
                                    .created_ms = 1769846400250,
                                    .n_sources = 2,
                                    .token = "17",
                                    .started_ms = 1769760000000};
}

static struct tocsin_delivery a_delivery(const struct tocsin_revision *revision)
{
    return (struct tocsin_delivery){
        .id = "d4", .attempt = 2, .revisions = revision, .n_revisions = 1};
}

/* What a reader makes of the line; the line itself is looked at first. */
static json_t *read_line(const struct tocsin_delivery *delivery)
{
    AUTO_FREE char *line = tocsin_delivery_json(delivery, 0);
    assert_non_null(line);
    assert_int_equal(strcspn(line, "\r\n\v\f"), strlen(line));
    json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL); /* refuses what is no UTF-8 */
    assert_non_null(object);
    return object;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!text)
        fail_msg("%s is no text", key);
    return text;
}

/* ---- the manual ---- */

static char *manual_section(void)
{
    const char *top = getenv("TOCSIN_SRCDIR");
    AUTO_FREE char *path = mem_printf("%s/man/tocsin.yaml.5", top ? top : ".");
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    AUTO_BUF struct buf text = {0};
    for (int c = getc(file); c != EOF; c = getc(file))
        buf_putc(&text, (char)c);
    fclose(file);
    char *start = strstr(buf_text(&text), "\n.Sh JSON OF AN ALERT\n");
    assert_non_null(start);
    char *end = strstr(start + 1, "\n.Sh ");
    return mem_strndup(start, end ? (size_t)(end - start) : strlen(start));
}

static bool has_type(const json_t *value, const char *type)
{
    return (str_equal(type, "text") && json_is_string(value)) ||
           (str_equal(type, "number") && json_is_integer(value)) ||
           (str_equal(type, "list") && json_is_array(value)) ||
           (str_equal(type, "map") && json_is_object(value));
}

/* One heading of the manual, such as ".It Ic ended : Ar text , No of a resolved alert". */
static bool is_held(const char *heading, const json_t *object, bool summary,
                    const struct tocsin_revision *revision)
{
    char key[32], type[16];
    assert_int_equal(sscanf(heading, ".It Ic %31s : Ar %15s", key, type), 2);
    bool expected = (summary || !strstr(heading, ", No of a summary")) &&
                    (revision->resolved || !strstr(heading, ", No of a resolved alert")) &&
                    (revision->until_ms || !strstr(heading, ", No of one that passes"));
    const json_t *value = json_object_get(object, key);
    if (!value && expected)
        fail_msg("\"%s\" is in the manual and not in the JSON", key);
    if (value && !expected)
        fail_msg("\"%s\" is in the JSON, against the manual", key);
    if (value && !has_type(value, type))
        fail_msg("\"%s\" is not of the type %s that the manual says", key, type);
    return value;
}

static void hold_against_manual(const struct tocsin_delivery *delivery)
{
    AUTO_FREE char *section = manual_section();
    json_t *object = read_line(delivery);
    size_t n = 0;
    char *rest = section, *line;
    while ((line = strsep(&rest, "\n")))
        if (str_starts(line, ".It "))
            n += is_held(line, object, delivery->summary, delivery->revisions);
    assert_int_equal(n, json_object_size(object)); /* so none is left that the manual lacks */
    json_decref(object);
}

static void test_the_manual_lists_it(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    struct tocsin_delivery delivery = a_delivery(&revision);
    hold_against_manual(&delivery);
    delivery.summary = "12 more alerts in the last minute";
    hold_against_manual(&delivery);
    revision.resolved = true;
    revision.ended_ms = 1769850000000;
    hold_against_manual(&delivery);
    delivery.summary = NULL;
    hold_against_manual(&delivery);
    revision = a_revision();
    revision.notice = TOCSIN_SNOOZED;
    revision.until_ms = 1769850000000;
    hold_against_manual(&delivery);
}

/* ---- what it says ---- */

static void test_values(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    struct tocsin_delivery delivery = a_delivery(&revision);
    AUTO_FREE char *line = tocsin_delivery_json(&delivery, 0);
    assert_string_equal(
        line,
        "{\"delivery\":\"d4\",\"attempt\":2,\"alert\":\"a1\",\"revision\":\"b2\",\"number\":3,"
        "\"status\":\"firing\",\"detector\":\"lemans\",\"topic\":\"confirmed\","
        "\"headline\":\"Leclerc will race\",\"change\":\"interest \u2192 confirmed\","
        "\"severity\":3,\"severity_name\":\"high\",\"labels\":[\"f1\",\"rumour\"],"
        "\"fields\":{\"driver\":[\"Charles Leclerc\",\"Pierre Gasly\"],\"year\":[\"2027\"]},"
        "\"quote\":\"He \\\"will\\\" race.\",\"mark\":[3,9],\"title\":\"News\","
        "\"path\":\"/home/ann/News/1.txt\",\"source\":\"news\",\"date\":\"2026-01-31\","
        "\"sources\":2,\"started\":\"2026-01-30T08:00:00.000Z\",\"started_ms\":1769760000000,"
        "\"created\":\"2026-01-31T08:00:00.250Z\",\"created_ms\":1769846400250}");
}

static void test_a_resolved_alert_says_when_it_ended(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    revision.resolved = true;
    revision.ended_ms = 1769850000000;
    struct tocsin_delivery delivery = a_delivery(&revision);
    json_t *object = read_line(&delivery);
    assert_string_equal(text_of(object, "status"), "resolved");
    assert_string_equal(text_of(object, "ended"), "2026-01-31T09:00:00.000Z");
    assert_int_equal(json_integer_value(json_object_get(object, "ended_ms")), 1769850000000);
    json_decref(object);
}

static void test_a_notice_says_what_has_become_of_it(void **state)
{
    (void)state;
    static const struct {
        enum tocsin_notice notice;
        const char *status;
    } wanted[] = {{TOCSIN_NEWS, "firing"},
                  {TOCSIN_ACKNOWLEDGED, "acknowledged"},
                  {TOCSIN_SNOOZED, "snoozed"},
                  {TOCSIN_MUTED, "muted"}};
    struct tocsin_revision revision = a_revision();
    struct tocsin_delivery delivery = a_delivery(&revision);
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        revision.notice = wanted[i].notice;
        revision.until_ms = wanted[i].notice == TOCSIN_SNOOZED ? 1769850000000 : 0;
        json_t *object = read_line(&delivery);
        assert_string_equal(text_of(object, "status"), wanted[i].status);
        assert_null(json_object_get(object, "ended"));
        const char *until = json_string_value(json_object_get(object, "until"));
        assert_string_equal(until ? until : "",
                            revision.until_ms ? "2026-01-31T09:00:00.000Z" : "");
        json_decref(object);
    }
}

static void test_a_summary_says_so_in_every_object(void **state)
{
    (void)state;
    struct tocsin_revision revisions[2] = {a_revision(), a_revision()};
    revisions[1].alert_id = "a2";
    struct tocsin_delivery delivery = a_delivery(revisions);
    delivery.n_revisions = 2;
    delivery.n_total = 12;
    delivery.summary = "12 more alerts in the last minute";
    for (size_t i = 0; i < 2; i++) {
        AUTO_FREE char *line = tocsin_delivery_json(&delivery, i);
        json_t *object = json_loads(line, 0, NULL);
        assert_string_equal(text_of(object, "summary"), "12 more alerts in the last minute");
        assert_string_equal(text_of(object, "alert"), revisions[i].alert_id);
        assert_int_equal(json_integer_value(json_object_get(object, "count")), 2);
        assert_int_equal(json_integer_value(json_object_get(object, "total")), 12);
        json_decref(object);
    }
    assert_null(tocsin_delivery_json(&delivery, 2));
}

static void test_no_date_no_labels_no_fields(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    revision.labels = revision.field_names = revision.field_values = no_texts;
    revision.document_date = 0;
    struct tocsin_delivery delivery = a_delivery(&revision);
    json_t *object = read_line(&delivery);
    assert_string_equal(text_of(object, "date"), "");
    assert_int_equal(json_array_size(json_object_get(object, "labels")), 0);
    assert_int_equal(json_object_size(json_object_get(object, "fields")), 0);
    json_decref(object);
}

static void test_names_of_severities(void **state)
{
    (void)state;
    assert_string_equal(tocsin_severity_name(TOCSIN_LOW), "low");
    assert_string_equal(tocsin_severity_name(TOCSIN_NORMAL), "normal");
    assert_string_equal(tocsin_severity_name(TOCSIN_HIGH), "high");
    assert_string_equal(tocsin_severity_name(TOCSIN_URGENT), "urgent");
}

/* ---- texts of strangers ---- */

/* Nothing in the line may end it, for any reader, or reach a terminal as a command. */
static void assert_harmless(const char *line)
{
    static const char *const harmful[] = {
        "\n",           "\r",           "\x1B",         "\x7F",         "\xC2\x85", "\xC2\x9B",
        "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAE", "\xE2\x81\xA6", "\xD8\x9C"};
    for (size_t i = 0; i < ARRAY_LEN(harmful); i++)
        if (strstr(line, harmful[i]))
            fail_msg("harmful text %zu is in the line", i);
}

static void test_a_hostile_text_stays_one_harmless_line(void **state)
{
    (void)state;
    static const char hostile[] = "a\n\"},{\"alert\":\"x\r\x1B[2J\x7F\xC2\x85\xC2\x9B"
                                  "31m\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAE\xE2\x81\xA6\xD8\x9C\\";
    struct tocsin_revision revision = a_revision();
    const char *const texts[] = {hostile, NULL};
    revision.headline = revision.quote = revision.document_title = hostile;
    revision.document_path = revision.topic = revision.change = hostile;
    revision.labels = revision.field_names = revision.field_values = texts;
    struct tocsin_delivery delivery = a_delivery(&revision);
    AUTO_FREE char *line = tocsin_delivery_json(&delivery, 0);
    assert_harmless(line);
    json_t *object = read_line(&delivery);
    assert_string_equal(text_of(object, "headline"), hostile); /* nothing is lost by it */
    assert_string_equal(text_of(object, "path"), hostile);
    assert_string_equal(text_of(object, "alert"), "a1");
    json_t *values = json_object_get(json_object_get(object, "fields"), hostile);
    assert_string_equal(json_string_value(json_array_get(values, 0)), hostile);
    json_decref(object);
}

static void test_bad_bytes_are_marked(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    const char *const names[] = {"n\xFF", "n\xFF", NULL};
    const char *const values[] = {"v\xC3", "\xED\xA0\x80", NULL}; /* cut short; a surrogate */
    revision.document_path = "/news/\xE9t\xE9.txt";
    revision.field_names = names;
    revision.field_values = values;
    struct tocsin_delivery delivery = a_delivery(&revision);
    json_t *object = read_line(&delivery);
    assert_string_equal(text_of(object, "path"), "/news/\uFFFDt\uFFFD.txt");
    json_t *found = json_object_get(json_object_get(object, "fields"), "n\uFFFD");
    assert_int_equal(json_array_size(found), 2);
    assert_string_equal(json_string_value(json_array_get(found, 0)), "v\uFFFD");
    assert_string_equal(json_string_value(json_array_get(found, 1)), "\uFFFD\uFFFD\uFFFD");
    json_decref(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_manual_lists_it),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_a_resolved_alert_says_when_it_ended),
        cmocka_unit_test(test_a_notice_says_what_has_become_of_it),
        cmocka_unit_test(test_a_summary_says_so_in_every_object),
        cmocka_unit_test(test_no_date_no_labels_no_fields),
        cmocka_unit_test(test_names_of_severities),
        cmocka_unit_test(test_a_hostile_text_stays_one_harmless_line),
        cmocka_unit_test(test_bad_bytes_are_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
