/* Evaluation, evidence and explanation of queries over small documents. What queries mean is
 * compared with a reference on random ones by test_reference.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "topics/evidence.h"
#include "topics/explain.h"
#include "topics/test_engine.h"

static const char title[] = "Leclerc eyes Le Mans";
static const char text[] =
    "Leclerc eyes Le Mans\n\n"
    "The race at Le Mans is in June. Charles Leclerc would love to enter the 24h of Le Mans. "
    "Ferrari had no comment. Leclerc drives for Ferrari.";

/* An engine of one query that sees a text. */
static void setup_with(struct test_engine *test, const char *query, const char *seen)
{
    struct topic_alias names[] = {{(char[]){"Charles Leclerc"}, (char[]){"Charles Leclerc"}},
                                  {(char[]){"Charles Leclerc"}, (char[]){"Leclerc"}},
                                  {(char[]){"Pierre Gasly"}, (char[]){"Gasly"}}};
    const struct topic_word_list list = {
        .name = (char[]){"drivers"}, .items = names, .n = ARRAY_LEN(names)};
    test_engine_init(test, &query, 1, &list);
    test_engine_see(test, title, seen);
}

/* The document above. */
static void setup(struct test_engine *test, const char *query)
{
    setup_with(test, query, text);
}

static bool holds_in(const char *query, const char *seen)
{
    struct test_engine test;
    setup_with(&test, query, seen);
    size_t n;
    engine_matches(&test.engine, &n);
    test_engine_deinit(&test);
    return n == 1;
}

static bool holds(const char *query)
{
    return holds_in(query, text);
}

static void test_eval(void **state)
{
    (void)state;
    assert_true(holds("leclerc"));
    assert_true(holds("\"le mans\""));
    assert_false(holds("\"mans le\""));
    assert_true(holds("\"mans leclerc\" OR \"mans the race\""));
    assert_true(holds("\"in june charles\""));
    assert_false(holds("\"le mans\" \"le race\"")); /* one pair says nothing of the other */
    assert_true(holds("enter ferr* -porsche"));
    assert_false(holds("enter -ferrar*"));
    assert_true(holds("\"le man*\""));
    assert_false(holds("\"le man\""));
    assert_true(holds("title:eyes"));
    assert_false(holds("title:charles"));
    assert_true(holds("title:\"le mans\" title:lecl*"));
    assert_true(holds("ferrari (porsche OR june)"));
    assert_true(holds("NOT (-june OR -race)"));
    assert_false(holds("\"ferrari porsche\" OR \"for ferrari xy*\""));
}

static void test_operators(void **state)
{
    (void)state;
    assert_true(holds("\"race mans\"~2"));
    assert_false(holds("\"race mans\"~1"));
    assert_true(holds("june NEAR/6 race"));
    assert_false(holds("june ADJ/6 race"));
    assert_true(holds("race ADJ/6 june"));
    assert_true(holds("charles ADJ/1 (gasly OR leclerc) ADJ/3 love"));
    assert_true(holds("SENTENCE(charles enter)"));
    assert_false(holds("SENTENCE(june enter)"));
    assert_true(holds("PARAGRAPH(june enter)"));
    assert_false(holds("PARAGRAPH(eyes june)"));
    assert_true(holds("SENTENCE(leclerc NOT charles)"));
    assert_true(holds("2 OF (porsche, june, \"le mans\")"));
    assert_false(holds("3 OF (porsche, june, \"le mans\")"));
    assert_true(holds("w?uld l*ve"));
    assert_true(holds("farrari~1"));
    assert_true(holds("ferarri~1"));
    assert_false(holds("farari~1"));
    assert_true(holds("farari~2"));
    assert_true(holds("=Ferrari"));
    assert_false(holds("=ferrari"));
    /* One sign that is two words, 1 and 2. */
    assert_true(holds_in("=\u00BD", "half a mile: \u00BD"));
    assert_false(holds_in("=\u00BD", "one to two: 1-2"));
    assert_true(holds_in("\u00BD", "one to two: 1-2"));
    assert_true(holds("stem:driving stem:races"));
    assert_true(holds("^leclerc"));
    assert_true(holds("@drivers"));
    assert_true(holds("title:@drivers"));
    assert_true(holds("path:news source:seeds type:plain"));
    assert_true(holds("lang:en leclerc"));
    assert_true(holds("words:20..60 leclerc -words:>60"));
    assert_true(holds("date:2025-06 leclerc date:14d.. date:..14d"));
    assert_false(holds("date:13d.. leclerc"));
    assert_true(holds("new:(leclerc)"));
#ifdef HAVE_HYPERSCAN
    assert_true(holds("/ferr[a-z]+i/i"));
    assert_false(holds("/ferr[a-z]+i/"));
    assert_true(holds("title:/^Lec/ /[0-9]{2}h/"));
#endif
}

static void check_evidence(const char *query, const char *expected)
{
    struct test_engine test;
    struct evidence evidence;
    setup(&test, query);
    evidence_find(&test.engine.view, engine_code(&test.engine, 0), &evidence);
    AUTO_BUF struct buf out = {0};
    for (size_t i = 0; i < evidence.n; i++) {
        const struct evidence_span *span = &evidence.spans[i];
        buf_printf(&out, "%s%zu:%.*s", i ? "|" : "", span->start, (int)(span->end - span->start),
                   text + span->start);
    }
    assert_string_equal(buf_text(&out), expected);
    test_engine_deinit(&test);
}

static void test_evidence(void **state)
{
    (void)state;
    /* One sentence holds all three, others hold less. */
    check_evidence("leclerc \"le mans\" enter", "62:Leclerc|84:enter|101:Le Mans");
    /* Three sentences hold the one word. */
    check_evidence("leclerc", "0:Leclerc|62:Leclerc|134:Leclerc");
    /* Of sentences with as many terms the one with the rarer comes first; then what it lacks. */
    check_evidence("leclerc comment", "125:comment|0:Leclerc");
    check_evidence("june comment (race OR porsche)", "26:race|48:June|125:comment");
    check_evidence("SENTENCE(drives ferrari)", "142:drives|153:Ferrari");
    check_evidence("charles NEAR/6 enter", "54:Charles|84:enter");
    check_evidence("\"enter charles\"~6", "54:Charles Leclerc would love to enter");
}

static void test_evidence_of_titles(void **state)
{
    (void)state;
    check_evidence("title:mans", "16:Mans");
    static const char *const query = "title:apart";
    struct test_engine test;
    struct evidence evidence;
    test_engine_init(&test, &query, 1, NULL);
    test_engine_see(&test, "A title apart", "The text. More text.");
    evidence_find(&test.engine.view, engine_code(&test.engine, 0), &evidence);
    assert_int_equal(evidence.n, 1);
    assert_int_equal(evidence.spans[0].start, 0);
    assert_int_equal(evidence.spans[0].end, 9);
    test_engine_deinit(&test);
}

static void test_entries(void **state)
{
    (void)state;
    struct test_engine test;
    struct evidence evidence;
    setup(&test, "@drivers ferrari");
    evidence_find(&test.engine.view, engine_code(&test.engine, 0), &evidence);
    assert_int_equal(evidence.n_entries, 1);
    assert_string_equal(evidence.entries[0].list, "drivers");
    assert_string_equal(evidence.entries[0].entry, "Charles Leclerc");
    test_engine_deinit(&test);
}

static void say(void *arg, int depth, bool is_true, const char *part, const char *why)
{
    buf_printf(arg, "%*s%c %s: %s\n", depth * 2, "", is_true ? '+' : '-', part, why);
}

static void check_explain(const char *query, const char *expected)
{
    struct test_engine test;
    setup(&test, query);
    struct node *node = test_query(query);
    AUTO_BUF struct buf out = {0};
    explain_query(node, &test.engine.view, say, &out);
    assert_string_equal(buf_text(&out), expected);
    query_free(&node);
    test_engine_deinit(&test);
}

static void test_explain(void **state)
{
    (void)state;
    check_explain(
        "comment -june",
        "- comment AND NOT june: 1 of 2 parts hold\n"
        "  + comment: in the text: \u201C\u2026nter the 24h of Le Mans. Ferrari had no "
        "comment. Leclerc drives for Ferrari.\u201D\n"
        "  - NOT june: what it refuses is there\n"
        "    + june: in the text: \u201C\u2026eyes Le Mans The race at Le Mans is in June. "
        "Charles Leclerc would love to enter th\u2026\u201D\n");
    check_explain(
        "leclerk (porsche OR june)",
        "- leclerk AND (porsche OR june): 1 of 2 parts hold\n"
        "  - leclerk: not in the text; nearest: \u201Cleclerc\u201D\n"
        "  + porsche OR june: 1 of 2 alternatives hold\n"
        "    - porsche: not in the text\n"
        "    + june: in the text: \u201C\u2026eyes Le Mans The race at Le Mans is in June. "
        "Charles Leclerc would love to enter th\u2026\u201D\n");
    check_explain("\"june leclerc\" OR \"le mens\"",
                  "- \"june leclerc\" OR \"le mens\": none of its alternatives holds\n"
                  "  - \"june leclerc\": not in the text; its words are there, but not one after "
                  "the other\n"
                  "  - \"le mens\": not in the text; missing: \u201Cmens\u201D\n");
    check_explain("title:charles", "- title:charles: not in the title, only in the text\n");
    check_explain(
        "ferr*",
        "+ ferr*: in the text 2 times, first: \u201C\u2026would love to enter the 24h of Le "
        "Mans. Ferrari had no comment. Leclerc drives for Ferr\u2026\u201D\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eval),
        cmocka_unit_test(test_operators),
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_evidence),
        cmocka_unit_test(test_evidence_of_titles),
        cmocka_unit_test(test_explain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
