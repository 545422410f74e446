/* Topics files: what they hold, and what is said of wrong ones, with file, line and column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "topics/file.h"

static void test_good(void **state)
{
    (void)state;
    static const char text[] = "topics:\n"
                               "  bridge:\n"
                               "    query: >\n"
                               "      \"harbour bridge\"\n"
                               "      AND cost*\n"
                               "    severity: urgent\n"
                               "    labels: [city, money]\n"
                               "    description: About the bridge\n"
                               "  tram: {query: tram}\n";
    struct topic_list list = {0};
    struct diags diags = {0};
    topics_parse(&list, "a.yaml", text, sizeof(text) - 1, &diags);
    assert_int_equal(diags.n, 0);
    assert_int_equal(list.n, 2);
    const struct topic *topic = &list.items[0];
    AUTO_BUF struct buf canon = {0};
    query_canon(topic->query, &canon);
    assert_string_equal(canon.data, "\"harbour bridge\" AND cost*");
    assert_int_equal(topic->severity, TOCSIN_URGENT);
    assert_string_equal(topic->labels[1], "money");
    assert_null(topic->labels[2]);
    assert_string_equal(topic->description, "About the bridge");
    assert_string_equal(topic->at.file, "a.yaml");
    assert_int_equal(topic->at.line, 2);
    topic = &list.items[1];
    assert_int_equal(topic->severity, TOCSIN_NORMAL);
    assert_null(topic->labels[0]);
    assert_null(topic->description);
    topics_deinit(&list);
    diags_deinit(&diags);
}

static void check(const char *text, size_t n_topics, const char *expected)
{
    struct topic_list list = {0};
    struct diags diags = {0};
    topics_parse(&list, "t.yaml", text, strlen(text), &diags);
    AUTO_BUF struct buf out = {0};
    diags_print(&diags, &out);
    assert_string_equal(buf_text(&out), expected);
    assert_int_equal(list.n, n_topics);
    topics_deinit(&list);
    diags_deinit(&diags);
}

static void test_wrong_files(void **state)
{
    (void)state;
    check("", 0, "t.yaml: warning: there are no topics in this file\n");
    check("- a\n", 0, "t.yaml:1:1: a topics file is a map: topics: {name: {query: words}}\n");
    check("topics: [a]\n", 0, "t.yaml:1:9: topics is a map: name: {query: words}\n");
    check("topic: {}\ntopics: {}\n", 0,
          "t.yaml:1:1: topics file: unknown option \"topic\" (did you mean \"topics\"?)\n");
}

static void test_wrong_topics(void **state)
{
    (void)state;
    check("topics:\n  a: words\n  b: {query: good}\n", 1,
          "t.yaml:2:6: topic \"a\": must be a map with a query: {query: words}\n");
    check("topics:\n  a: {severity: low}\n", 0, "t.yaml:2:3: topic \"a\": its query is missing\n");
    check("topics:\n  a: {query: [b]}\n", 0,
          "t.yaml:2:14: topic \"a\": \"query\" must be text, not a list\n");
    check("topics:\n  a:\n    query: b\n    severty: low\n", 0,
          "t.yaml:4:5: topic \"a\": unknown option \"severty\" (did you mean \"severity\"?)\n");
    check("topics:\n  a: {query: b, severity: hihg}\n", 0,
          "t.yaml:2:27: topic \"a\": a severity is low, normal, high or urgent, not \"hihg\" (did "
          "you mean \"high\"?)\n");
    check("topics:\n  a: {query: b, private: perhaps}\n", 0,
          "t.yaml:2:26: topic \"a\": \"private\" is true or false, not \"perhaps\"\n");
    check("topics:\n  a: {query: b, labels: c}\n", 0,
          "t.yaml:2:25: topic \"a\": labels are a list: [sport, cars]\n");
    check("topics:\n  a: {query: b, labels: [[c]]}\n", 0,
          "t.yaml:2:26: topic \"a\": a label is a text\n");
    check("topics:\n  bridge:\n    query: >\n      (a\n      OR b\n", 0,
          "t.yaml:3:12: topic \"bridge\": this ( is never closed\n"
          "    (a OR b \n"
          "    ^\n"
          "    close it with )\n");
}

static void test_quotes(void **state)
{
    (void)state;
    static const char warning[] =
        "t.yaml:2:14: warning: topic \"a\": YAML takes these quotes away, so this looks for the "
        "words anywhere; for the phrase write '\"le mans\"'\n";
    check("topics:\n  a: {query: \"le mans\"}\n", 1, warning);
    check("topics:\n  a: {query: 'le mans'}\n", 1, warning);
    check("topics:\n  a: {query: '\"le mans\"'}\n", 1, "");
    check("topics:\n  a: {query: le mans}\n", 1, "");
    check("topics:\n  a: {query: 'le AND mans'}\n", 1, "");
    check("topics:\n  a:\n    query: >\n      le mans\n", 1, "");
}

static void test_language(void **state)
{
    (void)state;
    check("topics:\n  a: {query: 'stem:run', language: en}\n", 1, "");
    check("topics:\n  a: {query: 'stem:run'}\n", 0,
          "t.yaml:2:14: topic \"a\": stem: needs to know the language\n    stem:run\n         ^\n"
          "    add the option language to the topic: language: en\n");
    check("topics:\n  a: {query: b, language: xx}\n", 0,
          "t.yaml:2:27: topic \"a\": a language is two letters, such as en or de, and no stems of "
          "\"xx\" are known\n");
}

static void test_mixture(void **state)
{
    (void)state;
    check("topics:\n  a: {query: a b OR c}\n", 1,
          "t.yaml:2:14: warning: topic \"a\": AND binds tighter than OR: put parentheses around "
          "what belongs together\n    a b OR c\n    ^\n");
    check("topics:\n  a: {query: (a b) OR c}\n", 1, "");
}

/* What bulk files hold, and what is said of them. */
static void check_bulk(const char *file, const char *text, const char *expected)
{
    struct topic_list list = {0};
    struct diags diags = {0};
    AUTO_BUF struct buf out = {0};
    topics_parse(&list, file, text, strlen(text), &diags);
    for (size_t i = 0; i < list.n; i++) {
        const struct topic *topic = &list.items[i];
        buf_printf(&out, "%s:%d %d", topic->name, topic->at.line, (int)topic->severity);
        for (char **label = topic->labels; *label; label++)
            buf_printf(&out, " %s", *label);
        buf_puts(&out, " ");
        query_canon(topic->query, &out);
        buf_putc(&out, '\n');
    }
    diags_print(&diags, &out);
    assert_string_equal(buf_text(&out), expected);
    topics_deinit(&list);
    diags_deinit(&diags);
}

static void test_bulk(void **state)
{
    (void)state;
    check_bulk(
        "a.tsv",
        "# name, query\nbridge\t\"harbour bridge\"\tcity,money\thigh\r\n\ntram\ttram\n"
        "alone\nbad\t(x\n",
        "bridge:2 3 city money \"harbour bridge\"\ntram:4 2 tram\n"
        "a.tsv:5:1: a line is NAME, QUERY, LABELS and SEVERITY with tabs between\n"
        "a.tsv:6:1: topic \"bad\": this ( is never closed\n    (x\n    ^\n    close it with )\n");
    check_bulk("a.jsonl",
               "{\"name\": \"a\", \"query\": \"stem:run\", \"language\": \"en\", \"labels\": "
               "[\"x\"], \"severity\": \"low\"}\n{\"name\": \"b\"}\n[]\n"
               "{\"name\": \"c\", \"query\": 1}\n{\"nme\": \"c\", \"query\": \"x\"}\n"
               "{\"name\": \"d\", \"query\": \"x\", \"severity\": \"hihg\"}\n"
               "{\"name\": \"e\", \"query\": \"x\", \"labels\": [\"y\"], \"private\": true}\n"
               "{\"name\": \"f\", \"query\": \"x\", \"private\": 1}",
               "a:1 1 x stem:run\ne:7 2 y private x\n"
               "a.jsonl:2:1: a topic has a \"name\" and a \"query\"\n"
               "a.jsonl:3:1: a line is one object of JSON: this is something else\n"
               "a.jsonl:4:1: \"query\" must be a text\n"
               "a.jsonl:5:1: unknown option \"nme\" (did you mean \"name\"?)\n"
               "a.jsonl:6:1: topic \"d\": a severity is low, normal, high or urgent, not \"hihg\" "
               "(did you mean \"high\"?)\n"
               "a.jsonl:8:1: \"private\" must be true or false\n");
}

/* Simple lines are read by bulk_plain.c, the others by jansson; all mean the same. */
static void test_plain(void **state)
{
    (void)state;
    check_bulk(
        "a.jsonl",
        " { \"query\" : \"\\\"le mans\\\" x\" , \"name\":\"a\\/b\\\\\", \"severity\": \"low\"} \n"
        " { \"query\" : \"\\u0022le mans\\u0022 x\" , \"name\":\"\\u0061\"}\n"
        "{\"name\": \"\u00e9\", \"query\": \"x\"}\n"
        "{\"name\": \"b\", \"query\": \"x\", \"name\": \"c\"}\n"
        "{\"name\": \"d\", \"query\": \"x\"} y\n"
        "{\"name\": \"e\", \"query\": \"x\"\n"
        "{\"name\": \"f\", \"query\": \"x\\",
        "a/b\\:1 1 \"le mans\" AND x\na:2 2 \"le mans\" AND x\n\u00e9:3 2 x\n"
        "a.jsonl:4:34: a line is one object of JSON: duplicate object key near '\"name\"'\n"
        "a.jsonl:5:29: a line is one object of JSON: end of file expected near 'y'\n"
        "a.jsonl:6:26: a line is one object of JSON: '}' expected near end of file\n"
        "a.jsonl:7:26: a line is one object of JSON: invalid escape near '\"x\\'\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),         cmocka_unit_test(test_wrong_files),
        cmocka_unit_test(test_wrong_topics), cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_language),     cmocka_unit_test(test_mixture),
        cmocka_unit_test(test_bulk),         cmocka_unit_test(test_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
