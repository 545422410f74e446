/* Patterns and temporary names. */
#include "source/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"

static void globs(void **state)
{
    (void)state;
    const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"*.txt", "a.txt", true},
        {"*.txt", "a.txt.gz", false},
        {"*.txt", ".txt", true},
        {"*", "", true},
        {"", "", true},
        {"", "a", false},
        {"a*b*c", "aXbYbZc", true},
        {"a*b*c", "aXbYbZ", false},
        {"*/x", "a/x", true},
        {"*/x", "a/b/x", false},
        {"a/*", "a/b/c", false},
        {"**/x", "x", true},
        {"**/x", "a/b/x", true},
        {"**/x", "a/bx", false},
        {"a/**", "a/b/c", true},
        {"a/**/z", "a/z", true},
        {"a/**/z", "a/b/c/z", true},
        {"a/**/*.txt", "a/b/c.d/e.txt", true},
        {"**/b/*.txt", "a/b/c/b/e.txt", true},
        {"?", "\xc3\xa9", true},
        {"?", "\xff", true},
        {"??", "\xff\xfe", true},
        {"?", "/", false},
        {"?", "", false},
        {"[a-c]x", "bx", true},
        {"[!a-c]x", "bx", false},
        {"[!a-c]x", "dx", true},
        {"[]]", "]", true},
        {"[", "[", true},
        {"[a", "[a", true},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"a\nb*", "a\nbc", true},
        {"*\xff*", "a\xff", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (names_glob(cases[i].pattern, cases[i].text) != cases[i].matches)
            fail_msg("%s against %s", cases[i].pattern, cases[i].text);
}

static void a_slow_pattern_ends(void **state)
{
    (void)state;
    char text[2001];
    for (size_t i = 0; i < sizeof(text) - 1; i++)
        text[i] = 'a';
    text[sizeof(text) - 1] = '\0';
    assert_false(names_glob("*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
    assert_false(names_glob("**a**a**a**a**a**a**a**a**b", text));
    assert_false(names_glob("**/**/**/**/**/**/**/**/b", text));
}

static void temporary(void **state)
{
    (void)state;
    const char *const yes[] = {
        "a~",           ".#a",        "#a#",  "a.tmp",         ".a.txt.swp",           "a.part",
        "a.crdownload", ".nfs000012", "4913", ".~lock.a.odt#", ".goutputstream-X1Y2Z3"};
    const char *const no[] = {"a", "a.txt", ".a", "part", "tmp", "14913", "a#b", "a.swpx", ".nfs"};
    for (size_t i = 0; i < ARRAY_LEN(yes); i++)
        if (!names_temporary(yes[i]))
            fail_msg("%s", yes[i]);
    for (size_t i = 0; i < ARRAY_LEN(no); i++)
        if (names_temporary(no[i]))
            fail_msg("%s", no[i]);
}

static void include_and_exclude(void **state)
{
    (void)state;
    char txt[] = "*.txt", news[] = "news/**";
    char draft[] = "draft*", old[] = "news/old", modules[] = "node_modules";
    char *include[] = {txt, news, NULL};
    char *exclude[] = {draft, old, modules, NULL};
    const struct config_folder folder = {.include = {include, 2}, .exclude = {exclude, 3}};
    struct names *names = names_new(&folder);
    assert_true(names_wants_file(names, "a/b.txt"));
    assert_true(names_wants_file(names, "news/b.html"));
    assert_false(names_wants_file(names, "a/b.html"));
    assert_false(names_wants_file(names, "a/draft.txt"));
    assert_false(names_wants_file(names, "news/b.html.part"));
    assert_true(names_enters(names, "a"));
    assert_false(names_enters(names, "a/node_modules"));
    assert_false(names_enters(names, "news/old"));
    assert_true(names_enters(names, "a/news/old"));
    names_free(&names);
    names_free(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(globs),
        cmocka_unit_test(a_slow_pattern_ends),
        cmocka_unit_test(temporary),
        cmocka_unit_test(include_and_exclude),
    };
    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
