/* URLs of files, there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/url.h"

static void assert_both_ways(const char *path, const char *url)
{
    AUTO_FREE char *there = url_of_file(path), *back = url_to_file(url);
    assert_string_equal(there, url);
    assert_string_equal(back, path);
}

static void every_byte_comes_through(void **state)
{
    (void)state;
    assert_both_ways("/", "file:///");
    assert_both_ways("/tmp/a-b_c.d~", "file:///tmp/a-b_c.d~");
    assert_both_ways("/caf\xC3\xA9 %41\n\xFF", "file:///caf%C3%A9%20%2541%0A%FF");
    char path[257] = "/";
    for (int c = 1; c < 256; c++)
        path[c] = (char)c;
    AUTO_FREE char *url = url_of_file(path), *back = url_to_file(url);
    assert_string_equal(back, path);
}

static void what_others_write_is_read(void **state)
{
    (void)state;
    AUTO_FREE char *lower = url_to_file("file:///caf%c3%a9"),
                   *host = url_to_file("file://localhost/a+b"),
                   *plain = url_to_file("file:///\xFF");
    assert_string_equal(lower, "/caf\xC3\xA9");
    assert_string_equal(host, "/a+b");
    assert_string_equal(plain, "/\xFF");
}

static void anything_else_is_none(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         "/tmp/a",
                                         "file:/tmp/a",
                                         "file://",
                                         "file://a/b",
                                         "http:///a",
                                         "file:///a%00b",
                                         "file:///a%",
                                         "file:///a%4",
                                         "file:///a%4g",
                                         "file:///a%g4"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_null(url_to_file(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_comes_through),
        cmocka_unit_test(what_others_write_is_read),
        cmocka_unit_test(anything_else_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
