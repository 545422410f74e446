/* What is posted: keys and types of Alertmanager's web hook, version 4, and our words in them. */
#include "body.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "lib/objects.h"
#include "unit.h"

#define ID    "9f2d1ef753f0e293c271564a8f16d3b1e9de0a66a53074c535a6c1f55be29a33"
#define OTHER "1111111111111111c271564a8f16d3b1e9de0a66a53074c535a6c1f55be29a33"

static const char *none[] = {NULL};

static struct tocsin_revision a_revision(void)
{
    return (struct tocsin_revision){
        .alert_id = ID,
        .revision_id = "ab",
        .number = 2,
        .detector = "topics",
        .topic = "harbour-bridge",
        .headline = "harbour-bridge: Minutes",
        .change = "",
        .severity = TOCSIN_HIGH,
        .labels = none,
        .field_names = none,
        .field_values = none,
        .quote = "The harbour bridge is closed.",
        .mark_start = 4,
        .mark_end = 18,
        .document_title = "Minutes",
        .document_path = "/home/me/a b%.txt",
        .source = "news",
        .document_date = 20251214,
        .created_ms = 1795796032425,
        .started_ms = 1795796000000,
        .n_sources = 3,
        .token = "",
    };
}

static json_t *made(const struct tocsin_revision *revisions, size_t n, size_t total,
                    const char *summary)
{
    struct tocsin_delivery delivery = {.id = "d1",
                                       .attempt = 1,
                                       .summary = summary,
                                       .revisions = revisions,
                                       .n_revisions = n,
                                       .n_total = total};
    AUTO_FREE char *text = body_make(&delivery, "hook", "https://alerts.example");
    json_t *body = json_loads(text, 0, NULL);
    assert_non_null(body);
    return body;
}

/* A whole body against what it is to be; takes it. */
static void assert_json(json_t *got, const char *expected)
{
    json_error_t error;
    json_t *wanted = json_loads(expected, 0, &error);
    if (!wanted)
        fail_msg("the expectation: %s, line %d", error.text, error.line);
    if (!json_equal(got, wanted)) {
        AUTO_FREE char *text = json_dumps(got, JSON_INDENT(1));
        fail_msg("%s", text);
    }
    json_decref(got);
    json_decref(wanted);
}

#define LABELS                                                                                     \
    "{\"alertname\": \"harbour-bridge\", \"alert_id\": \"" ID "\", \"detector\": \"topics\","      \
    " \"severity\": \"high\", \"source\": \"news\"}"
#define ANNOTATIONS                                                                                  \
    "{\"summary\": \"harbour-bridge: Minutes\", \"description\": \"The harbour bridge is closed.\"," \
    " \"match\": \"harbour bridge\", \"document\": \"Minutes\", \"path\": \"/home/me/a b%.txt\","    \
    " \"date\": \"2025-12-14\", \"revision\": \"2\", \"sources\": \"3\"}"

static void one_alert_that_fires(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    assert_json(
        made(&revision, 1, 1, NULL),
        "{\"version\": \"4\", \"groupKey\": \"{}:{alert_id=\\\"" ID
        "\\\", alertname=\\\"harbour-bridge\\\"}\","
        " \"truncatedAlerts\": 0, \"status\": \"firing\", \"receiver\": \"hook\","
        " \"groupLabels\": {\"alert_id\": \"" ID "\", \"alertname\": \"harbour-bridge\"},"
        " \"commonLabels\": " LABELS ", \"commonAnnotations\": " ANNOTATIONS ","
        " \"externalURL\": \"https://alerts.example\", \"alerts\": [{\"status\": \"firing\","
        " \"labels\": " LABELS ", \"annotations\": " ANNOTATIONS ","
        " \"startsAt\": \"2026-11-27T16:13:20.000Z\", \"endsAt\": \"0001-01-01T00:00:00Z\","
        " \"generatorURL\": \"file:///home/me/a%20b%25.txt\","
        " \"fingerprint\": \"9f2d1ef753f0e293\"}]}");
}

static void one_that_has_ended(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    revision.notice = TOCSIN_ENDED;
    revision.notice_ms = 1795796099125;
    json_t *body = made(&revision, 1, 1, NULL);
    const json_t *alert = json_array_get(json_object_get(body, "alerts"), 0);
    assert_string_equal(json_string_value(json_object_get(body, "status")), "resolved");
    assert_string_equal(json_string_value(json_object_get(alert, "status")), "resolved");
    assert_string_equal(json_string_value(json_object_get(alert, "endsAt")),
                        "2026-11-27T16:14:59.125Z");
    json_decref(body);
}

static void assert_state(enum tocsin_notice notice, int64_t until_ms, const char *status,
                         const char *end, const char *until)
{
    struct tocsin_revision revision = a_revision();
    revision.notice = notice;
    revision.notice_ms = 1795796099125;
    revision.until_ms = until_ms;
    json_t *body = made(&revision, 1, 1, NULL);
    const json_t *alert = json_array_get(json_object_get(body, "alerts"), 0);
    const json_t *annotations = json_object_get(alert, "annotations");
    const char *given = json_string_value(json_object_get(annotations, "snoozed_until"));
    assert_string_equal(json_string_value(json_object_get(body, "status")), status);
    assert_string_equal(json_string_value(json_object_get(alert, "status")), status);
    assert_string_equal(json_string_value(json_object_get(alert, "endsAt")), end);
    assert_string_equal(json_string_value(json_object_get(annotations, "state")),
                        tocsin_notice_name(notice));
    assert_string_equal(given ? given : "", until);
    json_decref(body);
}

static void what_a_person_did_with_it(void **state)
{
    (void)state;
    assert_state(TOCSIN_ACKNOWLEDGED, 0, "firing", "0001-01-01T00:00:00Z", "");
    assert_state(TOCSIN_SNOOZED, 1795799699125, "firing", "0001-01-01T00:00:00Z",
                 "2026-11-27T17:14:59.125Z");
    assert_state(TOCSIN_MUTED, 1795799699125, "resolved", "2026-11-27T16:14:59.125Z", "");
}

static void labels_and_fields_become_names_of_prometheus(void **state)
{
    (void)state;
    static const char *labels[] = {"le-mans", "Zürich", NULL};
    static const char *names[] = {"driver", "car number", "driver", NULL};
    static const char *values[] = {"Ada Example", "51", "Bo Sample", NULL};
    struct tocsin_revision revision = a_revision();
    revision.labels = labels;
    revision.field_names = names;
    revision.field_values = values;
    revision.change = "interest → confirmed";
    json_t *body = made(&revision, 1, 1, NULL);
    assert_json(json_incref(json_object_get(body, "commonLabels")),
                "{\"alertname\": \"harbour-bridge\", \"alert_id\": \"" ID "\","
                " \"detector\": \"topics\", \"severity\": \"high\", \"source\": \"news\","
                " \"label_le_mans\": \"true\", \"label_Z_rich\": \"true\","
                " \"field_driver\": \"Ada Example, Bo Sample\", \"field_car_number\": \"51\"}");
    const json_t *annotations = json_object_get(body, "commonAnnotations");
    assert_string_equal(json_string_value(json_object_get(annotations, "labels")),
                        "le-mans, Zürich");
    assert_string_equal(json_string_value(json_object_get(annotations, "change")),
                        "interest → confirmed");
    json_decref(body);
}

/* Its status changes while the alert lives: what it is known by does not. */
static void a_fact_is_named_by_its_detector(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    revision.detector = "le-mans \"24\"";
    revision.topic = "confirmed";
    revision.is_fact = true;
    json_t *body = made(&revision, 1, 1, NULL);
    const json_t *labels = json_object_get(body, "commonLabels");
    assert_string_equal(json_string_value(json_object_get(labels, "alertname")), revision.detector);
    assert_string_equal(json_string_value(json_object_get(labels, "status")), "confirmed");
    assert_string_equal(json_string_value(json_object_get(body, "groupKey")),
                        "{}:{alert_id=\"" ID "\", alertname=\"le-mans \\\"24\\\"\"}");
    json_decref(body);
}

/* tocsin's own trouble has no document. */
static void what_is_empty_is_left_out(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    revision.quote = revision.document_title = revision.document_path = revision.source = "";
    revision.mark_start = revision.mark_end = 0;
    revision.document_date = 0;
    json_t *body = made(&revision, 1, 1, NULL);
    assert_json(json_incref(json_object_get(body, "commonLabels")),
                "{\"alertname\": \"harbour-bridge\", \"alert_id\": \"" ID "\","
                " \"detector\": \"topics\", \"severity\": \"high\"}");
    assert_json(json_incref(json_object_get(body, "commonAnnotations")),
                "{\"summary\": \"harbour-bridge: Minutes\", \"revision\": \"2\","
                " \"sources\": \"3\"}");
    const json_t *alert = json_array_get(json_object_get(body, "alerts"), 0);
    assert_string_equal(json_string_value(json_object_get(alert, "generatorURL")), "");
    json_decref(body);
}

static void a_summary_is_a_group_of_many(void **state)
{
    (void)state;
    struct tocsin_revision revisions[] = {a_revision(), a_revision()};
    revisions[1].alert_id = OTHER;
    revisions[1].severity = TOCSIN_LOW;
    revisions[1].headline = "another";
    json_t *body = made(revisions, 2, 80, "80 more alerts in the last minute");
    assert_int_equal(json_array_size(json_object_get(body, "alerts")), 2);
    assert_int_equal(json_integer_value(json_object_get(body, "truncatedAlerts")), 78);
    assert_string_equal(json_string_value(json_object_get(body, "groupKey")),
                        "{}:{delivery=\"d1\"}");
    assert_json(json_incref(json_object_get(body, "groupLabels")), "{\"delivery\": \"d1\"}");
    assert_json(json_incref(json_object_get(body, "commonLabels")),
                "{\"alertname\": \"harbour-bridge\", \"detector\": \"topics\","
                " \"source\": \"news\"}");
    const json_t *common = json_object_get(body, "commonAnnotations");
    assert_null(json_object_get(common, "summary"));
    assert_string_equal(json_string_value(json_object_get(common, "digest")),
                        "80 more alerts in the last minute");
    json_decref(body);
}

static void one_that_fires_makes_the_group_fire(void **state)
{
    (void)state;
    struct tocsin_revision revisions[] = {a_revision(), a_revision()};
    revisions[0].notice = revisions[1].notice = TOCSIN_ENDED;
    json_t *body = made(revisions, 2, 2, "2 more");
    assert_string_equal(json_string_value(json_object_get(body, "status")), "resolved");
    json_decref(body);
    revisions[1].notice = TOCSIN_NEWS;
    body = made(revisions, 2, 2, "2 more");
    assert_string_equal(json_string_value(json_object_get(body, "status")), "firing");
    json_decref(body);
}

static void names_that_are_no_utf8_do_no_harm(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    revision.document_path = "/a\xff\n.txt";
    revision.quote = "\"quoted\" \\ and \x01 \xe2\x80\xae turned";
    revision.mark_start = 4000;
    revision.mark_end = 5000;
    json_t *body = made(&revision, 1, 1, NULL);
    const json_t *alert = json_array_get(json_object_get(body, "alerts"), 0);
    const json_t *annotations = json_object_get(alert, "annotations");
    assert_string_equal(json_string_value(json_object_get(annotations, "path")), "/a .txt");
    assert_string_equal(json_string_value(json_object_get(annotations, "description")),
                        revision.quote);
    assert_null(json_object_get(annotations, "match"));
    assert_string_equal(json_string_value(json_object_get(alert, "generatorURL")),
                        "file:///a%FF%0A.txt");
    json_decref(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_alert_that_fires),
        cmocka_unit_test(one_that_has_ended),
        cmocka_unit_test(what_a_person_did_with_it),
        cmocka_unit_test(labels_and_fields_become_names_of_prometheus),
        cmocka_unit_test(a_fact_is_named_by_its_detector),
        cmocka_unit_test(what_is_empty_is_left_out),
        cmocka_unit_test(a_summary_is_a_group_of_many),
        cmocka_unit_test(one_that_fires_makes_the_group_fire),
        cmocka_unit_test(names_that_are_no_utf8_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
