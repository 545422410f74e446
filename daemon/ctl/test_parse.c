/* The table of commands: each is found, takes what it says, has help that fits a terminal and an
 * example that is one of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wordexp.h>

#include "base/str.h"
#include "ctl/ctl.h"
#include "tests/support/unit.h"

#define WORDS_MAX 16

/* What the program says of a line of words, without what it says on standard error. */
static enum ctl_parsed parse_words(struct ctl *ctl, size_t n, char **words)
{
    *ctl = (struct ctl){0};
    AUTO_FREE char *said = NULL;
    size_t size = 0;
    FILE *before = stderr;
    stderr = open_memstream(&said, &size);
    enum ctl_parsed parsed = ctl_parse(ctl, (int)n, words);
    fclose(stderr);
    stderr = before;
    assert_true(parsed != CTL_PARSED_WRONG || size > 0);
    return parsed;
}

/* What the texts of a struct ctl point into. */
struct line {
    char *copy;
    char *words[WORDS_MAX + 1];
};

static void line_deinit(struct line *line)
{
    free(line->copy);
}

/* The text is cut at blanks. */
static enum ctl_parsed parse(struct ctl *ctl, const char *text, struct line *line)
{
    size_t n = 0;
    line_deinit(line);
    *line = (struct line){.copy = mem_strdup(text)};
    char *rest = line->copy;
    for (char *word; (word = strsep(&rest, " ")) && n < WORDS_MAX;)
        line->words[n++] = word;
    return parse_words(ctl, n, line->words);
}

static void test_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < ctl_n_commands; i++) {
        wordexp_t words;
        /* Refuses what a shell would not hand to one program: pipes, lists, substitutions. */
        assert_int_equal(wordexp(ctl_commands[i].example, &words, WRDE_NOCMD), 0);
        assert_string_equal(words.we_wordv[0], "tocsinctl");
        struct ctl ctl;
        assert_int_equal(parse_words(&ctl, words.we_wordc, words.we_wordv), CTL_PARSED_RUN);
        assert_ptr_equal(ctl.command, &ctl_commands[i]);
        wordfree(&words);
    }
}

static void test_numbers_of_arguments(void **state)
{
    (void)state;
    CLEANUP(line_deinit) struct line words = {0};
    for (size_t i = 0; i < ctl_n_commands; i++) {
        int min, max;
        ctl_count_args(&ctl_commands[i], &min, &max);
        AUTO_BUF struct buf line = {0};
        buf_printf(&line, "tocsinctl %s", ctl_commands[i].name);
        for (int n = 0; n < 6; n++) {
            struct ctl ctl;
            bool good = n >= min && (max < 0 || n <= max);
            enum ctl_parsed parsed = parse(&ctl, buf_text(&line), &words);
            assert_int_equal(parsed, good ? CTL_PARSED_RUN : CTL_PARSED_WRONG);
            if (good) {
                assert_ptr_equal(ctl.command, &ctl_commands[i]);
                assert_int_equal(ctl.n_args, n);
            }
            buf_puts(&line, " word");
        }
    }
}

static void usage_is(const char *name, const char *usage)
{
    AUTO_BUF struct buf text = {0};
    for (size_t i = 0; i < ctl_n_commands; i++)
        if (str_equal(ctl_commands[i].name, name))
            ctl_usage(&ctl_commands[i], &text);
    assert_string_equal(buf_text(&text), usage);
}

static void test_usage(void **state)
{
    (void)state;
    usage_is("status", "status");
    usage_is("alert show", "alert show ID");
    usage_is("alert list", "alert list [FILTER...]");
    usage_is("topic check", "topic check FILE...");
    usage_is("explain", "explain DOCUMENT [TOPIC]");
    usage_is("quarantine release", "quarantine release [DETECTOR [DOCUMENT]]");
}

static void test_options(void **state)
{
    (void)state;
    struct ctl ctl;
    CLEANUP(line_deinit) struct line words = {0};
    assert_int_equal(parse(&ctl, "tocsinctl --user alert --output=json show --socket s 12", &words),
                     CTL_PARSED_RUN);
    assert_true(ctl.user && ctl.json && !ctl.system);
    assert_string_equal(ctl.command->name, "alert show");
    assert_string_equal(ctl.socket, "s");
    assert_int_equal(ctl.n_args, 1);
    assert_string_equal(ctl.args[0], "12");
    assert_int_equal(parse(&ctl, "tocsinctl --config c --host h --plugins p test -- --x", &words),
                     CTL_PARSED_RUN);
    assert_string_equal(ctl.config, "c");
    assert_string_equal(ctl.host, "h");
    assert_string_equal(ctl.plugins, "p");
    assert_string_equal(ctl.args[0], "--x");
    assert_false(ctl.json);
    static const char *const wrong[] = {
        "tocsinctl",
        "tocsinctl --user --system status",
        "tocsinctl --output xml status",
        "tocsinctl --output= status",
        "tocsinctl --nonsense status",
        "tocsinctl status --socket",
        "tocsinctl --user=yes status",
        "tocsinctl -x status",
        "tocsinctl alert",
        "tocsinctl alert nix",
        "tocsinctl show alert",
        "tocsinctl nonsense --help",
        "tocsinctl alert-show 12",
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_int_equal(parse(&ctl, wrong[i], &words), CTL_PARSED_WRONG);
}

static void test_help_is_found(void **state)
{
    (void)state;
    struct ctl ctl;
    CLEANUP(line_deinit) struct line words = {0};
    assert_int_equal(parse(&ctl, "tocsinctl --version alert", &words), CTL_PARSED_VERSION);
    assert_int_equal(parse(&ctl, "tocsinctl -h", &words), CTL_PARSED_HELP);
    assert_true(!ctl.command && !ctl.n_args);
    assert_int_equal(parse(&ctl, "tocsinctl alert --help", &words), CTL_PARSED_HELP);
    assert_true(!ctl.command && ctl.n_args == 1);
    assert_int_equal(parse(&ctl, "tocsinctl --help alert show", &words), CTL_PARSED_HELP);
    assert_string_equal(ctl.command->name, "alert show");
    assert_true(ctl_is_group("alert") && !ctl_is_group("status") && !ctl_is_group("aler") &&
                !ctl_is_group(""));
}

static void fits(const char *text)
{
    assert_non_null(strstr(text, "\n"));
    while (*text) {
        size_t len = strcspn(text, "\n");
        assert_in_range(len, 0, 80);
        assert_true(!len || text[len - 1] != ' ');
        text += len + 1;
    }
}

static void test_help_fits_a_terminal(void **state)
{
    (void)state;
    AUTO_FREE char *text = NULL;
    size_t size;
    for (size_t i = 0; i <= ctl_n_commands; i++) {
        FILE *out = open_memstream(&text, &size);
        if (i < ctl_n_commands)
            ctl_command_help(out, &ctl_commands[i]);
        else
            ctl_help(out);
        fclose(out);
        fits(text);
        mem_free_p(&text);
    }
    FILE *out = open_memstream(&text, &size);
    ctl_group_help(out, "quarantine");
    fclose(out);
    fits(text);
    assert_non_null(strstr(text, "  quarantine list"));
    assert_non_null(strstr(text, "  quarantine release [DETECTOR [DOCUMENT]]\n"));
    assert_null(strstr(text, "alert"));
}

static void wrapped_is(size_t indent, const char *text, const char *wanted)
{
    AUTO_FREE char *got = NULL;
    size_t size;
    FILE *out = open_memstream(&got, &size);
    ctl_print_wrapped(out, indent, 20, text);
    fclose(out);
    assert_string_equal(got, wanted);
}

static void test_wrapping(void **state)
{
    (void)state;
    wrapped_is(0, "", "\n");
    wrapped_is(0, "exactly twenty signs and more", "exactly twenty signs\nand more\n");
    wrapped_is(4, "exactly twenty signs", "exactly twenty\n    signs\n");
    wrapped_is(0, "a word-of-more-than-twenty-signs b", "a\nword-of-more-than-twenty-signs\nb\n");
    /* Columns, not bytes. */
    wrapped_is(0, "ééééé ééééé éééééééé x", "ééééé ééééé éééééééé\nx\n");
    wrapped_is(0, "a \033[31mred\007", "a [31mred\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),      cmocka_unit_test(test_numbers_of_arguments),
        cmocka_unit_test(test_usage),         cmocka_unit_test(test_options),
        cmocka_unit_test(test_help_is_found), cmocka_unit_test(test_help_fits_a_terminal),
        cmocka_unit_test(test_wrapping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
