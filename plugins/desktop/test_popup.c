/* What a popup says: the example a person should understand at a glance, and what enemies send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "popup.h"

static const char *none[] = {NULL};

static struct tocsin_revision revision(const char *headline, const char *quote, const char *mark)
{
    const char *at = strstr(quote, mark);
    return (struct tocsin_revision){
        .alert_id = "ab",
        .headline = headline,
        .change = "",
        .severity = TOCSIN_NORMAL,
        .labels = none,
        .field_names = none,
        .field_values = none,
        .quote = quote,
        .mark_start = at ? (size_t)(at - quote) : 0,
        .mark_end = at ? (size_t)(at - quote) + strlen(mark) : 0,
        .document_title = "A title",
        .document_date = 20251214,
        .n_sources = 1,
    };
}

static void test_fact(void **state)
{
    (void)state;
    const char *names[] = {"driver", "team", NULL}, *values[] = {"Ada Example", "Ferrari", NULL};
    struct tocsin_revision r =
        revision("Ada Example would like to race at Le Mans", "Yes. One day.", "One day");
    r.field_names = names;
    r.field_values = values;
    struct popup popup;
    popup_make(&r, true, &popup);
    assert_string_equal(popup.summary, "Ada Example would like to race at Le Mans");
    assert_string_equal(popup.body, "“Yes. <b>One day</b>.” · Ferrari · 14 Dec 2025");
    popup_deinit(&popup);
}

/* Somebody's own words stand by themselves; what the document is in is no news. */
static void test_own_words(void **state)
{
    (void)state;
    const char *names[] = {"team", "language", NULL}, *values[] = {"Ferrari", "en", NULL};
    struct tocsin_revision r =
        revision("Ada Example would like to race at Le Mans",
                 "Asked for it she said: “Definitely. Quite a few times.” Nobody laughed.",
                 "Definitely. Quite");
    r.field_names = names;
    r.field_values = values;
    struct popup popup;
    popup_make(&r, false, &popup);
    assert_string_equal(popup.body, "“Definitely. Quite a few times.” · Ferrari · 14 Dec 2025");
    popup_deinit(&popup);
}

/* From what to what, by whom, on which date. */
static void test_change(void **state)
{
    (void)state;
    struct tocsin_revision r = revision("Ada Example will race at Le Mans", "Ada is in.", "in");
    r.change = "interest → confirmed";
    struct popup popup;
    popup_make(&r, false, &popup);
    assert_string_equal(popup.body,
                        "“Ada is in.” · interest → confirmed · by A title · 14 Dec 2025");
    popup_deinit(&popup);
}

static void test_plain_server_sees_no_markup(void **state)
{
    (void)state;
    struct tocsin_revision r = revision("R&D <report>", "a <b>bold</b> claim", "bold");
    struct popup popup;
    popup_make(&r, false, &popup);
    assert_string_equal(popup.summary, "R&D <report>");
    assert_string_equal(popup.body, "“a <b>bold</b> claim” · A title · 14 Dec 2025");
    popup_deinit(&popup);
}

static void test_hostile_text(void **state)
{
    (void)state;
    struct tocsin_revision r = revision("red\033[31m \xe2\x80\xaegnol\n",
                                        "<img src=x> & \x01\xff\xe2\x80\xae match <i>", "match");
    r.document_title = "<a href='x'>t</a>";
    struct popup popup;
    popup_make(&r, true, &popup);
    assert_string_equal(popup.summary, "red[31m gnol ");
    assert_string_equal(popup.body, "“&lt;img src=x&gt; &amp; <b>match</b> &lt;i&gt;” · "
                                    "&lt;a href='x'&gt;t&lt;/a&gt; · 14 Dec 2025");
    popup_deinit(&popup);
}

static void test_long_quote_keeps_its_match(void **state)
{
    (void)state;
    char quote[1200];
    size_t at = 0;
    for (int i = 0; i < 100; i++)
        at += (size_t)sprintf(quote + at, "word%02d ", i);
    struct tocsin_revision r = revision("h", quote, "word60");
    struct popup popup;
    popup_make(&r, true, &popup);
    assert_non_null(strstr(popup.body, "<b>word60</b>"));
    assert_null(strstr(popup.body, "word10"));
    assert_null(strstr(popup.body, "word99"));
    assert_non_null(strstr(popup.body, "“… "));
    assert_true(strlen(popup.body) < 400);
    popup_deinit(&popup);
}

static void test_marks_out_of_bounds(void **state)
{
    (void)state;
    struct tocsin_revision r = revision("h", "short", "short");
    r.mark_start = 70;
    r.mark_end = 900;
    struct popup popup;
    popup_make(&r, true, &popup);
    assert_non_null(strstr(popup.body, "“short”"));
    popup_deinit(&popup);
}

static void test_storm(void **state)
{
    (void)state;
    struct tocsin_revision r = revision("<one>", "", "");
    const struct tocsin_revision *revisions[] = {&r, &r, &r, &r, &r, &r, &r};
    struct popup popup;
    popup_make_summary("7 more alerts in the last minute", revisions, 7, true, &popup);
    assert_string_equal(popup.summary, "7 more alerts in the last minute");
    assert_string_equal(popup.body,
                        "&lt;one&gt;\n&lt;one&gt;\n&lt;one&gt;\n&lt;one&gt;\n&lt;one&gt;\n"
                        "All of them: tocsinctl alert list");
    popup_deinit(&popup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fact),
        cmocka_unit_test(test_own_words),
        cmocka_unit_test(test_change),
        cmocka_unit_test(test_plain_server_sees_no_markup),
        cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_long_quote_keeps_its_match),
        cmocka_unit_test(test_marks_out_of_bounds),
        cmocka_unit_test(test_storm),
    };
    return cmocka_run_group_tests_name("popup", tests, NULL, NULL);
}
