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
    struct node *node = query_parse(query, strlen(query), &error);
    if (!node)
        fail_msg("%s: %s", query, error.text);
    AUTO_BUF struct buf canon = {0}, again = {0};
    query_canon(node, &canon);
    assert_string_equal(buf_text(&canon), expected);
    query_free(&node);
    assert_null(node);
    node = query_parse(canon.data, canon.len, &error);
    assert_non_null(node);
    query_canon(node, &again);
    assert_string_equal(again.data, expected);
    query_free(&node);
}

static void refuse(const char *query, size_t at, const char *text)
{
    struct query_error error = {0};
    struct node *node = query_parse(query, strlen(query), &error);
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
    refuse("a*b", 1, "a * stands only at the end of a word");
    refuse("a*", 0, "a * needs at least 2 characters before it");
    refuse("\"ab *\"", 0, "a * stands only at the end of a word");
    refuse("b title: a", 2, "title: stands alone");
    refuse("title:-a", 6, "title: needs a word, a phrase or ( behind it");
    refuse("b path:a", 2, "there is no field \"path\"");
    refuse("a NEAR/5 b", 2, "NEAR is reserved for a later version of this language");
    refuse("ab~1", 2, "~ is reserved for a later version of this language");
    refuse("a =B", 2, "a = before a word is reserved for a later version of this language");
}

static void test_needs_something(void **state)
{
    (void)state;
    const char *text = "this matches nearly every document: it only says what must not be there";
    refuse("-a", 0, text);
    refuse("NOT a -b", 0, text);
    refuse("a OR -b", 5, text);
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
    refuse(nots.data, 63, "this query is nested more than 64 deep");
    for (int i = 0; i < 5000; i++)
        buf_puts(&wide, "a ");
    refuse(wide.data, 2 * 4096, "this query has more than 4096 parts");
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
    assert_null(query_parse(query, strlen(query), &error));
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
