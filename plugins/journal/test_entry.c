/* An alert as an entry of the journal: its kind, its priority, its fields, and one safe line. */
#include "tests/support/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "journal/entry.h"
#include "lib/objects.h"

static const char *const none[] = {NULL};
static const struct entry_priorities priorities = {{0, 6, 5, 4, 2}};

static struct tocsin_revision a_revision(void)
{
    static const char *const labels[] = {"f1", "rumour", NULL};
    static const char *const names[] = {"driver", "car number", "driver", "\u00E9quipe", NULL};
    static const char *const values[] = {"Charles Leclerc", "51", "Pierre Gasly", "Iron Dames",
                                         NULL};
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
                                    .quote = "He will race.",
                                    .document_title = "News",
                                    .document_path = "/home/ann/News/1.txt",
                                    .source = "news",
                                    .document_date = 20260131,
                                    .created_ms = 1769846400250,
                                    .n_sources = 2,
                                    .started_ms = 1769760000000};
}

static struct tocsin_delivery a_delivery(const struct tocsin_revision *revision)
{
    return (struct tocsin_delivery){
        .id = "d4", .attempt = 2, .revisions = revision, .n_revisions = 1};
}

/* NAME=value, a line each. */
static char *shown(const struct entry *entry)
{
    struct buf out = {0};
    for (size_t i = 0; i < entry->n; i++)
        buf_printf(&out, "%s=%s\n", entry->fields[i].name, entry->fields[i].value);
    return buf_take(&out);
}

static char *entry_text(const struct tocsin_revision *revision)
{
    struct tocsin_delivery delivery = a_delivery(revision);
    struct entry entry;
    entry_of_revision(&delivery, 0, &priorities, &entry);
    char *text = shown(&entry);
    entry_deinit(&entry);
    return text;
}

static void assert_has(const struct tocsin_revision *revision, const char *line)
{
    AUTO_FREE char *text = entry_text(revision);
    AUTO_FREE char *whole = mem_printf("%s\n", line);
    if (!strstr(text, whole))
        fail_msg("\"%s\" is not in:\n%s", line, text);
}

static void assert_lacks(const struct tocsin_revision *revision, const char *name)
{
    AUTO_FREE char *text = entry_text(revision);
    if (strstr(text, name))
        fail_msg("\"%s\" is in:\n%s", name, text);
}

static void test_fields(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    AUTO_FREE char *text = entry_text(&revision);
    assert_string_equal(
        text,
        "MESSAGE=Leclerc will race [interest \u2192 confirmed] \u2014 \u201CHe will race.\u201D "
        "(/home/ann/News/1.txt)\n"
        "MESSAGE_ID=4ece60dc2f18474d8009779ebf69ee82\nPRIORITY=4\nSYSLOG_IDENTIFIER=tocsin\n"
        "TOCSIN_DELIVERY=d4\nTOCSIN_ATTEMPT=2\nTOCSIN_ALERT=a1\nTOCSIN_REVISION=b2\n"
        "TOCSIN_NUMBER=3\nTOCSIN_STATUS=firing\nTOCSIN_DETECTOR=lemans\n"
        "TOCSIN_TOPIC=confirmed\nTOCSIN_HEADLINE=Leclerc will race\n"
        "TOCSIN_CHANGE=interest \u2192 confirmed\nTOCSIN_SEVERITY=high\n"
        "TOCSIN_STARTED=2026-01-30T08:00:00.000Z\nTOCSIN_LABELS=f1\nTOCSIN_LABELS=rumour\n"
        "TOCSIN_FIELD_DRIVER=Charles Leclerc\nTOCSIN_FIELD_CAR_NUMBER=51\n"
        "TOCSIN_FIELD_DRIVER=Pierre Gasly\nTOCSIN_FIELD___QUIPE=Iron Dames\n"
        "TOCSIN_SOURCE=news\nTOCSIN_PATH=/home/ann/News/1.txt\nTOCSIN_TITLE=News\n"
        "TOCSIN_DATE=2026-01-31\nTOCSIN_QUOTE=He will race.\nTOCSIN_SOURCES=2\n");
}

static void test_what_is_empty_is_left_out(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    revision.change = revision.quote = revision.document_path = revision.document_title = "";
    revision.document_date = 0;
    revision.labels = revision.field_names = revision.field_values = none;
    assert_has(&revision, "MESSAGE=Leclerc will race");
    static const char *const names[] = {"CHANGE", "QUOTE", "PATH", "TITLE",
                                        "DATE",   "LABEL", "FIELD"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_lacks(&revision, names[i]);
}

static void test_what_was_said_is_not_said_twice(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    revision.change = "";
    revision.headline = "alarm: He will race.";
    assert_has(&revision, "MESSAGE=alarm: He will race. (/home/ann/News/1.txt)");
    assert_has(&revision, "TOCSIN_QUOTE=He will race.");
}

static void test_kinds_and_priorities(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    assert_lacks(&revision, "TOCSIN_ENDED");
    revision.severity = TOCSIN_LOW;
    assert_has(&revision, "PRIORITY=6");
    revision.severity = TOCSIN_URGENT;
    assert_has(&revision, "PRIORITY=2");
    revision.detector = "tocsin";
    assert_has(&revision, "MESSAGE_ID=57548c5931ab4d2e9b64384b98dd1f6b");
    revision.notice = TOCSIN_SNOOZED;
    revision.until_ms = 1769850000000;
    assert_has(&revision, "MESSAGE_ID=" ENTRY_NOTICE);
    assert_has(&revision, "MESSAGE=Snoozed: Leclerc will race [interest \u2192 confirmed]");
    assert_has(&revision, "TOCSIN_STATUS=snoozed");
    assert_has(&revision, "TOCSIN_UNTIL=2026-01-31T09:00:00.000Z");
    assert_has(&revision, "PRIORITY=5");
    revision.until_ms = 0;
    revision.notice = TOCSIN_ENDED;
    revision.resolved = true;
    revision.ended_ms = 1769850000000;
    assert_has(&revision, "MESSAGE_ID=40ad4784392947f29435b18c531f77ae");
    assert_has(&revision, "MESSAGE=Ended: Leclerc will race [interest \u2192 confirmed]");
    assert_has(&revision, "TOCSIN_STATUS=resolved");
    assert_has(&revision, "TOCSIN_ENDED=2026-01-31T09:00:00.000Z");
    assert_has(&revision, "PRIORITY=5"); /* nothing to be alarmed at */
    revision.severity = TOCSIN_LOW;
    assert_has(&revision, "PRIORITY=6");
}

static void test_a_summary_is_as_urgent_as_what_it_carries(void **state)
{
    (void)state;
    struct tocsin_revision revisions[2] = {a_revision(), a_revision()};
    revisions[1].severity = TOCSIN_URGENT;
    struct tocsin_delivery delivery = a_delivery(revisions);
    delivery.n_revisions = 2;
    delivery.n_total = 12;
    delivery.summary = "12 more\nalerts";
    struct entry entry;
    entry_of_summary(&delivery, &priorities, &entry);
    AUTO_FREE char *text = shown(&entry);
    entry_deinit(&entry);
    assert_string_equal(text, "MESSAGE=12 more alerts\n"
                              "MESSAGE_ID=211ddde8e4de4015be7bd911d13871d5\nPRIORITY=2\n"
                              "SYSLOG_IDENTIFIER=tocsin\nTOCSIN_DELIVERY=d4\nTOCSIN_ATTEMPT=2\n"
                              "TOCSIN_COUNT=2\nTOCSIN_TOTAL=12\n");
}

/* The message is for eyes; the fields keep what is there. */
static void test_a_hostile_text(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    revision.headline = "red\x1B[31m\nPRIORITY=0\u202Etxet";
    revision.document_path = "/news/\xE9\n.txt";
    assert_has(&revision, "MESSAGE=red[31m PRIORITY=0txet [interest \u2192 confirmed] \u2014 "
                          "\u201CHe will race.\u201D (/news/ .txt)");
    assert_has(&revision, "TOCSIN_HEADLINE=red\x1B[31m\nPRIORITY=0\u202Etxet");
    assert_has(&revision, "TOCSIN_PATH=/news/\xE9\n.txt");
}

static void test_a_long_name_of_a_field_is_cut(void **state)
{
    (void)state;
    struct tocsin_revision revision = a_revision();
    const char *const names[] = {
        "an uncommonly long name of a field that does not end where it should", NULL};
    const char *const values[] = {"value", NULL};
    revision.field_names = names;
    revision.field_values = values;
    assert_has(&revision, "TOCSIN_FIELD_AN_UNCOMMONLY_LONG_NAME_OF_A_FIELD_THAT_DOES_NOT_EN=value");
}

/* ---- as bytes for the journal ---- */

static struct buf told;
static int their_error;

static int tell_journal(void *arg, const char *bytes, size_t len)
{
    (void)arg;
    buf_clear(&told);
    buf_append(&told, bytes, len);
    errno = their_error;
    return their_error ? -1 : 0;
}

static const struct tocsin_outlets outlets = {.tell_journal = tell_journal};

static void test_the_form_on_the_wire(void **state)
{
    (void)state;
    struct tocsin_instance instance = {.outlets = &outlets};
    const struct tocsin_journal_field fields[] = {{"MESSAGE", "two\nlines"}, {"A_1", ""}};
    static const char expected[] = "MESSAGE\n\x09\0\0\0\0\0\0\0two\nlines\nA_1\n\0\0\0\0\0\0\0\0\n";
    assert_int_equal(tocsin_journal_tell(&instance, fields, 2), 0);
    assert_int_equal(told.len, sizeof(expected) - 1);
    assert_memory_equal(told.data, expected, told.len);
    their_error = EAGAIN;
    assert_int_equal(tocsin_journal_tell(&instance, fields, 2), -1);
    assert_int_equal(errno, EAGAIN);
    their_error = 0;
    buf_deinit(&told);
}

static void test_names_that_are_none(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "_PID",
        "1ST",
        "lower",
        "A=B",
        "A\nPRIORITY",
        "A123456789012345678901234567890123456789012345678901234567890123456789"};
    struct tocsin_instance instance = {.outlets = &outlets};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct tocsin_journal_field fields[] = {{"MESSAGE", "fine"}, {names[i], "value"}};
        errno = 0;
        assert_int_equal(tocsin_journal_tell(&instance, fields, 2), -1);
        assert_int_equal(errno, EINVAL);
    }
    const struct tocsin_journal_field field = {"MESSAGE", "fine"};
    instance.outlets = NULL;
    assert_int_equal(tocsin_journal_tell(&instance, &field, 1), -1);
    assert_int_equal(errno, EPERM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_what_is_empty_is_left_out),
        cmocka_unit_test(test_what_was_said_is_not_said_twice),
        cmocka_unit_test(test_kinds_and_priorities),
        cmocka_unit_test(test_a_summary_is_as_urgent_as_what_it_carries),
        cmocka_unit_test(test_a_hostile_text),
        cmocka_unit_test(test_a_long_name_of_a_field_is_cut),
        cmocka_unit_test(test_the_form_on_the_wire),
        cmocka_unit_test(test_names_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
