/* The lists: what is wrong is said with file, line and column. */
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

#include "language.h"
#include "lists.h"

/* Reads a language's file with this content; gives what is said, without the file's folder. */
static char *language_says(const char *yaml)
{
    char path[] = "/tmp/tocsin-lemans-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, yaml, strlen(yaml)), (ssize_t)strlen(yaml));
    close(fd);
    struct diags diags = {0};
    struct language *language = language_read(path, &diags);
    struct buf said = {0};
    diags_print(&diags, &said);
    assert_int_equal(language == NULL, diags.n_errors > 0);
    language_free(&language);
    diags_deinit(&diags);
    unlink(path);
    char *text = mem_strdup(said.len > strlen(path) ? said.data + strlen(path) : "");
    buf_deinit(&said);
    return text;
}

#define HEAD                                                                                            \
    "language: xx\ncommon: [a]\nsets: {he: [b], his: [b], they: [b], say: [b], and: [b], filler: [b], " \
    "driver: [b], bearer: [b], office: [b], family: [b], crew: [b], number: [b], the: [b], "            \
    "break: [b]}\ncues:\n"

static void check(const char *yaml, const char *expected)
{
    AUTO_FREE char *said = language_says(yaml);
    if (!strstr(said, expected))
        fail_msg("expected %s in: %s", expected, said);
}

static void test_language_good(void **state)
{
    (void)state;
    AUTO_FREE char *said =
        language_says(HEAD "  - {kind: result, patterns: [won, 'bo* ~2 <race>', 'x|y [z]']}\n");
    assert_string_equal(said, "");
}

static void test_language_bad(void **state)
{
    (void)state;
    check("language: xx\n", ":1:1: \"common\" is missing");
    check(HEAD "  - {kind: resullt, patterns: [won]}\n", ":5:12: kind: \"resullt\" is none of");
    check(HEAD "  - {kind: result, patterns: ['{racee}']}\n", ":5:31: unknown set {racee}");
    check(HEAD "  - {kind: result, patterns: ['won <raze>']}\n", ":5:31: unknown mention <raze>");
    check(HEAD "  - {kind: result, patterns: ['~3 won']}\n", ":5:31: ~3: a gap is");
    check(HEAD "  - {kind: result, patterns: ['[a] won']}\n", ":5:31: a pattern begins with");
    check(HEAD "  - {kind: result, patterns: ['b*']}\n", ":5:31: \"b*\" is not one word");
    check(HEAD "  - {kind: result, patterns: ['...']}\n", ":5:31: \"...\" has no word");
    check("accented: [a]\n" HEAD "  - {kind: result, patterns: [won]}\n",
          ":1:12: \"a\" has no accent");
    check(HEAD "  - {kind: result, pattern: [won]}\n",
          ":5:20: unknown key \"pattern\" (did you mean \"patterns\"?)");
    check(HEAD "  - {kind: result, strength: 2, patterns: [won]}\n",
          ":5:30: strength: \"2\" is not a number from 0 to 1");
}

static void test_folder_missing(void **state)
{
    (void)state;
    struct diags diags = {0};
    assert_null(lists_read("/nonexistent/lemans", &diags));
    assert_true(diags.n_errors > 0);
    diags_deinit(&diags);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_language_good),
        cmocka_unit_test(test_language_bad),
        cmocka_unit_test(test_folder_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
