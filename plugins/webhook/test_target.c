/* URLs: taken apart, refused, compared; nothing of a refused one is quoted. */
#include "target.h"

#include <string.h>

#include "unit.h"

static void a_url_is_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *url, *scheme, *host, *port, *path, *query, *where;
    } rows[] = {
        {"https://hooks.example.com/a/b?c=d", "https", "hooks.example.com", "443", "/a/b", "c=d",
         "hooks.example.com"},
        {"http://127.0.0.1:8080", "http", "127.0.0.1", "8080", "/", "", "127.0.0.1:8080"},
        {"HTTPS://[::1]:8443/x", "https", "[::1]", "8443", "/x", "", "[::1]:8443"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err;
        struct target target;
        assert_int_equal(target_parse(rows[i].url, &target, &err), 0);
        assert_string_equal(target.url, rows[i].url);
        assert_string_equal(target.scheme, rows[i].scheme);
        assert_string_equal(target.host, rows[i].host);
        assert_string_equal(target.port, rows[i].port);
        assert_string_equal(target.path, rows[i].path);
        assert_string_equal(target.query, rows[i].query);
        assert_string_equal(target.where, rows[i].where);
        target_deinit(&target);
        target_deinit(&target); /* does no harm */
    }
}

static void what_is_no_place_to_post_to_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *url, *why;
    } rows[] = {
        {"ftp://example.com/tell", "is none of http or https"},
        {"file:///etc/passwd", "is none of http or https"},
        {"example.com/tell", "does not begin with http:// or https://"},
        {"", "does not begin with http:// or https://"},
        {"https://me:tell@example.com/", "holds a user or password, which is no place for them"},
        {"https://me@example.com/", "holds a user or password, which is no place for them"},
        {"https://exa mple.com/tell", "is no URL"},
        {"https://example.com:99999/tell", "is no URL"},
        {"https:///", "is no URL"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = {""};
        struct target target;
        assert_int_equal(target_parse(rows[i].url, &target, &err), -1);
        if (!strstr(err.text, rows[i].why))
            fail_msg("%s: %s", rows[i].url, err.text);
        assert_null(strstr(err.text, "tell"));
        assert_null(target.url);
    }
}

static void places_are_scheme_host_and_port(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"https://example.com/a", "https://EXAMPLE.com:443/b?c", true},
        {"http://example.com/", "http://example.com:80/", true},
        {"http://example.com/", "https://example.com/", false},
        {"https://example.com/", "https://example.com:8443/", false},
        {"https://example.com/", "https://example.com.evil.example/", false},
        {"https://example.com/", "https://www.example.com/", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct target a, b;
        assert_int_equal(target_parse(rows[i].a, &a, NULL), 0);
        assert_int_equal(target_parse(rows[i].b, &b, NULL), 0);
        assert_int_equal(target_is_same_place(&a, &b), rows[i].same);
        target_deinit(&a);
        target_deinit(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_url_is_taken_apart),
        cmocka_unit_test(what_is_no_place_to_post_to_is_refused),
        cmocka_unit_test(places_are_scheme_host_and_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
