/* Queries: tokens, the checked tree, its canonical form, and what is said of wrong ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "topics/query.h"

static void check(const char *query, const char *expected)
{
    struct query_error error;
    struct node *node = query_parse(query, strlen(query), "en", NULL, &error);
    if (!node)
        fail_msg("%s: %s", query, error.text);
    AUTO_BUF struct buf canon = {0}, again = {0};
    query_canon(node, &canon);
    assert_string_equal(buf_text(&canon), expected);
    query_free(&node);
    assert_null(node);
    node = query_parse(canon.data, canon.len, "en", NULL, &error);
    assert_non_null(node);
    query_canon(node, &again);
    assert_string_equal(again.data, expected);
    query_free(&node);
}

static void refuse(const char *query, size_t at, const char *text)
{
    struct query_error error = {0};
    struct node *node = query_parse(query, strlen(query), "en", NULL, &error);
    assert_null(node);
    assert_string_equal(error.text, text);
    assert_int_equal(error.at, at);
    assert_true(error.hint[0]);
}

static void test_terms(void **state)
{
    (void)state;
    check("Leclerc", "leclerc");
    check("\"Le  Mans\"", "\"le mans\"");
    check("Le-Mans", "\"le mans\"");
    check("\u201Cle mans\u201D", "\"le mans\"");
    check("P\u00C9REZ stra\u00DFe", "perez AND strasse");
    check("entr*", "entr*");
    check("\"le man*\"", "\"le man*\"");
    check("le-man*", "\"le man*\"");
    check("\u6771\u4EAC", "\"\u6771 \u4EAC\"");
    check("24.5", "\"24 5\"");
    check("\"=a ~b NEAR? title:x\"", "\"a b near title x\"");
    check("COLO?r w*ld \"ha* bridge\"", "colo?r AND w*ld AND \"ha* bridge\"");
    check("a**b*", "a*b*");
    check("Leclerk~1 \u00C9cole~2", "leclerk~1 AND ecole~2");
    check("=P\u00E9rez =\"Le Mans\"", "=P\u00E9rez AND =\"Le Mans\"");
    check("=Pe\u0301rez", "=P\u00E9rez");
    /* A sign that is several words is written once. */
    check("=\u00BD", "=\"\u00BD\"");
    check("=\"x a\u00BDb\u00BD\u00BC y\"", "=\"x a\u00BDb\u00BD\u00BC y\"");
    check("=\"\u00BD \u00BD\"", "=\"\u00BD \u00BD\"");
    check("^Breaking ^\"le mans\"", "^breaking AND ^\"le mans\"");
    check("\"le mans\"~5", "\"le mans\"~5");
}

static void test_operators(void **state)
{
    (void)state;
    check("a b", "a AND b");
    check("a AND b c", "a AND b AND c");
    check("a b OR c", "(a AND b) OR c");
    check("a (b OR c) -d", "a AND (b OR c) AND NOT d");
    check("a NOT b", "a AND NOT b");
    check("a -(b c)", "a AND NOT (b AND c)");
    check("((a)) OR (b OR (c OR d))", "a OR b OR c OR d");
    check("NOT NOT a", "a");
    check("NOT (-a OR -b)", "NOT (NOT a OR NOT b)");
    check("and or not", "and AND or AND not");
    check("\na\n\tOR\nb\n", "a OR b");
    check("title:a", "title:a");
    check("title:\"A b\" c", "title:\"a b\" AND c");
    check("title:(a OR -b c)", "title:a OR (NOT title:b AND title:c)");
    check("-title:a b", "NOT title:a AND b");
    check("a NEAR/5 b ADJ/3 (c OR d)", "a NEAR/5 b ADJ/3 (c OR d)");
    check("a NEAR/5 b c OR d", "(a NEAR/5 b AND c) OR d");
    check("-a NEAR/2 b c", "NOT a NEAR/2 b AND c");
    check("SENTENCE(a b) PARAGRAPH (c OR d)", "SENTENCE(a AND b) AND PARAGRAPH(c OR d)");
    check("new:(a b) new:c", "new:(a AND b) AND new:(c)");
    check("2 OF (a b, \"c d\", e)", "2 OF (a AND b, \"c d\", e)");
    check("2 of a", "2 AND of AND a");
    check("stem:(run \"fast cars\") title:stem:x",
          "stem:run AND stem:\"fast cars\" AND title:stem:x");
    check("path:news/2025 source:a type:html b",
          "path:\"news 2025\" AND source:a AND type:html AND b");
    check("a lang:en words:>200 words:<50 words:1..2",
          "a AND lang:en AND words:201.. AND words:..49 AND words:1..2");
    check("a date:2025-02 date:7d.. date:..2024",
          "a AND date:2025-02-01..2025-02-28 AND date:7d.. AND date:..2024-12-31");
    check("@drivers title:@teams", "@drivers AND title:@teams");
#ifdef HAVE_HYPERSCAN
    check("/a b\\/c/i title:/x+/", "/a b\\/c/i AND title:/x+/");
#endif
}

static void test_errors(void **state)
{
    (void)state;
    refuse("", 0, "this query is empty");
    refuse("  ", 0, "this query is empty");
    refuse("a (b", 2, "this ( is never closed");
    refuse("a) b", 1, "this ) closes nothing");
    refuse(") b", 0, "this ) closes nothing");
    refuse("a ()", 2, "these parentheses are empty");
    refuse("a \"b", 2, "this quote is never closed");
    refuse("a \"\"", 2, "there is no word in this");
    refuse("a AND", 5, "a word, a \"phrase\" or ( must stand before the end");
    refuse("a AND OR b", 6, "a word, a \"phrase\" or ( must stand before OR");
    refuse("OR b", 0, "a word, a \"phrase\" or ( must stand before OR");
    refuse("(a OR )", 6, "a word, a \"phrase\" or ( must stand before )");
    refuse("a - b", 2, "this - refuses nothing");
    refuse("a*", 0, "a word with * or ? needs at least 2 letters");
    refuse("*ab", 0, "a * or ? stands only in a word or at its end");
    refuse("\"ab *\"", 0, "a * or ? stands only in a word or at its end");
    refuse("x-ab?c", 0, "a ? stands only in a word by itself");
    refuse("\u6771*", 0, "each character of this script is a word of its own");
    refuse("b title: a", 2, "title: stands alone");
    refuse("title:-a", 0, "this name with a : has nothing behind it");
    refuse("b pathh:a", 2, "there is no field \"pathh\"");
    refuse("a NEAR b", 2, "NEAR needs a number from 1 on");
    refuse("a NEAR/5", 8, "a word, a \"phrase\" or ( must stand before the end");
    refuse("a NEAR/9999 b", 2, "words can be near within at most 1000");
    refuse("a NEAR/5 (b c)", 10,
           "NEAR and ADJ join words, phrases, lists and ORs of them, all in one field");
    refuse("SENTENCE a", 0, "SENTENCE needs a ( behind it");
    refuse("SENTENCE(PARAGRAPH(a))", 9,
           "SENTENCE, PARAGRAPH and new: cannot stand within each other or in a field");
    refuse("SENTENCE(title:a)", 9, "a field cannot stand within SENTENCE, PARAGRAPH or new:");
    refuse("OF (a, b)", 0, "OF needs a number before it and a list behind it");
    refuse("3 OF (a, b)", 0, "there are 2 items");
    refuse("2 OF ((a, b), c)", 8, "a , stands only between the items of a list");
    refuse("ab~", 2, "this ~ has no number");
    refuse("ab~1", 0, "this word is too short or too long to allow slips");
    refuse("abc~3", 0, "1 or 2 slips can be allowed");
    refuse("\"a b c\"~1", 0, "these words cannot be within so many");
    refuse("a = B", 2, "this = marks nothing");
    refuse("a @", 2, "this @ names no list");
    refuse("a date:2025-13", 7, "this value is not understood");
    refuse("a date:2025..2024", 7, "this value is not understood");
    refuse("a words:5", 8, "this value is not understood");
    refuse("a /b", 2, "this regular expression is never closed");
    refuse("/usr/bin", 5, "this does not belong behind a /regular expression/");
}

static void test_needs_something(void **state)
{
    (void)state;
    const char *text = "this matches nearly every document: it only says what must not be there";
    refuse("-a", 0, text);
    refuse("NOT a -b", 0, text);
    refuse("a OR -b", 5, text);
    refuse("lang:en date:7d..", 0,
           "this matches nearly every document: it only says of what date, length or language it "
           "must be");
    refuse("a OR (b OR NOT c)", 11, text);
    refuse("-(a b)", 0, text);
    check("a OR (-b c)", "a OR (NOT b AND c)");
    check("-(-a)", "a");
}

static void test_limits(void **state)
{
    (void)state;
    AUTO_BUF struct buf deep = {0}, wide = {0}, phrase = {0}, nots = {0};
    for (int i = 0; i < 100000 / 2; i++)
        buf_putc(&deep, '(');
    buf_puts(&deep, "a");
    refuse(deep.data, 64, "this query is nested more than 64 deep");
    for (int i = 0; i < 30000; i++)
        buf_putc(&nots, '-');
    buf_puts(&nots, "a");
    refuse(nots.data, 64, "this query is nested more than 64 deep");
    for (int i = 0; i < 5000; i++)
        buf_puts(&wide, "a ");
    refuse(wide.data, 2 * 4096, "this query has more than 4096 parts");
    AUTO_BUF struct buf near = {0};
    for (int i = 0; i < 65; i++)
        buf_puts(&near, "a NEAR/2 ");
    buf_puts(&near, "b");
    refuse(near.data, 64 * strlen("a NEAR/2 ") + 2,
           "this query has more than 64 NEAR, ADJ and \"...\"~");
    buf_putc(&phrase, '"');
    for (int i = 0; i < 65; i++)
        buf_puts(&phrase, "a ");
    buf_putc(&phrase, '"');
    refuse(phrase.data, 0, "this phrase has too many words");
    for (int i = 0; i < 70000; i++)
        buf_putc(&wide, 'a');
    refuse(wide.data, 0, "this query is longer than 65536 bytes");
}

static void check_print(const char *query, const char *expected)
{
    struct query_error error;
    assert_null(query_parse(query, strlen(query), "en", NULL, &error));
    AUTO_BUF struct buf out = {0};
    query_error_print(query, strlen(query), &error, &out);
    assert_string_equal(out.data, expected);
}

static void test_caret(void **state)
{
    (void)state;
    check_print("harbour\nAND (budget", "this ( is never closed\n"
                                        "    harbour AND (budget\n"
                                        "                ^\n"
                                        "    close it with )");
    /* Columns, not bytes: two for a wide character, none for a mark. */
    check_print("\u6771\u4EAC e\u0301 (b", "this ( is never closed\n"
                                           "    \u6771\u4EAC e\u0301 (b\n"
                                           "           ^\n"
                                           "    close it with )");
    AUTO_BUF struct buf query = {0}, expected = {0};
    for (int i = 0; i < 50; i++)
        buf_puts(&query, "abc ");
    buf_puts(&query, ") abc abc abc abc abc abc");
    buf_puts(&expected, "this ) closes nothing\n    ...");
    for (int i = 0; i < 15; i++)
        buf_puts(&expected, "abc ");
    buf_printf(&expected, ") abc abc abc abc ab...\n    %63s^\n    take it out, or open one before",
               "");
    check_print(query.data, expected.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terms),  cmocka_unit_test(test_operators),
        cmocka_unit_test(test_errors), cmocka_unit_test(test_needs_something),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_caret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
