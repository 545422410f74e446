/* The environment of a command: names, hostile texts, and that it always fits into one start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command/variables.h"
#include "lib/objects.h"

#include "base/mem.h"
#include "base/str.h"

#define START_MAX_BYTES ((size_t)96 * 1024) /* tocsin/program.h */

static const char *const no_texts[] = {NULL};

static struct tocsin_revision revision_of(const char *text)
{
    return (struct tocsin_revision){.alert_id = "a1",
                                    .revision_id = "b2",
                                    .number = 2,
                                    .detector = "topics",
                                    .topic = text,
                                    .headline = text,
                                    .change = "",
                                    .severity = TOCSIN_HIGH,
                                    .labels = no_texts,
                                    .field_names = no_texts,
                                    .field_values = no_texts,
                                    .quote = text,
                                    .document_title = text,
                                    .document_path = text,
                                    .source = "news",
                                    .document_date = 20260131,
                                    .n_sources = 3,
                                    .token = ""};
}

/* The value of the only variable of this name. */
static const char *value(char **variables, const char *name)
{
    const char *found = NULL;
    size_t len = strlen(name);
    for (; *variables; variables++) {
        if (strncmp(*variables, name, len) != 0 || (*variables)[len] != '=')
            continue;
        assert_null(found);
        found = *variables + len + 1;
    }
    return found;
}

static void test_an_alert(void **state)
{
    (void)state;
    static const char *const labels[] = {"city", "f1", NULL};
    static const char *const names[] = {"driver", "car no.", "driver", NULL};
    static const char *const values[] = {"Leclerc", "50", "Sainz", NULL};
    struct tocsin_revision revision = revision_of("The bridge");
    revision.labels = labels;
    revision.field_names = names;
    revision.field_values = values;
    struct tocsin_delivery delivery = {
        .id = "d4", .attempt = 7, .revisions = &revision, .n_revisions = 1};
    char **variables = variables_make(&delivery);
    static const struct {
        const char *name, *value;
    } wanted[] = {
        {"TOCSIN_DELIVERY", "d4"},      {"TOCSIN_ATTEMPT", "7"},
        {"TOCSIN_COUNT", "1"},          {"TOCSIN_SUMMARY", ""},
        {"TOCSIN_STATUS", "firing"},    {"TOCSIN_ALERT", "a1"},
        {"TOCSIN_REVISION", "b2"},      {"TOCSIN_NUMBER", "2"},
        {"TOCSIN_DETECTOR", "topics"},  {"TOCSIN_TOPIC", "The bridge"},
        {"TOCSIN_SEVERITY", "high"},    {"TOCSIN_PATH", "The bridge"},
        {"TOCSIN_SOURCE", "news"},      {"TOCSIN_SOURCES", "3"},
        {"TOCSIN_DATE", "2026-01-31"},  {"TOCSIN_LABELS", "city f1"},
        {"TOCSIN_FIELD_CAR_NO_", "50"}, {"TOCSIN_FIELD_DRIVER", "Leclerc, Sainz"},
    };
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
        assert_string_equal(value(variables, wanted[i].name), wanted[i].value);
    variables_free(&variables);
    assert_null(variables);
    revision.resolved = true;
    variables = variables_make(&delivery);
    assert_string_equal(value(variables, "TOCSIN_STATUS"), "resolved");
    variables_free(&variables);
}

/* What a document says cannot end a line or steer a terminal; a path stays what it is. */
static void test_hostile_texts(void **state)
{
    (void)state;
    struct tocsin_revision revision = revision_of("a\nTOCSIN_PATH=/etc\033[2J\xe2\x80\xae\xff b");
    struct tocsin_delivery delivery = {.id = "d", .revisions = &revision, .n_revisions = 1};
    char **variables = variables_make(&delivery);
    assert_null(strpbrk(value(variables, "TOCSIN_HEADLINE"), "\n\033\xff"));
    assert_null(strstr(value(variables, "TOCSIN_QUOTE"), "\xe2\x80\xae"));
    assert_string_equal(value(variables, "TOCSIN_PATH"), revision.document_path);
    variables_free(&variables);
}

/* The longest texts that a plugin's host lets through. */
static void test_it_fits(void **state)
{
    (void)state;
    AUTO_FREE char *text = mem_alloc(100001);
    memset(text, 'x', 100000);
    text[100000] = '\0';
    struct tocsin_revision revision = revision_of(text);
    revision.document_path = "/short";
    const char *names[TOCSIN_MAX_FIELDS + 1] = {NULL}, *values[TOCSIN_MAX_FIELDS + 1] = {NULL};
    AUTO_FREE char *longest = mem_strndup(text, TOCSIN_MAX_VALUE_BYTES);
    for (size_t i = 0; i < TOCSIN_MAX_FIELDS; i++) {
        names[i] = mem_printf("f%zu", i);
        values[i] = longest;
    }
    revision.field_names = names;
    revision.field_values = values;
    struct tocsin_delivery delivery = {.id = "d", .revisions = &revision, .n_revisions = 1};
    char **variables = variables_make(&delivery);
    size_t bytes = 0;
    for (size_t i = 0; variables[i]; i++)
        bytes += strlen(variables[i]) + 1;
    assert_true(bytes < START_MAX_BYTES);
    variables_free(&variables);
    for (size_t i = 0; i < TOCSIN_MAX_FIELDS; i++)
        free((char *)(uintptr_t)names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_alert),
        cmocka_unit_test(test_hostile_texts),
        cmocka_unit_test(test_it_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
