/* Lists of alerts and searches in them: what is found, in which order, and what is not any more. */
#include "tests/support/kept_store.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/alerts.h"
#include "store/bind.h"
#include "store/views.h"
#include "store/words.h"

static int setup(void **state)
{
    return kept_store_setup(state);
}

/* ---- what there is ---- */

struct told {
    const char *name, *topic, *state, *title, *quote, *source, *fields;
    int64_t ms;
};

static struct hash id_of(const char *name)
{
    return hash_bytes(name, strlen(name));
}

/* A finding of the alert of that name, which is made or updated. */
static void tell(struct store_txn *txn, const struct told *told)
{
    struct err err = {""};
    AUTO_FREE char *topic = mem_strdup(told->topic), *headline = mem_strdup(told->name),
                   *state = mem_strdup(told->state ? told->state : "open");
    AUTO_FREE char *evidence = mem_printf("[{\"start\":0,\"quote\":\"%s\"}]", told->quote);
    char empty[] = "", labels[] = "[]", fields[] = "{}", detector[] = "topics";
    struct store_alert alert = {.id = id_of(told->name),
                                .detector = detector,
                                .topic = topic,
                                .subject = empty,
                                .key_base = empty,
                                .edition = empty,
                                .headline = headline,
                                .labels = labels,
                                .fields = fields,
                                .state = state,
                                .created_ms = told->ms,
                                .updated_ms = told->ms};
    assert_int_equal(store_alert_put(txn, &alert, &err), 0);
    struct store_finding finding = {.alert = alert.id,
                                    .document = 1,
                                    .version = 1,
                                    .origin = alert.id,
                                    .status = "",
                                    .edition = "",
                                    .summary = told->name,
                                    .fields = told->fields ? told->fields : "{}",
                                    .evidence = evidence,
                                    .outcome = "rang",
                                    .title = told->title,
                                    .source = told->source,
                                    .topic = told->topic,
                                    .seen_ms = told->ms};
    assert_int_equal(store_finding_add(txn, &finding, &err), 0);
}

/* As when their transaction ends. */
static void come_in(struct store_txn *txn)
{
    struct err err = {""};
    assert_int_equal(words_catch_up(txn, &err), 0);
}

#define DAY INT64_C(86400000)

/* In the order of their names; "both" has two findings, of which the second is the last of all. */
static void tell_all(struct store_txn *txn)
{
    static const struct told all[] = {
        {"ant", "le-mans-24", NULL, "A Title", "the red car", "news/a.txt", NULL, 10 * DAY},
        {"bee", "le-mans-24h", NULL, "B Title", "the blue car", "news/b.txt", NULL, 20 * DAY},
        {"both", "boats", NULL, "Old", "the red boat", "wire/c.txt", NULL, 30 * DAY},
        {"cat", "confirmed", "closed", "C", "Charles drives", "news/d.txt",
         "{\"driver\":[\"Charles L\\u00e9cler\"],\"team\":[\"Ferrari\"]}", 40 * DAY},
        {"dog", "pets", "acknowledged", "D", "a red dog, \\\"quoted\\\"\\nand a green one",
         "news/e.txt", NULL, 50 * DAY},
        {"both", "boats", NULL, "New", "the red boat again", "wire/f.txt", NULL, 60 * DAY},
    };
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        tell(txn, &all[i]);
    come_in(txn);
}

/* ---- what is found: headlines with blanks between ---- */

static char *found(struct store_txn *txn, struct store_alert_filter filter, const char *words)
{
    struct err err = {""};
    json_t *list = NULL, *asked = words ? json_loads(words, 0, NULL) : NULL, *alert;
    assert_true(asked || !words);
    filter.words = asked;
    if (!filter.limit)
        filter.limit = 100;
    if (store_view_alerts(txn, &filter, &list, &err) < 0)
        fail_msg("%s: %s", words, err.text);
    AUTO_BUF struct buf names = {0};
    size_t i;
    json_array_foreach(list, i, alert) buf_printf(
        &names, "%s%s", i ? " " : "", json_string_value(json_object_get(alert, "headline")));
    json_decref(list);
    json_decref(asked);
    return mem_strdup(buf_text(&names));
}

static void finds(struct store_txn *txn, struct store_alert_filter filter, const char *words,
                  const char *wanted)
{
    AUTO_FREE char *got = found(txn, filter, words);
    assert_string_equal(got, wanted);
}

static void execute(struct store_txn *txn, const char *sql)
{
    struct err err = {""};
    if (store_exec(txn, store_stmt(txn, sql), &err) < 0)
        fail_msg("%s", err.text);
}

static const struct store_alert_filter any;

static int words_are_looked_for(struct store_txn *txn, struct err *err)
{
    (void)err;
    tell_all(txn);
    finds(txn, any, "[\"red\"]", "both dog ant");
    finds(txn, any, "[\"RED\", \"car\"]", "ant");
    finds(txn, any, "[\"car\", \"title\"]", "bee ant"); /* of several columns */
    finds(txn, any, "[\"again\", \"old\"]", "");        /* of several findings */
    finds(txn, any, "[\"bee\"]", "bee");
    finds(txn, any, "[\"wire\"]", "both");
    finds(txn, any, "[\"e.txt\"]", "dog");
    finds(txn, any, "[\"red car\"]", "ant");
    finds(txn, any, "[\"car red\"]", "");
    finds(txn, any, "[\"bl*\"]", "bee");
    finds(txn, any, "[\"bl\"]", "");
    finds(txn, any, "[\"quoted\"]", "dog");
    finds(txn, any, "[\"boats\"]", ""); /* topics are asked for by name */
    finds(txn, any, "[\"lecler\"]", "");
    return 0;
}

/* Of one quote and none, which is nearly all that there is, and of more. */
static int every_quote_and_person_is_found(struct store_txn *txn, struct err *err)
{
    (void)err;
    static const struct told all[] = {
        {"eel", "fish", NULL, "E", "an eel", "a", "{\"person\":[],\"team\":[\"Nobody\"]}", DAY},
        {"fox", "cars", NULL, "F",
         "a grey fox\"},{\"start\":9},{\"start\":9,\"quote\":\"a white fox", "a",
         "{\"driver\":[\"Ann One\",\"Ben Two\"],\"person\":[\"Cid Three\"]}", DAY},
        {"gnu", "cars", NULL, "G", "a gnu\"},null,{\"quote\":null},{\"quote\":\"and a yak", "a",
         NULL, DAY},
    };
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        tell(txn, &all[i]);
    come_in(txn);
    finds(txn, any, "[\"eel\"]", "eel");
    finds(txn, any, "[\"grey\"]", "fox");
    finds(txn, any, "[\"white fox\"]", "fox");
    finds(txn, any, "[\"gnu\", \"yak\"]", "gnu");
    static const char *const persons[] = {"ann one", "ben two", "cid three"};
    for (size_t i = 0; i < ARRAY_LEN(persons); i++)
        finds(txn, (struct store_alert_filter){.person = persons[i]}, NULL, "fox");
    finds(txn, (struct store_alert_filter){.person = "nobody"}, NULL, "");
    execute(txn, "UPDATE finding SET evidence = '[]', fields = '{}'");
    finds(txn, any, "[\"white\"]", "");
    finds(txn, (struct store_alert_filter){.person = "cid"}, NULL, "");
    execute(txn, "DELETE FROM alert");
    finds(txn, any, "[\"a\"]", "");
    execute(txn, "INSERT INTO alert_words(alert_words) VALUES('integrity-check')");
    return 0;
}

static int no_word_breaks_the_question(struct store_txn *txn, struct err *err)
{
    static const char *const odd[] = {
        "\"",     "red\"",   "\"red",   "\"\"",  "red AND",  "NOT",  "OR",   "NEAR(red car)",
        "title:", "title:x", "-red",    "^red",  "(red",     "red)", "{red", "red + car",
        "*red",   "red**",   "red* x*", "a\\\\", "a'b''c--", "é*",   "—x",   "\xf0\x9f\x9a\x97",
        "é",      "%red_",   "?1",      ";",     "*",        "**",   "--",   ""};
    tell_all(txn);
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        json_t *words = json_pack("[s]", odd[i]), *list = NULL;
        struct store_alert_filter filter = {.words = words, .limit = 9};
        if (store_view_alerts(txn, &filter, &list, err) < 0)
            assert_non_null(strstr(err->text, "no letters and no digits"));
        json_decref(list);
        filter = (struct store_alert_filter){.person = odd[i], .topic = odd[i], .limit = 9};
        if (store_view_alerts(txn, &filter, &list, err) < 0)
            assert_non_null(strstr(err->text, "no letters and no digits"));
        json_decref(list);
        json_decref(words);
    }
    finds(txn, any, "[\"red*\\\"\"]", "both dog ant");
    return 0;
}

static int filters_are_kept_to(struct store_txn *txn, struct err *err)
{
    (void)err;
    tell_all(txn);
    finds(txn, any, NULL, "both dog cat bee ant");
    finds(txn, (struct store_alert_filter){.topic = "le-mans-24"}, NULL, "ant");
    finds(txn, (struct store_alert_filter){.topic = "le-mans-24*"}, NULL, "bee ant");
    finds(txn, (struct store_alert_filter){.topic = "le-ma*"}, NULL, "bee ant");
    finds(txn, (struct store_alert_filter){.topic = "*-24"}, NULL, "ant");
    finds(txn, (struct store_alert_filter){.topic = "l[aeiou]-*24?"}, NULL, "bee");
    finds(txn, (struct store_alert_filter){.topic = "*mans*"}, NULL, "bee ant");
    finds(txn, (struct store_alert_filter){.topic = "Le-Mans-24"}, NULL, "");
    finds(txn, (struct store_alert_filter){.topic = "*"}, NULL, "both dog cat bee ant");
    finds(txn, (struct store_alert_filter){.person = "lecler"}, NULL, "cat");
    finds(txn, (struct store_alert_filter){.person = "charles l\xc3\xa9*"}, NULL, "cat");
    finds(txn, (struct store_alert_filter){.person = "ferrari"}, NULL, "");
    finds(txn, (struct store_alert_filter){.person = "charles", .state = "open"}, NULL, "");
    finds(txn, (struct store_alert_filter){.state = "open"}, NULL, "both bee ant");
    finds(txn, (struct store_alert_filter){.state = "acknowledged"}, "[\"red\"]", "dog");
    finds(txn, (struct store_alert_filter){.state = "open"}, "[\"red\"]", "both ant");
    finds(txn, (struct store_alert_filter){.detector = "facts"}, "[\"red\"]", "");
    finds(txn, (struct store_alert_filter){.since_ms = 20 * DAY, .until_ms = 50 * DAY}, NULL,
          "cat bee");
    finds(txn, (struct store_alert_filter){.since_ms = 30 * DAY}, "[\"red\"]", "both dog");
    finds(txn, (struct store_alert_filter){.until_ms = 50 * DAY}, "[\"red\"]", "both ant");
    finds(txn, (struct store_alert_filter){.since_ms = 30 * DAY, .until_ms = 30 * DAY + 1},
          "[\"red\"]", "both");
    finds(txn, (struct store_alert_filter){.since_ms = 70 * DAY}, "[\"red\"]", "");
    finds(txn, (struct store_alert_filter){.until_ms = 1}, "[\"red\"]", "");
    return 0;
}

/* A list in parts is the list. */
static void in_parts(struct store_txn *txn, struct store_alert_filter filter, const char *words)
{
    AUTO_FREE char *whole = found(txn, filter, words);
    for (filter.limit = 1; filter.limit < 4; filter.limit++) {
        AUTO_BUF struct buf parts = {0};
        AUTO_FREE char *after = NULL;
        filter.after = NULL;
        for (;;) {
            AUTO_FREE char *part = found(txn, filter, words);
            if (!*part)
                break;
            buf_printf(&parts, "%s%s", parts.len ? " " : "", part);
            struct hash id = id_of(strrchr(part, ' ') ? strrchr(part, ' ') + 1 : part);
            free(after);
            after = mem_alloc(HASH_HEX_SIZE);
            hash_hex(&id, HASH_BYTES, after);
            filter.after = after;
        }
        assert_string_equal(buf_text(&parts), whole);
    }
}

static int parts_follow_each_other(struct store_txn *txn, struct err *err)
{
    (void)err;
    tell_all(txn);
    in_parts(txn, any, NULL);
    in_parts(txn, (struct store_alert_filter){.state = "open"}, NULL);
    in_parts(txn, any, "[\"red\"]");
    in_parts(txn, (struct store_alert_filter){.state = "open"}, "[\"red\"]");
    in_parts(txn, (struct store_alert_filter){.topic = "le-mans*"}, NULL);
    in_parts(txn, (struct store_alert_filter){.until_ms = 50 * DAY}, "[\"red\"]");
    return 0;
}

static int what_goes_is_not_found(struct store_txn *txn, struct err *err)
{
    tell_all(txn);
    execute(txn, "UPDATE finding SET summary = '', title = '', evidence = '[]'"
                 " WHERE summary = 'both' AND title = 'New'");
    finds(txn, any, "[\"again\"]", "");
    finds(txn, any, "[\"red\"]", "dog both ant");
    execute(txn, "UPDATE finding SET outcome = 'muted'");
    finds(txn, any, "[\"red\"]", "dog both ant");
    assert_int_equal(store_alert_expire(txn, 25 * DAY, 10, err), 2);
    finds(txn, any, "[\"red\"]", "dog both");
    finds(txn, (struct store_alert_filter){.topic = "le-mans*"}, NULL, "");
    execute(txn, "INSERT INTO alert_words(alert_words) VALUES('integrity-check')");
    return 0;
}

/* What one transaction tells and takes back again; and a number that is given twice. */
static int words_that_have_not_come_in_yet(struct store_txn *txn, struct err *err)
{
    static const struct told owl = {"owl", "pets", NULL, "O", "an owl", "a", NULL, DAY},
                             yak = {"yak", "pets", NULL, "Y", "a yak", "a", NULL, DAY};
    tell_all(txn);
    tell(txn, &owl);
    execute(txn, "UPDATE finding SET evidence = '[{\"quote\":\"an odd owl\"}]'"
                 " WHERE summary = 'owl'");
    tell(txn, &yak);
    execute(txn, "DELETE FROM finding WHERE summary = 'yak'");
    come_in(txn);
    finds(txn, any, "[\"odd owl\"]", "owl");
    finds(txn, any, "[\"an owl\"]", "");
    finds(txn, any, "[\"yak\"]", "");
    execute(txn, "DELETE FROM finding WHERE summary IN ('owl', 'dog')"); /* the last */
    tell(txn, &yak);
    come_in(txn);
    finds(txn, any, "[\"yak\"]", "yak");
    finds(txn, any, "[\"owl\"]", "");
    execute(txn, "DELETE FROM finding");
    tell(txn, &owl);
    come_in(txn);
    finds(txn, any, "[\"owl\"]", "owl");
    finds(txn, any, "[\"red\"]", "");
    execute(txn, "INSERT INTO alert_words(alert_words) VALUES('integrity-check')");
    (void)err;
    return 0;
}

#define CASE(name)                                                                                 \
    static void name##_case(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        within(name);                                                                              \
    }
CASE(words_are_looked_for)
CASE(every_quote_and_person_is_found)
CASE(no_word_breaks_the_question)
CASE(filters_are_kept_to)
CASE(parts_follow_each_other)
CASE(what_goes_is_not_found)
CASE(words_that_have_not_come_in_yet)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_are_looked_for_case, setup, kept_store_teardown),
        cmocka_unit_test_setup_teardown(every_quote_and_person_is_found_case, setup,
                                        kept_store_teardown),
        cmocka_unit_test_setup_teardown(no_word_breaks_the_question_case, setup,
                                        kept_store_teardown),
        cmocka_unit_test_setup_teardown(filters_are_kept_to_case, setup, kept_store_teardown),
        cmocka_unit_test_setup_teardown(parts_follow_each_other_case, setup, kept_store_teardown),
        cmocka_unit_test_setup_teardown(what_goes_is_not_found_case, setup, kept_store_teardown),
        cmocka_unit_test_setup_teardown(words_that_have_not_come_in_yet_case, setup,
                                        kept_store_teardown),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
