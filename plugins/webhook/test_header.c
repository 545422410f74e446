/* Headers of the configuration: what is one, what would be two, what is not its to set. */
#include "header.h"

#include <string.h>

#include "unit.h"

static void a_name_and_a_value(void **state)
{
    (void)state;
    static const char *const good[] = {"X-Api-Key: abc", "X-Scope:a b\tc", "Authorization: Key 1",
                                       "X-Name: Zürich"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_int_equal(header_check(good[i], NULL), 0);
}

static void what_is_no_header_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *line, *why;
    } rows[] = {
        {"hush", "is no header: write \"Name: value\""},
        {": hush", "is no header: write \"Name: value\""},
        {"", "is no header: write \"Name: value\""},
        {"X Key: hush", "is no header: write \"Name: value\""},
        {"X-Key:", "gives X-Key no value"},
        {"X-Key: \t", "gives X-Key no value"},
        {"X-Key: a\r\nX-Other: hush", "gives X-Key a value with a control character"},
        {"X-Key: a\nhush", "gives X-Key a value with a control character"},
        {"X-Key: a\x7Fhush", "gives X-Key a value with a control character"},
        {"Host: hush", "sets Host, which the plugin sets itself"},
        {"content-TYPE: hush", "sets Content-Type, which the plugin sets itself"},
        {"Idempotency-Key: hush", "sets Idempotency-Key, which the plugin sets itself"},
        {"webhook-signature: hush", "sets Webhook-Signature, which the plugin sets itself"},
        {"transfer-encoding: hush", "sets Transfer-Encoding, which the plugin sets itself"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = {""};
        assert_int_equal(header_check(rows[i].line, &err), -1);
        assert_string_equal(err.text, rows[i].why);
        assert_null(strstr(err.text, "hush")); /* it may be a secret */
    }
}

static void names_are_compared_whole_and_in_any_case(void **state)
{
    (void)state;
    assert_true(header_is("authorization: x", "Authorization"));
    assert_false(header_is("Authorization-More: x", "Authorization"));
    assert_false(header_is("Auth: x", "Authorization"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_and_a_value),
        cmocka_unit_test(what_is_no_header_is_refused),
        cmocka_unit_test(names_are_compared_whole_and_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
